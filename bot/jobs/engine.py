"""Durable work: what is queued in a transaction happens, whatever becomes of this process.

DBOS keeps the queue in the same database, so that a click and the work it asks for are one commit.
Work is done at least once. Its arguments are ids alone: DBOS stores them as plain text.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import HeldError
from bot.faults import each, tell
from bot.jobs.executors import Executors
from bot.store.db import Database

APPLY = "apply_change"
DECIDE = "weigh_decision"
RETRIES = (1.0, 5.0, 25.0)
"""Seconds before each next try of work that raised what it should not."""
SWEEP_EVERY = 1.0
BEAT_EVERY = 2.0
KEEP = timedelta(days=7)
"""How long finished work is kept for a look at it."""

_NAME = "bcdc-bot"
_VERSION = "1"
_PRUNE_EVERY = 3600.0
_PRUNE_AT_ONCE = 500
_POLL_EVERY = 0.25
_AT_ONCE = 8
_HELD_EVERY = 1.0


async def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Work:
    """What is done for an id that was queued.

    `gave_up` hears of one whose `run` kept raising, and the reference in the log. It waits while it
    is `held`, and begins again when `run` raises HeldError.
    """

    run: Callable[[str], Awaitable[None]]
    gave_up: Callable[[str, str], Awaitable[None]]
    held: Callable[[], Awaitable[bool]] = _never


class Engine:
    """Does the work of each queued id, and `sweep` every second in one process at a time.

    Each kind of work, by its name in `works`, has a queue of its own. One engine a process: DBOS
    knows no more. A process that only queues needs no `start`.
    """

    def __init__(
        self,
        db: Database,
        *,
        works: Mapping[str, Work],
        sweep: Callable[[], Awaitable[None]],
        retries: Sequence[float] = RETRIES,
    ) -> None:
        self._works = works
        self._sweep = sweep
        self._retries = retries
        self._url = system_url(db.url)
        # One process owns a SQLite file, and takes up its own work when it starts again.
        self._id = (
            "local" if db.is_sqlite else f"{socket.gethostname()[:40]}-{secrets.token_hex(8)}"
        )
        self._others = None if db.is_sqlite else Executors(db, self._id)
        self._client = DBOSClient(system_database_url=self._url, lazy=True)
        self._rounds: list[asyncio.Task[None]] = []
        self._under_way: set[str] = set()
        self._waiting: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._pruned = -_PRUNE_EVERY

    async def start(self) -> None:
        """Take up unfinished work and begin. Needs the tables of `migrate`."""
        self._stopping = False
        if self._others:
            await self._others.beat()
        config: DBOSConfig = {
            "name": _NAME,
            "system_database_url": self._url,
            "executor_id": self._id,
            # By default a digest of the source: a release would leave the work of the one before.
            "application_version": _VERSION,
            "sys_db_pool_size": 5,
            "max_executor_threads": 16,
            "use_listen_notify": False,
            # Nobody is notified of anything here, and a stop waits for the thread that looks.
            "notification_listener_polling_interval_sec": 0.1,
            "run_migrations": False,
            "enable_otlp": False,
            "log_level": "WARNING",
        }
        DBOS(config=config)

        for name in self._works:
            self._register(name)
        # From this thread: DBOS runs workflows on the loop it is launched in.
        DBOS.launch()
        for name in self._works:
            await asyncio.to_thread(
                DBOS.register_queue,
                name,
                worker_concurrency=_AT_ONCE,
                polling_interval_sec=_POLL_EVERY,
            )
        self._rounds = [asyncio.create_task(self._every(SWEEP_EVERY, self._round))]
        if self._others:
            self._rounds.append(asyncio.create_task(self._every(BEAT_EVERY, self._others.beat)))

    def _register(self, name: str) -> None:
        @DBOS.workflow(name=name)
        async def do(subject_id: str) -> None:
            while await self._was_held(name, subject_id):
                pass

    async def _was_held(self, name: str, subject_id: str) -> bool:
        """Do the work once it is not held; whether it was held in the middle of it."""
        await self._allowed(name)
        self._under_way.add(subject_id)
        try:
            await self._run(name, subject_id)
        except HeldError:
            return True
        finally:
            self._under_way.discard(subject_id)
        return False

    async def _allowed(self, name: str) -> None:
        """Wait while the work is held; a stop cuts that short, and the next start waits again."""
        task = asyncio.current_task()
        assert task  # noqa: S101  # DBOS runs workflows as tasks
        self._waiting.add(task)
        try:
            while self._stopping or await self._held(name):
                if self._stopping:
                    # What DBOS records is no end of the work, which it so takes up again.
                    raise asyncio.CancelledError
                await asyncio.sleep(_HELD_EVERY)
        finally:
            self._waiting.discard(task)

    async def _held(self, name: str) -> bool:
        try:
            return await self._works[name].held()
        except Exception as error:  # noqa: BLE001  # rather wait than do what is not allowed
            tell(error, work=name)
            return True

    async def stop(self, *, patience: int = 20) -> None:
        """Take nothing new, and give what is under way `patience` seconds to end."""
        self._stopping = True
        ending = [*self._rounds, *self._waiting]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        if self._rounds:
            # DBOS looks once a second whether all has ended, so it is asked only when it matters.
            await asyncio.to_thread(
                DBOS.destroy,
                workflow_completion_timeout_sec=patience if self._under_way else 0,
                destroy_registry=True,
            )
        self._rounds = []
        self._client.destroy()

    async def enqueue(self, connection: AsyncConnection, name: str, subject_id: str) -> None:
        """Queue work within the transaction; a second time it stays queued once."""
        await connection.run_sync(
            lambda sync: self._client.enqueue_in_transaction(
                sync,
                {
                    "workflow_name": name,
                    "queue_name": name,
                    "workflow_id": f"{name}:{subject_id}",
                    "application_name": _NAME,
                },
                subject_id,
            )
        )

    async def _run(self, name: str, subject_id: str) -> None:
        work = self._works[name]
        reference = ""
        for pause in (*self._retries, None):
            try:
                await work.run(subject_id)
            except HeldError:
                raise
            except Exception as error:  # noqa: BLE001  # nothing may reach DBOS, which stores it
                reference = tell(error, work=name, subject=subject_id)
            else:
                return
            if pause is not None:
                await asyncio.sleep(pause)
        try:
            await work.gave_up(subject_id, reference)
        except Exception as error:  # noqa: BLE001  # as above
            tell(error, work=name, subject=subject_id)

    async def _round(self) -> None:
        if self._others is None:
            await each(self._sweep, self._prune)
            return
        async with self._others.leading() as connection:
            if connection is not None:
                take_over = partial(self._others.take_over, connection)
                await each(take_over, self._sweep, self._prune)

    async def _prune(self) -> None:
        if time.monotonic() - self._pruned < _PRUNE_EVERY:
            return
        self._pruned = time.monotonic()
        await asyncio.to_thread(delete_finished, datetime.now(UTC) - KEEP)

    @staticmethod
    async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001  # the next round may do better
                tell(error)
            await asyncio.sleep(seconds)


def migrate(url: str | sa.URL) -> None:
    """Make or update DBOS's own tables: a schema in PostgreSQL, beside ours in a SQLite file."""
    DBOS.migrate(system_url(sa.make_url(url)))


def system_url(url: sa.URL) -> str:
    """The same database for DBOS, which brings its own drivers."""
    driver = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
    return url.set(drivername=driver).render_as_string(hide_password=False)


def delete_finished(before: datetime) -> None:
    """Forget work that ended before then, some hundreds at once."""
    finished = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before.isoformat(),
        limit=_PRUNE_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if finished:
        DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
