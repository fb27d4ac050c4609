"""Work that outlives its acknowledgement, tracked so that a shutdown can wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp

from bot import log
from bot.log import logger

_log = logger(__name__)


class Tasks:
    """Tasks under way, at most `limit` of them at work at once."""

    def __init__(self, limit: int = 200) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(limit)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the work soon. What it raises is logged, since nobody awaits it."""
        task = asyncio.get_running_loop().create_task(self._run(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float | None = None) -> None:
        """Wait until everything started has ended; what has not after `seconds` is cancelled."""
        if not self._running:
            return
        _done, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._slots:
            with log.request():
                try:
                    await work
                except (aiohttp.ClientError, TimeoutError) as error:
                    _log.warning("slack_not_reached", fault=type(error).__name__)
                except Exception:  # noqa: BLE001  # nobody awaits a task: this is the last stop
                    _log.exception("task_failed")
