"""With whose key a change is written: its requester's, or the last decider's for a move of admins.

Everybody who had to agree is asked about once more, just before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import SecretStr

from bot.change import State
from bot.ckan.faults import CKANAPIError
from bot.ckan.standing import fresh_whoami, patiently, standing_of
from bot.ckan.transport import Site
from bot.context import Operations, Person
from bot.errors import NotAllowedError, UserError
from bot.flow.applying.ending import EndedError, unsent
from bot.flow.deciding.deciders import Deciders
from bot.flow.people import Clock
from bot.store.approvals import Approvals, Decision, Verdict
from bot.store.keys import Keys
from bot.store.stored import StoredChange
from bot.text import _

TRIES: Final = 6
"""Of asking a catalogue that does not answer, over a quarter of a minute."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Own:
    """The catalogue with the requester's key, and who that is there."""

    site: Site
    user_id: str


class Writers:
    """Finds the key for a change, proven alive just now."""

    def __init__(
        self,
        *,
        keys: Keys,
        approvals: Approvals,
        deciders: Deciders,
        operations: Callable[[Person, str], Operations],
        sites: Callable[[str, SecretStr | None], Site],
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._approvals = approvals
        self._deciders = deciders
        self._operations = operations
        self._sites = sites
        self._clock = clock

    async def site(self, change: StoredChange) -> Site:
        """The catalogue with the key that writes. Raises EndedError where there is none."""
        approvers = await self._approvers(change)
        # Whoever asked in the catalogue itself, unknown to the bot, has no key here.
        own = await self._own(change) if change.requester.user_id else None
        if own and not approvers:
            return own.site
        if own:
            await self._still_edits(own.site, change)
        approval = await self._approvals.of(change.id)
        for made in approvers:
            # The requester's key may have been another when they decided under their second name.
            same = made.ckan_user_id in {change.facts.asked_as, own.user_id if own else ""}
            if same and not (approval and approval.self_approval):
                told = _("Whoever asked for this may not approve it.")
                raise EndedError(State.FAILED, _lapsed(made, told))
            await self._still_approves(change, made)
        if own and not change.facts.reserved:
            return own.site
        last = await self._keys.get(approvers[-1].person, change.catalogue)
        if last is None:
            raise EndedError(State.FAILED, _lapsed(approvers[-1], ""))
        return self._sites(change.catalogue, last.secret)

    def anyone(self, change: StoredChange) -> Site:
        """The catalogue as everyone reads it."""
        return self._sites(change.catalogue, None)

    async def author(self, change: StoredChange) -> str:
        """The catalogue's name of whose key `site` takes; "" once that is not known any more."""
        approvers = await self._approvers(change)
        theirs = approvers and (change.facts.reserved or not change.requester.user_id)
        person = approvers[-1].person if theirs else change.requester
        binding = await self._keys.get(person, change.catalogue)
        return binding.user.name if binding else ""

    async def _approvers(self, change: StoredChange) -> list[Decision]:
        decided = await self._approvals.decisions(change.id)
        return [made for made in decided if made.verdict is Verdict.APPROVE]

    async def _own(self, change: StoredChange) -> _Own:
        """The catalogue with the requester's key. Raises EndedError where there is none."""
        binding = await self._keys.get(change.requester, change.catalogue)
        if binding is None:
            raise EndedError(
                State.FAILED, _("You disconnected your key before this could be applied.")
            )
        site = self._sites(change.catalogue, binding.secret)
        if not await _patiently(lambda: fresh_whoami(site)):
            await self._keys.mark_dead(change.requester, change.catalogue, self._clock())
            raise EndedError(
                State.FAILED,
                _("The catalogue no longer knows your key. Type /bcdc connect, then start again."),
            )
        return _Own(site, binding.user.id)

    async def _still_edits(self, site: Site, change: StoredChange) -> None:
        standing = await _patiently(lambda: standing_of(site))
        if standing is None or not standing.rights.may_edit(change.facts.organization_id):
            raise EndedError(
                State.FAILED,
                _(
                    "Nothing was changed: the one who asked for this may no longer edit records of"
                    " {organization}."
                ).format(organization=change.facts.organization),
            )

    async def _still_approves(self, change: StoredChange, made: Decision) -> None:
        try:
            await self._operations(made.person, change.catalogue).check_person()
        except NotAllowedError:
            told = _("The people who run this bot have suspended them since.")
            raise EndedError(State.FAILED, _lapsed(made, told)) from None
        try:
            await _patiently(lambda: self._deciders.standing(change, made.person))
        except UserError as error:
            raise EndedError(State.FAILED, _lapsed(made, str(error))) from None


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, tried for a while. Raises EndedError when there is none."""
    try:
        return await patiently(TRIES)(ask)
    except CKANAPIError as error:
        raise EndedError(State.FAILED, unsent(error)) from None


def _lapsed(made: Decision, why: str) -> str:
    told = _("Nothing was changed: the approval of {name} no longer holds. {why}")
    return told.format(name=made.ckan_name, why=why).strip()
