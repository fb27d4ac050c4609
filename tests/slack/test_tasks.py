from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.slack.tasks import Tasks


async def test_a_drain_waits_for_what_is_under_way() -> None:
    tasks, done = Tasks(), list[int]()

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    for number in range(3):
        tasks.start(work(number))
    await tasks.drain()
    assert sorted(done) == [0, 1, 2]
    await tasks.drain()


async def test_what_takes_too_long_at_a_shutdown_is_ended() -> None:
    tasks, ended = Tasks(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.start(work())
    await asyncio.sleep(0)
    await tasks.drain(0.01)
    assert ended.is_set()


@pytest.mark.parametrize("error", [ValueError("a defect"), aiohttp.ClientError(), TimeoutError()])
async def test_a_task_that_fails_harms_no_other(error: Exception) -> None:
    tasks, done = Tasks(), asyncio.Event()

    async def fails() -> None:
        raise error

    async def works() -> None:
        done.set()

    tasks.start(fails())
    tasks.start(works())
    await tasks.drain()
    assert done.is_set()


async def test_no_more_than_the_limit_work_at_once() -> None:
    tasks, most = Tasks(limit=2), list[int]()
    working = 0

    async def work() -> None:
        nonlocal working
        working += 1
        most.append(working)
        await asyncio.sleep(0.001)
        working -= 1

    for _ in range(7):
        tasks.start(work())
    await tasks.drain()
    assert max(most) == 2
