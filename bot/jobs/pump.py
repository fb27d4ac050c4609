"""Sends what the bot says on its own: in order for each audience, again when it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from bot.faults import tell
from bot.log import logger
from bot.store.deliveries import (
    LEASE,
    Deliveries,
    Delivery,
    Later,
    Refused,
    SendResult,
    Sent,
)

LOOK_EVERY = 1.0
TRIES = 8
"""Tries of a message that fails for no known reason, over about four minutes."""

_AT_ONCE = 20
_LONGEST_PAUSE = 64
# Before the lease ends, so that no other process sends it meanwhile.
_PATIENCE = LEASE.total_seconds() / 2

_log = logger(__name__)


Send: TypeAlias = Callable[[Delivery], Awaitable[SendResult]]


class Pump:
    """Sends due messages by `send`, one at a time for each audience.

    What `send` raises, or does not answer within half a minute, leaves the message in doubt: it is
    tried again and then marked as repeated. `measured` hears how each try ended.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        send: Send,
        clock: Callable[[], datetime],
        measured: Callable[[str], None],
    ) -> None:
        self._deliveries = deliveries
        self._send = send
        self._clock = clock
        self._measured = measured
        self._woken = asyncio.Event()
        self._stopping = False
        self._sending: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what a dead process left, and begin."""
        await self._deliveries.recover(self._clock())
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing new and end what is being sent."""
        self._stopping = True
        self.wake()
        if self._loop is not None:
            await self._loop
        while self._sending:
            await asyncio.wait(self._sending)

    def wake(self) -> None:
        """Look at once: something has been committed."""
        self._woken.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                await self._take()
            except Exception as error:  # noqa: BLE001  # the database may answer the next time
                tell(error)
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _take(self) -> None:
        now = self._clock()
        free = _AT_ONCE - len(self._sending)
        due = await self._deliveries.next_due() if free else None
        if due is None or due > now:
            return
        for delivery in await self._deliveries.claim(now, free):
            task = asyncio.create_task(self._deliver(delivery))
            self._sending.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            # Its lease ends, and then it is tried again.
            tell(error)
        self.wake()

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                result = await self._send(delivery)
        except Exception as error:  # noqa: BLE001  # whatever it was, the message is in doubt
            await self._again(delivery, tell(error, delivery=delivery.id))
            return
        match result:
            case Sent(ts):
                self._measured("sent")
                await self._deliveries.sent(delivery.id, ts)
            case Later(seconds, why, in_doubt):
                self._measured("put_off")
                due_at = self._clock() + timedelta(seconds=seconds)
                await self._deliveries.later(delivery.id, due_at, why, in_doubt=in_doubt)
            case Refused(why):
                self._measured("refused")
                _log.warning("delivery_refused", delivery=delivery.id, error=why)
                await self._deliveries.failed(delivery.id, why)
            case _:
                assert_never(result)

    async def _again(self, delivery: Delivery, reference: str) -> None:
        if delivery.attempts >= TRIES:
            self._measured("given_up")
            await self._deliveries.failed(delivery.id, reference)
            return
        self._measured("in_doubt")
        pause = timedelta(seconds=min(2**delivery.attempts, _LONGEST_PAUSE))
        await self._deliveries.later(delivery.id, self._clock() + pause, reference, in_doubt=True)
