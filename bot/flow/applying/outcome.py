"""How a change stands or ended, in a person's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bot.answer import placed_buttons
from bot.change import LIVE, State, can_be_undone
from bot.ckan.moves import state_title
from bot.context import Context
from bot.errors import GoneError, NotFoundError
from bot.flow.deciding.cards import sent_back
from bot.flow.deciding.consent import joined
from bot.flow.deeds import done, page_of, steps_after
from bot.flow.editing.files import size_of
from bot.flow.pages import OutcomePage, differences
from bot.flow.people import People, banner
from bot.store.approvals import Approvals
from bot.store.changes import Changes, StoredChange
from bot.text import _

LOOK_EVERY = 0.2
SHOW_EVERY = 1.0
"""Seconds between two edits of what a person sees."""


class Outcomes:
    """Reads how changes ended."""

    def __init__(self, people: People, changes: Changes, approvals: Approvals) -> None:
        self._people = people
        self._changes = changes
        self._approvals = approvals

    async def of(self, change_id: str, *, for_all: bool = False) -> OutcomePage:
        """The change as it stands now, `for_all` in a channel or for its person.

        Raises GoneError when there is none.
        """
        stored = await self._changes.get(change_id)
        if stored is None:
            raise GoneError(_("This change is no longer known."))
        ctx = await self._people.context(stored.requester, stored.place, stored.catalogue)
        return await self._page(ctx, stored, for_all=for_all)

    async def is_public(self, change_id: str) -> bool:
        """Whether everyone may see every record of the change now.

        Raises UserError while the catalogue does not answer.
        """
        stored = await self._changes.get(change_id)
        if stored is None:
            return False
        ctx = await self._people.context(stored.requester, stored.place, stored.catalogue)
        reader = ctx.public(stored.catalogue)
        ids = dict.fromkeys(row.write.package_id for row in stored.writes)
        try:
            packages = [await reader.package(one) for one in ids]
        except NotFoundError:
            return False
        return all(package.is_public for package in packages)

    async def follow(
        self, change_id: str, seconds: float, *, live: bool
    ) -> AsyncIterator[OutcomePage]:
        """The change as it stands; `live`, how far its file is, each second; then how it ended.

        Ends `seconds` after nothing moves any more, and with what is held: a message tells its end.
        """
        page = await self.of(change_id)
        yield page
        clock = asyncio.get_running_loop().time
        moved = shown = clock()
        while page.state in _MOVING and not page.held and clock() < moved + seconds:
            await asyncio.sleep(LOOK_EVERY)
            stored = await self._changes.get(change_id)
            ended = stored is None or stored.state not in LIVE
            if not ended and clock() < shown + SHOW_EVERY:
                continue
            now = await self.of(change_id)
            shown = clock()
            if now != page:
                moved, page = clock(), now
                if live or ended:
                    yield page

    async def _page(self, ctx: Context, stored: StoredChange, *, for_all: bool) -> OutcomePage:
        writes = tuple(row.write for row in stored.writes)
        schema = ctx.ckan.known_schema()
        undo = await self._changes.reverting(stored.id)
        paused = await ctx.operations.paused() if stored.state in _UNDER_WAY else None
        undone = undo is not None and undo.state is State.APPLIED
        return OutcomePage(
            change_id=stored.id,
            title=stored.title,
            url=page_of(ctx.ckan, writes[0], applied=stored.state is State.APPLIED)
            if writes
            else ctx.ckan.url,
            state=stored.state,
            sentence=paused.told if paused else await self._sentence(stored, undone=undone),
            differences=differences(writes, schema, ctx.ckan.known_choices(), for_all=for_all),
            undoable=stored.state is State.APPLIED
            and stored.reverts is None
            and undo is None
            and can_be_undone(writes),
            undoes=stored.reverts is not None,
            by=stored.requester,
            team=stored.place.team,
            banner=banner(ctx),
            approved=await self._approvals.agreed(stored.id)
            if stored.state is State.APPLIED
            else (),
            put_back=stored.reason if stored.state is State.APPLIED else "",
            steps=()
            if undo
            else placed_buttons(steps_after(stored.state, writes), stored.catalogue),
            stoppable=stored.state in _UNDER_WAY and stored.sends_file,
            held=paused is not None,
        )

    async def _sentence(self, stored: StoredChange, *, undone: bool) -> str:
        if undone:
            return _("Changed, and put back again")
        if stored.state is State.APPLIED:
            writes = [row.write for row in stored.writes]
            told = done(writes, undoes=stored.reverts is not None)
            if not stored.facts.asks:
                return told
            names = joined([admin.name for admin in stored.facts.admins])
            asks = _("{done}, and asked {names} to move it to {state}")
            return asks.format(done=told, names=names, state=state_title(stored.facts.asks))
        if stored.state in _UNDER_WAY and stored.sends_file:
            return _sending(stored)
        if stored.state is State.PENDING:
            return _asked(stored)
        if stored.state is State.REJECTED:
            return await sent_back(self._approvals, stored)
        return stored.reason or _WAITING.get(stored.state, "")


def _asked(stored: StoredChange) -> str:
    names = joined([admin.name for admin in stored.facts.admins])
    told = _("Asked {names} to approve. You hear as soon as somebody decides; you can close this.")
    return told.format(names=names)


def _sending(stored: StoredChange) -> str:
    """How much of the files is on its way."""
    files = [row.write.file for row in stored.writes]
    whole = sum(file.size for file in files if file)
    sent = min(whole, sum(row.bytes_sent for row in stored.writes))
    return _("The file is on its way: {sent} of {whole}. You can close this.").format(
        sent=size_of(sent), whole=size_of(whole)
    )


_MOVING = LIVE - {State.PENDING}
"""States that change without anybody's doing."""
_UNDER_WAY = frozenset({State.APPROVED, State.APPLYING})


_WAITING = {
    State.APPROVED: _("Being saved. You will be told when it is done; you can close this."),
    State.APPLYING: _("Being saved. You will be told when it is done; you can close this."),
    State.CANCELLED: _("Dropped. Nothing was changed."),
    State.WITHDRAWN: _("Withdrawn. Nothing was changed."),
    State.EXPIRED: _("Too old. Nothing was changed."),
}
