"""Whether a change waits for the consent of others, and whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.change import Admin, Change, Facts, Write
from bot.ckan.models import Package
from bot.ckan.moves import state_title
from bot.ckan.standing import standing_of
from bot.ckan.transport import Site
from bot.context import Context, Person, Reader
from bot.errors import CatalogueError, GoneError, NotAllowedError, NotFoundError
from bot.flow.editing.moving import moved_to, targets_of
from bot.policy import Policy, waits
from bot.store.approvals import Approvals
from bot.store.changes import Changes
from bot.store.keys import Keys
from bot.store.policies import Policies
from bot.store.stored import StoredChange
from bot.text import _, ngettext

NAMED = 3
"""Admins named in a sentence."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a change waits for: by which policy, and the admins whom the bot knows, in Slack."""

    policy: Policy
    facts: Facts
    connected: tuple[Person, ...]


class Consents:
    """Asks the policies."""

    def __init__(
        self, changes: Changes, policies: Policies, approvals: Approvals, keys: Keys
    ) -> None:
        self._changes = changes
        self._policies = policies
        self._approvals = approvals
        self._keys = keys

    async def informed(self, ctx: Context, change: Change) -> Change:
        """The change with the names of those who are asked, where anybody is.

        Raises GoneError for what is asked already, NotAllowedError for a record that another
        organization's policy keeps its admins to take.
        """
        facts = change.facts
        await self._taken(ctx, change)
        if facts.reserved:
            await self._once(ctx, change)
        policy = await self._policies.of(ctx.ckan.catalogue, facts.organization_id)
        if not facts.asks and not waits(policy, facts, change.writes):
            return change
        admins = await admins_of(ctx.ckan, facts.organization_id)
        return replace(change, facts=replace(facts, told=True, admins=admins))

    async def _taken(self, ctx: Context, change: Change) -> None:
        """Raise NotAllowedError where a move would pass the admins of where the record goes."""
        for owner in await self._guarded(ctx.ckan.catalogue, change.facts, change.writes):
            if not (await ctx.ckan.rights()).may_approve(owner):
                titles = {row.id: row.title for row in await ctx.ckan.organizations()}
                told = _(
                    "Changes to records of {organization} wait for its admins, so one of them has "
                    "to move the record there."
                )
                raise NotAllowedError(told.format(organization=titles.get(owner, owner)))

    async def _guarded(
        self, catalogue: str, facts: Facts, writes: Sequence[Write]
    ) -> Sequence[str]:
        """Ids of the organizations that are given a record which their admins have to take."""
        found = []
        for owner in moved_to(writes):
            there = replace(facts, organization_id=owner, reserved=False, asks="")
            if waits(await self._policies.of(catalogue, owner), there, writes):
                found.append(owner)
        return found

    async def _once(self, ctx: Context, change: Change) -> None:
        """Raise GoneError when the same is asked for already."""
        wanted = targets_of(change.writes)
        asked_on = change.writes[0].package_id
        for other in await self._changes.waiting_on(ctx.ckan.catalogue, asked_on):
            if targets_of(row.write for row in other.writes) == wanted:
                names = joined([admin.name for admin in other.facts.admins])
                told = _("This is asked for already, and waits for {names}. See /bcdc pending.")
                raise GoneError(told.format(names=names))

    async def of(self, stored: StoredChange) -> Consent | None:
        """What the change waits for as policy stands now; None when it waits for nobody.

        Its admins are those whom the preview told: see `Facts.told`.
        """
        policy = await self._policies.of(stored.catalogue, stored.facts.organization_id)
        if not waits(policy, stored.facts, [row.write for row in stored.writes]):
            return None
        return await self._consent(stored.requester, stored.catalogue, stored.facts, policy)

    async def of_move(self, requester: Person, catalogue: str, facts: Facts) -> Consent:
        """What a move that is kept for admins waits for."""
        policy = await self._policies.of(catalogue, facts.organization_id)
        return await self._consent(requester, catalogue, facts, policy)

    async def next(self, stored: StoredChange) -> Consent | None:
        """What the state that the change asks for waits for; None where it asks for none."""
        if not stored.facts.asks:
            return None
        return await self.of_move(stored.requester, stored.catalogue, stored.facts)

    async def lacking(self, stored: StoredChange, package: Package, site: Site) -> bool:
        """Whether the record as it is now demands a consent that nobody was asked for.

        `site` is the catalogue with the key that writes. Raises ckanapi's errors.
        """
        facts = replace(stored.facts, published=package.is_published)
        writes = [row.write for row in stored.writes]
        # Their policy may be newer than the preview, which waits for a week.
        for owner in await self._guarded(stored.catalogue, facts, writes):
            standing = await standing_of(site)
            if standing is None or not standing.rights.may_approve(owner):
                return True
        if not facts.organization_id or await self._approvals.of(stored.id):
            return False
        policy = await self._policies.of(stored.catalogue, package.owner_org)
        return waits(policy, facts, writes)

    async def told(self, stored: StoredChange) -> tuple[str, bool]:
        """Who will be asked when the change is applied, and whether it waits for them.

        "" where nobody is asked.
        """
        if consent := await self.of(stored):
            return sentence(consent), True
        if consent := await self.next(stored):
            return sentence(consent, onward=state_title(stored.facts.asks)), False
        return "", False

    async def _consent(
        self, requester: Person, catalogue: str, facts: Facts, policy: Policy
    ) -> Consent:
        ids = [admin.ckan_user_id for admin in facts.admins]
        found = await self._keys.people_of(requester.tenant, catalogue, ids)
        if not policy.self_approval:
            found = [one for one in found if one != requester]
        return Consent(policy, facts, tuple(found))


def sentence(consent: Consent, *, onward: str = "") -> str:
    """Who is asked, and how many of them have to agree; `onward` to the state that comes then."""
    names, needed = joined([admin.name for admin in consent.facts.admins]), consent.policy.approvers
    if onward:
        told = _("Then {names} are asked to move it to {state}.")
    else:
        told = _("This asks {names} to approve it.")
    told = told.format(names=names, state=onward)
    if needed > 1:
        told += " " + ngettext(
            "{n} of them has to agree.", "{n} of them have to agree.", needed
        ).format(n=needed)
    if consent.connected or consent.policy.channel:
        return told
    alone = _("None of them is connected to this bot yet: ask one to type /bcdc connect.")
    return f"{told} {alone}"


def joined(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    if not names:
        return _("the catalogue’s administrators")
    *others, last = names
    if not others:
        return last
    if len(names) <= NAMED:
        return _("{names} and {last}").format(names=", ".join(others), last=last)
    shown, more = ", ".join(names[:NAMED]), len(names) - NAMED
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(
        names=shown, n=more
    )


async def admins_of(reader: Reader, organization_id: str) -> tuple[Admin, ...]:
    """Admins of the organization; none when the catalogue does not tell them."""
    try:
        members = await reader.editors(await reader.organization(organization_id))
    except (CatalogueError, NotFoundError):
        return ()
    # One who is an admin of the ministry too is named once.
    admins = {
        one.user.id: Admin(one.user.id, one.user.fullname or one.user.name)
        for one in members
        if one.role == "admin"
    }
    return tuple(admins.values())
