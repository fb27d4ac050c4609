"""Which processes live, and what to do with the work of one that died (PostgreSQL only).

Each process says every few seconds that it lives. Ages are measured by the database's clock: those
of the machines differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import sqlalchemy as sa
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.log import logger
from bot.store.db import Database, insert
from bot.store.tables import executor

TIME_TO_LIVE = timedelta(seconds=6)
"""How long a process may be silent before its work is given to the others."""

# Any number does, as long as it is always this one.
_LEADER_LOCK = 0x62636464

_log = logger(__name__)


class Executors:
    """The processes that share one PostgreSQL, as seen by the one called `executor_id`."""

    def __init__(self, db: Database, executor_id: str) -> None:
        self._db = db
        self._id = executor_id

    async def beat(self) -> None:
        """Say that this process lives."""
        now = sa.func.now()
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, executor)
                .values(id=self._id, started_at=now, seen_at=now)
                .on_conflict_do_update(index_elements=["id"], set_={"seen_at": now})
            )

    @asynccontextmanager
    async def leading(self) -> AsyncIterator[AsyncConnection | None]:
        """A transaction in which this process does what only one does; None for all others."""
        async with self._db.write() as connection:
            locked = sa.select(sa.func.pg_try_advisory_xact_lock(_LEADER_LOCK))
            yield connection if await connection.scalar(locked) else None

    async def take_over(self, connection: AsyncConnection) -> None:
        """Put the unfinished work of dead processes back on the queue, then forget them.

        One that only seemed dead may go on with its work: applying twice at once is harmless.
        """
        silent = executor.c.seen_at < sa.func.now() - sa.literal(TIME_TO_LIVE, sa.Interval)
        dead = (
            await connection.scalars(
                sa.select(executor.c.id).where(silent, executor.c.id != self._id)
            )
        ).all()
        if not dead:
            return
        resumed = await asyncio.to_thread(self._resume, list(dead))
        await connection.execute(sa.delete(executor).where(executor.c.id.in_(dead), silent))
        if resumed:
            _log.warning("took_over", dead=len(dead), workflows=resumed)

    def _resume(self, dead: list[str]) -> int:
        left = DBOS.list_workflows(
            status="PENDING", executor_id=dead, load_input=False, load_output=False
        )
        for workflow in left:
            DBOS.resume_workflows([workflow.workflow_id], queue_name=workflow.queue_name)
        return len(left)
