"""Tells open pages that something changed, and keeps Slack's own notices."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.records import Json


class Live:
    """A hub of listeners, one queue for each open page."""

    def __init__(self) -> None:
        self.toasts: dict[str, list[str]] = defaultdict(list)
        self._queues: dict[str, set[asyncio.Queue[Json]]] = defaultdict(set)
        self._changes: Counter[str] = Counter()

    @contextmanager
    def listening(self, user_id: str) -> Iterator[asyncio.Queue[Json]]:
        """The frames for one page of this person, while it is open."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._queues[user_id].add(queue)
        try:
            yield queue
        finally:
            self._queues[user_id].discard(queue)

    def changed(self, *what: str, channel_id: str = "", user_id: str = "") -> None:
        """Say what changed, to one person or (without a user_id) to all."""
        self._changes[user_id] += 1
        frame = {"type": "changed", "what": list(what), "channel": channel_id}
        for listener in [user_id] if user_id else list(self._queues):
            self._send(listener, frame)

    def version(self, user_id: str) -> int:
        """How often something changed for this person, so that a page can tell how new it is."""
        return self._changes[""] + self._changes[user_id]

    def toast(self, user_id: str, text: str) -> None:
        """Show a notice of Slack itself; kept in `toasts` for tests."""
        self.toasts[user_id].append(text)
        self._send(user_id, {"type": "toast", "text": text})

    def _send(self, user_id: str, frame: Json) -> None:
        for queue in self._queues[user_id]:
            queue.put_nowait(frame)
