"""What this process remembers of the catalogues for a while, shared by everybody's readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from cachetools import LRUCache, TTLCache

from bot.ckan.models import Capabilities, Organization, Rights, User
from bot.ckan.schema import Choice, Schema

T = TypeVar("T")

MOST: Final = 2048
"""Values that are remembered at once."""
KEPT: Final = 16
"""Values that are kept for when their catalogue does not answer."""


@dataclass(frozen=True, slots=True)
class Last(Generic[T]):
    """What was loaded last, `age` seconds ago."""

    value: T
    age: float


class Remembered(Generic[T]):
    """Values by key, loaded once however many ask at the same time, and loaded anew after a while.

    What could not be loaded is not remembered; all who waited for it hear at once why.
    """

    def __init__(self, seconds: float, *, timer: Callable[[], float]) -> None:
        self._values: TTLCache[str, T] = TTLCache(MOST, seconds, timer)
        self._loading: dict[str, asyncio.Task[T]] = {}
        self._timer = timer
        self._last: LRUCache[str, tuple[T, float]] = LRUCache(KEPT)

    async def get(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """The value of the key, from `load` when there is none."""
        if (value := self.peek(key)) is not None:
            return value
        loading = self._loading.get(key)
        if loading is None:
            loading = self._loading[key] = asyncio.ensure_future(self._load(key, load))
            loading.add_done_callback(_heard)
        # Who gives up waiting takes nothing from the others.
        return await asyncio.shield(loading)

    async def _load(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        try:
            loaded = self._values[key] = await load()
            self._last[key] = (loaded, self._timer())
        finally:
            del self._loading[key]
        return loaded

    def last(self, key: str) -> Last[T] | None:
        """What was loaded last for the key, however long ago."""
        kept = self._last.get(key)
        return None if kept is None else Last(kept[0], self._timer() - kept[1])

    def peek(self, key: str) -> T | None:
        """The value of the key if there is one, without waiting."""
        return self._values.get(key)

    def forget(self, key: str) -> None:
        """Load the key anew when it is asked for next."""
        self._values.pop(key, None)


def _heard(loading: asyncio.Task[T]) -> None:
    """Say that a failure was noticed, even when nobody waits for it any more."""
    if not loading.cancelled():
        loading.exception()


class Caches:
    """One for a process; by catalogue name, or by `Site.fingerprint` for what belongs to a key."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self.schemas: Remembered[Schema] = Remembered(600, timer=timer)
        self.capabilities: Remembered[Capabilities] = Remembered(3600, timer=timer)
        self.organizations: Remembered[tuple[Organization, ...]] = Remembered(900, timer=timer)
        self.people: Remembered[User] = Remembered(900, timer=timer)
        self.licenses: Remembered[tuple[Choice, ...]] = Remembered(3600, timer=timer)
        self.users: Remembered[User] = Remembered(180, timer=timer)
        self.rights: Remembered[Rights] = Remembered(180, timer=timer)

    def forget_key(self, fingerprint: str) -> None:
        """Ask the catalogue anew whose key it is and what it may do."""
        self.users.forget(fingerprint)
        self.rights.forget(fingerprint)
