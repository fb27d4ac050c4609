"""The card of a change that others decide on, as it stands now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.change import State
from bot.context import Person, Place
from bot.errors import GoneError, NotConnectedError
from bot.flow.deeds import page_of, wish
from bot.flow.pages import Difference, differences
from bot.flow.people import People, banner
from bot.store.approvals import Approvals, Verdict
from bot.store.changes import Changes
from bot.store.stored import StoredChange
from bot.text import _, ngettext


@dataclass(frozen=True, slots=True)
class CardPage:
    """What somebody asks for, and how far it has come; `open` while it can be decided on.

    `approved` are the names of those who agreed so far, `needed` how many have to. With `public`
    everyone may see the record anyway; one that is `veiled` shows nothing that not everyone may.
    `asked_by` names a user of the catalogue whom the bot does not know in Slack.
    """

    change_id: str
    title: str
    url: str
    wish: str
    by: Person
    asked_by: str
    team: str
    asked_at: datetime
    expires_at: datetime
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    banner: str
    open: bool
    needed: int
    approved: tuple[str, ...]
    sentence: str
    state: State
    public: bool
    veiled: bool = False


class Cards:
    """Reads cards."""

    def __init__(self, people: People, changes: Changes, approvals: Approvals) -> None:
        self._people = people
        self._changes = changes
        self._approvals = approvals

    async def of(self, change_id: str, *, for_all: bool = False) -> CardPage:
        """The card as it stands, `for_all` in a channel. Raises GoneError when there is none."""
        change = await self._changes.get(change_id)
        approval = await self._approvals.of(change_id)
        if change is None or approval is None:
            raise GoneError(_("This button no longer does anything, so nothing was done."))
        ctx = await self._people.context(change.requester, change.place, change.catalogue)
        writes = tuple(row.write for row in change.writes)
        agreed = await self._approvals.agreed(change_id)
        return CardPage(
            change_id=change_id,
            title=change.title,
            url=page_of(ctx.ckan, writes[0], applied=change.state is State.APPLIED),
            wish=wish(writes, undoes=change.reverts is not None),
            by=change.requester,
            asked_by=change.facts.asked_by,
            team=change.place.team,
            asked_at=approval.asked_at,
            expires_at=approval.expires_at,
            differences=differences(
                writes, ctx.ckan.known_schema(), ctx.ckan.known_choices(), for_all=for_all
            ),
            warnings=change.warnings,
            banner=banner(ctx),
            open=change.state is State.PENDING,
            needed=approval.needed,
            approved=agreed,
            sentence=await self._sentence(change, agreed, for_all=for_all),
            state=change.state,
            public=change.facts.public,
        )

    async def is_for(self, page: CardPage, user_id: str) -> bool:
        """Whether that user of Slack may still decide; no where their key has died.

        Raises CatalogueError while that cannot be asked.
        """
        change = await self._changes.get(page.change_id)
        if change is None:
            return False
        person = Person(page.by.tenant, user_id)
        ctx = await self._people.context(person, Place(page.team), change.catalogue)
        try:
            rights = await ctx.ckan.rights()
        except NotConnectedError:
            return False
        return rights.may_approve(change.facts.organization_id)

    async def told(self, decision_id: str) -> str:
        """Why a decision did not count."""
        made = await self._approvals.decision(decision_id)
        return made.told if made else ""

    async def _sentence(
        self, change: StoredChange, approved: tuple[str, ...], *, for_all: bool
    ) -> str:
        """How it stands or ended, with the names of those who decided."""
        by = ", ".join(approved)
        match change.state:
            case State.PENDING:
                return ""
            case State.APPROVED | State.APPLYING:
                return _("Approved by {names}. It is being saved.").format(names=by)
            case State.APPLIED:
                return _("Approved by {names}, and saved.").format(names=by)
            case State.FAILED | State.STALE if for_all:
                # Why may quote what not everybody may read.
                told = _("Approved by {names}, but it was not saved. The one who asked knows why.")
                return told.format(names=by)
            case State.FAILED | State.STALE:
                told = _("Approved by {names}, but it was not saved: {why}")
                return told.format(names=by, why=change.reason)
            case State.REJECTED:
                return await sent_back(self._approvals, change)
            case State.WITHDRAWN:
                return change.reason or _("Withdrawn by the one who asked. Nothing was changed.")
        return change.reason


def veiled(page: CardPage) -> CardPage:
    """The card without what is not public, for whom it may not be: see `slack/card_messages.py`."""
    return replace(
        page,
        title=page.title if page.public else _("a record that is not public"),
        url=page.url if page.public else "",
        differences=(),
        warnings=(),
        sentence="" if page.open else _("This waits no more."),
        veiled=True,
    )


async def sent_back(approvals: Approvals, change: StoredChange) -> str:
    """Who sent a change back, and why."""
    decided = await approvals.decisions(change.id)
    last = next((one for one in reversed(decided) if one.verdict is not Verdict.APPROVE), None)
    if last is None:
        return change.reason
    told = (
        _("{name} rejected this: {reason}")
        if last.verdict is Verdict.REJECT
        else _("{name} asks for changes: {reason}")
    )
    return told.format(name=last.ckan_name, reason=last.reason)


def progress(page: CardPage) -> str:
    """How many of the approvals there are; "" where one is enough."""
    if page.needed == 1:
        return ""
    told = ngettext("{n} of {needed} approvals", "{n} of {needed} approvals", page.needed)
    told = told.format(n=len(page.approved), needed=page.needed)
    return f"{told} ({', '.join(page.approved)})" if page.approved else told
