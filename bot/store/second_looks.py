"""Applied changes that are to be looked at once more, by the `due_at` of their row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.store.db import Database
from bot.store.tables import change

_AT_ONCE = 20


class SecondLooks:
    """What is due, taken by one process at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of changes to look at, the longest due first."""
        query = (
            sa.select(change.c.id)
            .where(change.c.due_at <= now, change.c.state == State.APPLIED)
            .order_by(change.c.due_at)
            .limit(_AT_ONCE)
        )
        async with self._db.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def take(self, change_id: str, now: datetime, again: datetime | None) -> bool:
        """Take the look; it is due `again` unless it is settled by then. False when it is taken."""
        mine = sa.update(change).where(
            change.c.id == change_id, change.c.state == State.APPLIED, change.c.due_at <= now
        )
        async with self._db.write() as connection:
            return bool((await connection.execute(mine.values(due_at=again))).rowcount)

    async def settle(
        self,
        change_id: str,
        reason: str,
        also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> None:
        """Look no more; `reason` says what was found, "" for nothing."""
        async with self._db.write() as connection:
            await connection.execute(
                sa.update(change)
                .where(change.c.id == change_id)
                .values(due_at=None, **({"reason": reason} if reason else {}))
            )
            if also is not None:
                await also(connection)
