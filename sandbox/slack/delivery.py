"""Hands payloads to the app within Slack's three seconds, and keeps a record of each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from sandbox.slack.records import Ack, Delivery

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from sandbox.slack.faults import Faults

# Slack tries an event again at once, then after about a minute, then after five.
EVENT_RETRIES = (0.0, 60.0, 300.0)
# Seconds until nobody listens any more for an ack that comes too late to count.
LISTENED = 30.0
TIMEOUT = "operation_timeout"
FAILED = "dispatch_failed"


class Transport(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    async def send(self, delivery: Delivery, reason: str, seconds: float) -> Ack:
        """Hand over one payload and wait for its ack; never raises for trouble on the way."""

    async def close(self) -> None:
        """Let go of all connections."""


class Deliveries:
    """The outgoing side of the workspace."""

    def __init__(
        self,
        transport: Transport,
        faults: Faults,
        *,
        ack_seconds: float,
        retry_delays: Sequence[float] = EVENT_RETRIES,
    ) -> None:
        self.transport = transport
        self.log: list[Delivery] = []
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._retry_delays = retry_delays
        self._tasks: set[asyncio.Task[object]] = set()
        self._handed_over = asyncio.Condition()

    async def ask(self, delivery: Delivery) -> Ack:
        """Deliver a command or an interaction: once, and the person waits for the ack.

        What takes longer than the window goes on, but its ack comes too late to count.
        """
        self.log.append(delivery)
        work = self._tracked(self._hand_over(delivery, LISTENED))
        done, _ = await asyncio.wait([work], timeout=self._ack_seconds)
        delivery.ack = work.result() if done else Ack(error=TIMEOUT)
        return delivery.ack

    def tell(self, delivery: Delivery) -> None:
        """Deliver an event in the background, and again when it is not acknowledged."""
        self.log.append(delivery)
        _ = self._tracked(self._tell(delivery))

    async def settled(self) -> None:
        """Wait until everything begun in the background has ended."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Drop what is under way, and the transport."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.transport.close()

    async def _hand_over(self, delivery: Delivery, seconds: float) -> Ack:
        troubles = {one.kind: one for one in self._faults.for_delivery(delivery.name)}
        if "slow" in troubles:
            await asyncio.sleep(troubles["slow"].seconds)
        if "out_of_order" in troubles:
            async with self._handed_over:
                await self._handed_over.wait()
        ack = await self.transport.send(delivery, "", seconds)
        async with self._handed_over:
            self._handed_over.notify_all()
        if "duplicated" in troubles:
            _ = self._tracked(self.transport.send(delivery, "", seconds))
        return ack

    async def _tell(self, delivery: Delivery) -> Ack:
        ack = delivery.ack = await self._hand_over(delivery, self._ack_seconds)
        for number, delay in enumerate(self._retry_delays, 1):
            if ack.error is None or ack.stop_retries:
                break
            await asyncio.sleep(delay)
            delivery.attempt = number
            reason = "http_timeout" if ack.error == TIMEOUT else "http_error"
            ack = delivery.ack = await self.transport.send(delivery, reason, self._ack_seconds)
        return ack

    def _tracked(self, work: Coroutine[object, object, Ack]) -> asyncio.Task[Ack]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
