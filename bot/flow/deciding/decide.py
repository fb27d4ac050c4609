"""The clicks that decide: one local transaction each, so that an acknowledged click is durable."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.context import Operations, Person
from bot.errors import GoneError, NotAllowedError, UnconfirmedError
from bot.flow.applying.notify import Notify
from bot.flow.deciding.consent import Consents
from bot.flow.deciding.onward import Enqueue, ask
from bot.flow.people import Clock
from bot.store.changes import Changes, StoredChange
from bot.text import _


class Deciding:
    """Applies or drops previews, for the person whose they are."""

    def __init__(
        self,
        *,
        changes: Changes,
        operations: Callable[[Person, str], Operations],
        consents: Consents,
        notify: Notify,
        apply: Enqueue,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._operations = operations
        self._consents = consents
        self._notify = notify
        self._apply = apply
        self._wake = wake
        self._clock = clock

    async def apply(self, change_id: str, person: Person, confirmed: Collection[int] = ()) -> None:
        """Queue the person's own preview, or ask those who have to approve it; once.

        `confirmed` are the places of what the person confirmed among what has to be. Raises
        UnconfirmedError when that is not all, NotAllowedError for somebody else's change and for
        what operators suspended, GoneError when it is too late, or has to be approved by now.
        """
        stored = await self._own(change_id, person)
        if stored.state in _UNDER_WAY:
            return
        operations = self._operations(person, stored.catalogue)
        await operations.check_person()
        await operations.check_organization(stored.facts.organization_id)
        if stored.state is State.PREVIEWED and stored.due_at and stored.due_at <= self._clock():
            # The sweep, which may be late or away, has yet to say so.
            raise GoneError(_STANDS[State.EXPIRED])
        required = stored.confirmations
        if stored.state is State.PREVIEWED and not set(range(len(required))) <= set(confirmed):
            raise UnconfirmedError(
                _("Nothing was applied yet: tick each of these that is true, then press again.")
            )
        consent, now = await self._consents.of(stored), self._clock()
        if consent and stored.state is State.PREVIEWED and not stored.facts.told:
            # Who has to agree is for the catalogue to say, which a preview asks.
            raise GoneError(_UNTOLD)

        async def also(connection: AsyncConnection) -> None:
            if consent is None:
                await self._apply(connection, change_id)
            else:
                await ask(connection, change_id, person.tenant, consent, self._notify, now)

        if await self._changes.move(
            change_id,
            State.APPROVED if consent is None else State.PENDING,
            person=person,
            requester=person,
            since=State.PREVIEWED,
            now=now,
            also=also,
            detail={"confirmed": list(required)} if required else None,
        ):
            self._wake()
        else:
            await self._check_state(change_id)

    async def cancel(self, change_id: str, person: Person) -> None:
        """Drop the person's own form or preview, withdraw a request, or stop a file on its way.

        Raises NotAllowedError for somebody else's, GoneError when it is too late.
        """
        stored = await self._own(change_id, person)
        if stored.state in {State.CANCELLED, State.WITHDRAWN}:
            return
        if stored.state is State.PENDING:
            await self._withdraw(change_id, person)
        elif stored.state in {State.APPROVED, State.APPLYING} and stored.sends_file:
            await self._changes.stop(change_id, person, self._clock())
        elif stored.state not in _DROPPED or not await self._changes.move(
            change_id,
            State.CANCELLED,
            person=person,
            requester=person,
            # Once it is being saved only the one who saves it knows whether anything was changed.
            since=stored.state,
            now=self._clock(),
        ):
            await self._check_state(change_id)

    async def _withdraw(self, change_id: str, person: Person) -> None:
        if await self._changes.move(
            change_id,
            State.WITHDRAWN,
            person=person,
            requester=person,
            now=self._clock(),
            also=lambda connection: self._notify.card(connection, change_id),
        ):
            self._wake()
        else:
            await self._check_state(change_id)

    async def _own(self, change_id: str, person: Person) -> StoredChange:
        stored = await self._changes.get(change_id)
        if stored is None:
            raise GoneError(_("This button no longer does anything, so nothing was done."))
        if stored.requester != person:
            raise NotAllowedError(_("This is somebody else's change, so nothing was done."))
        return stored

    async def _check_state(self, change_id: str) -> None:
        """After a move that was not made: raise GoneError unless the same was done already."""
        stored = await self._changes.get(change_id)
        if stored is None or stored.state not in _UNDER_WAY:
            raise GoneError(_STANDS.get(stored.state, _GONE) if stored else _GONE)


_DROPPED = frozenset({State.DRAFT, State.PREVIEWED})
_UNDER_WAY = frozenset({State.PENDING, State.APPROVED, State.APPLYING, State.APPLIED})
_UNTOLD = _(
    "Such changes have to be approved by now, so nothing was done. Press Edit or start again: the "
    "preview then says who is asked."
)
_GONE = _("This can no longer be done. See /bcdc pending and /bcdc history.")
_STANDS = {
    State.CANCELLED: _("This preview was dropped or edited, so it was not applied."),
    State.EXPIRED: _("This preview is too old. Start again from the record as it is now."),
    State.STALE: _("Somebody changed this meanwhile. Start again from the record as it is now."),
    State.FAILED: _("This could not be applied. Start again."),
    State.WITHDRAWN: _("This was withdrawn, so nothing was done."),
    State.REJECTED: _("This was sent back, so nothing was done."),
    State.PREVIEWED: _("Another undo of the same change is under way, so nothing was done."),
}
