from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.errors import HeldError
from bot.jobs import engine as engine_module
from bot.jobs.engine import APPLY, Engine, delete_finished, migrate
from bot.jobs.executors import Executors
from bot.store.db import Database
from bot.store.migrate import check
from bot.store.tables import executor

LONG_FROM_NOW = datetime.now(UTC) + timedelta(days=1)
SECRET = "8b1c-a-key-in-an-error"


class Work:
    """What the engine is given to do; raises `faults` times before it succeeds."""

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.given_up: list[tuple[str, str]] = []
        self.sweeps = 0
        self.faults = 0
        self.unforgiving = False
        self.looks: list[bool] = []
        self.is_held = False
        self.held_in_the_middle = False

    async def held(self) -> bool:
        self.looks.append(self.is_held)
        return self.is_held

    async def apply(self, change_id: str) -> None:
        if self.held_in_the_middle:
            self.held_in_the_middle, self.is_held = False, True
            raise HeldError
        if self.faults:
            self.faults -= 1
            raise RuntimeError(SECRET)
        self.applied.append(change_id)

    async def gave_up(self, change_id: str, reference: str) -> None:
        if self.unforgiving:
            raise RuntimeError(SECRET)
        self.given_up.append((change_id, reference))

    async def sweep(self) -> None:
        self.sweeps += 1
        if self.sweeps == 1:
            raise RuntimeError(SECRET)


@pytest.fixture
def work() -> Work:
    return Work()


def engine_of(db: Database, work: Work) -> Engine:
    return Engine(
        db,
        works={APPLY: engine_module.Work(work.apply, work.gave_up, held=work.held)},
        sweep=work.sweep,
        retries=(0.0, 0.0),
    )


@pytest.fixture
async def engine(db: Database, database_url: str, work: Work) -> AsyncIterator[Engine]:
    migrate(database_url)
    running = engine_of(db, work)
    await running.start()
    yield running
    await running.stop()


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def enqueue(db: Database, engine: Engine, change_id: str) -> None:
    async with db.write() as connection:
        await engine.enqueue(connection, APPLY, change_id)


async def workflows(db: Database) -> list[sa.Row[tuple[str, ...]]]:
    table = sa.table("workflow_status", schema=None if db.is_sqlite else "dbos")
    async with db.read() as connection:
        return list(await connection.execute(sa.select(sa.text("*")).select_from(table)))


async def test_what_is_queued_is_applied_once_even_if_it_is_queued_twice(
    engine: Engine, db: Database, work: Work
) -> None:
    await enqueue(db, engine, "c1")
    await enqueue(db, engine, "c1")
    await until(lambda: work.applied)
    await enqueue(db, engine, "c1")
    await enqueue(db, engine, "c2")
    await until(lambda: len(work.applied) > 1)
    assert work.applied == ["c1", "c2"]


async def test_a_transaction_that_fails_queues_nothing(
    engine: Engine, db: Database, work: Work
) -> None:
    async def fail() -> None:
        async with db.write() as connection:
            await engine.enqueue(connection, APPLY, "c1")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await enqueue(db, engine, "c2")
    await until(lambda: work.applied)
    assert work.applied == ["c2"]
    assert len(await workflows(db)) == 1


async def test_work_that_raises_is_tried_again(engine: Engine, db: Database, work: Work) -> None:
    work.faults = 2
    await enqueue(db, engine, "c1")
    await until(lambda: work.applied)
    assert work.given_up == []


async def test_work_that_keeps_raising_is_given_up_and_its_words_are_kept_nowhere(
    engine: Engine, db: Database, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.faults = 3
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        await enqueue(db, engine, "c1")
        await until(lambda: work.given_up)
    ((change_id, reference),) = work.given_up
    assert change_id == "c1"
    told = [line for line in lines if line.get("subject") == "c1"]
    assert len(told) == 3
    assert told[-1]["reference"] == reference
    assert told[-1]["error"] == "RuntimeError"
    assert "apply:" in told[-1]["at"]
    assert SECRET not in repr(lines) + caplog.text
    assert SECRET not in repr(await workflows(db))


async def test_an_engine_survives_that_giving_up_fails_as_well(
    engine: Engine, db: Database, work: Work
) -> None:
    work.faults, work.unforgiving = 3, True
    with capture_logs() as lines:
        await enqueue(db, engine, "c1")
        await until(lambda: len([line for line in lines if line.get("subject") == "c1"]) == 4)
    await enqueue(db, engine, "c2")
    await until(lambda: work.applied)
    assert SECRET not in repr(await workflows(db))


async def test_held_work_waits_and_begins_when_it_is_held_no_more(
    engine: Engine, db: Database, work: Work
) -> None:
    work.is_held = True
    await enqueue(db, engine, "c1")
    await until(lambda: True in work.looks)
    assert work.applied == []
    work.is_held = False
    await until(lambda: work.applied)
    assert work.applied == ["c1"]


async def test_work_that_is_held_in_the_middle_begins_again_afterwards(
    engine: Engine, db: Database, work: Work
) -> None:
    work.held_in_the_middle = True
    await enqueue(db, engine, "c1")
    await until(lambda: True in work.looks)
    assert work.applied == []
    work.is_held = False
    await until(lambda: work.applied)
    assert work.given_up == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_stop_does_not_wait_for_held_work_and_the_next_start_takes_it_up(
    db: Database, database_url: str, work: Work
) -> None:
    migrate(database_url)
    first = engine_of(db, work)
    await first.start()
    work.is_held = True
    # More than run at once: some wait in their work, and others still on the queue.
    for number in range(12):
        await enqueue(db, first, f"c{number}")
    await until(lambda: work.looks.count(True) >= 8)
    async with asyncio.timeout(60):
        await first.stop()
    work.looks.clear()
    await asyncio.sleep(1.5)
    assert work.looks == []
    work.is_held = False
    second = engine_of(db, work)
    await second.start()
    await until(lambda: len(work.applied) == 12)
    await second.stop()
    assert len(set(work.applied)) == 12


async def test_the_sweep_goes_on_after_it_raised(engine: Engine, work: Work) -> None:
    await until(lambda: work.sweeps >= 2)


async def test_the_engines_own_tables_are_no_business_of_our_migrations(
    engine: Engine, database_url: str
) -> None:
    check(database_url)


async def test_finished_work_is_deleted_when_nobody_will_look_at_it(
    engine: Engine, db: Database, work: Work
) -> None:
    await enqueue(db, engine, "c1")
    await until(lambda: work.applied)
    await asyncio.sleep(0.2)
    assert len(await workflows(db)) == 1
    await asyncio.to_thread(delete_finished, LONG_FROM_NOW)
    assert await workflows(db) == []


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_of_several_processes_one_leads(db: Database) -> None:
    async with Executors(db, "one").leading() as first:
        assert first is not None
        async with Executors(db, "two").leading() as second:
            assert second is None


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_work_left_by_a_silent_process_is_taken_up_and_the_process_forgotten(
    engine: Engine, db: Database, work: Work
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    async with db.write() as connection:
        await engine.enqueue(connection, APPLY, "c1")
        await connection.execute(
            sa.text("UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = 'gone'")
        )
        for name in ("gone", "gone and idle"):
            await connection.execute(
                sa.insert(executor).values(id=name, started_at=long_ago, seen_at=long_ago)
            )
    await until(lambda: work.applied == ["c1"])
    async with db.read() as connection:
        living = (await connection.scalars(sa.select(executor.c.id))).all()
    assert len(living) == 1
    assert not living[0].startswith("gone")
