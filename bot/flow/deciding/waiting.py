"""What time does to changes that wait: reminders, and the end of waiting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.faults import OneByOne
from bot.flow.applying.notify import Notify
from bot.flow.people import Clock
from bot.store import moves
from bot.store.approvals import Approvals
from bot.store.changes import Changes
from bot.store.stored import StoredChange
from bot.text import _


class Waiting:
    """Looks at every change that is due, once a round."""

    def __init__(
        self,
        *,
        changes: Changes,
        approvals: Approvals,
        notify: Notify,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._approvals = approvals
        self._notify = notify
        self._wake = wake
        self._clock = clock
        self._one_by_one = OneByOne(clock)

    async def round(self) -> None:
        """Do what is due. A change that waited through a stop is treated as if it were now."""
        due = await self._changes.due(self._clock())
        await self._one_by_one.do(due, self._do, lambda change: change.id)

    async def _do(self, change: StoredChange) -> None:
        match change.state:
            case State.DRAFT | State.PREVIEWED:
                await self._changes.move(
                    change.id, State.EXPIRED, since=change.state, now=self._clock()
                )
            case State.PENDING:
                await self._wait(change)
                self._wake()

    async def _wait(self, change: StoredChange) -> None:
        approval = await self._approvals.of(change.id)
        now = self._clock()
        if approval is None or approval.expires_at <= now:
            await self._changes.move(
                change.id,
                State.EXPIRED,
                since=State.PENDING,
                reason=_LATE,
                now=now,
                also=partial(self._notify.ended, change=change),
            )
        elif approval.remind_at and approval.remind_at <= now:

            async def remind(connection: AsyncConnection) -> None:
                await moves.wait_until(connection, change.id, approval.expires_at)
                await self._notify.remind(connection, change)

            await self._approvals.remind(change.id, remind)
        else:
            await self._changes.wait_until(change.id, approval.due_at)


_LATE = _("Nobody decided in time, so this expired. Nothing was changed.")
