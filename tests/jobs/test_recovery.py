"""What was queued is done, whatever becomes of the process that had begun it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.jobs.engine import APPLY, Engine, migrate
from bot.store.db import Database

ROOT = Path(__file__).resolve().parents[2]


class Diary:
    """What the workers did, in order: word, change id and process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def lines(self, word: str) -> list[tuple[str, int]]:
        rows = (line.split(" ") for line in self.path.read_text(encoding="utf-8").splitlines())
        return [(change_id, int(pid)) for found, change_id, pid in rows if found == word]

    def wait(self, word: str, count: int = 1, seconds: float = 60) -> list[tuple[str, int]]:
        until = time.monotonic() + seconds
        while len(found := self.lines(word)) < count:
            assert time.monotonic() < until, f"{count} × {word} not within {seconds} s"
            time.sleep(0.05)
        return found


Workers = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


@pytest.fixture
def worker(database_url: str, diary: Diary, db: Database) -> Iterator[Workers]:
    migrate(database_url)
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker", database_url, str(diary.path), *words],
            cwd=ROOT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def enqueue(db: Database, change_id: str) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    engine = Engine(db, works={}, sweep=never)
    async with db.write() as connection:
        await engine.enqueue(connection, APPLY, change_id)
    await engine.stop()


async def test_work_that_was_killed_with_its_process_is_done_after_the_next_start(
    worker: Workers, diary: Diary, db: Database
) -> None:
    await enqueue(db, "c1")
    first = worker("hang")
    await asyncio.to_thread(diary.wait, "begun")
    first.kill()
    first.wait()
    second = worker()
    assert await asyncio.to_thread(diary.wait, "done") == [("c1", second.pid)]
    assert diary.lines("begun") == [("c1", first.pid), ("c1", second.pid)]


async def test_work_that_outlasts_a_stop_is_done_after_the_next_start(
    worker: Workers, diary: Diary, db: Database
) -> None:
    await enqueue(db, "c1")
    first = worker("hang")
    await asyncio.to_thread(diary.wait, "begun")
    first.terminate()
    assert await asyncio.to_thread(first.wait, 15) == 0
    second = worker()
    assert await asyncio.to_thread(diary.wait, "done") == [("c1", second.pid)]


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_another_process_takes_over_the_work_of_a_dead_one(
    worker: Workers, diary: Diary, db: Database
) -> None:
    await enqueue(db, "c1")
    first = worker("hang")
    await asyncio.to_thread(diary.wait, "begun")
    second = worker()
    await asyncio.to_thread(diary.wait, "ready", 2)
    assert diary.lines("done") == []
    first.kill()
    assert await asyncio.to_thread(diary.wait, "done") == [("c1", second.pid)]


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_a_living_process_keeps_its_work(worker: Workers, diary: Diary, db: Database) -> None:
    await enqueue(db, "c1")
    first = worker("hang")
    await asyncio.to_thread(diary.wait, "begun")
    worker()
    await asyncio.to_thread(diary.wait, "ready", 2)
    # Long enough for two rounds of a process that would wrongly take it for dead.
    await asyncio.to_thread(diary.wait, "swept", len(diary.lines("swept")) + 9)
    assert diary.lines("begun") == [("c1", first.pid)]
