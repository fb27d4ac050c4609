"""What this process remembers of the catalogues for a while, shared by everybody's readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from cachetools import TTLCache

from bot.ckan.models import Capabilities, Organization, Rights, User
from bot.ckan.schema import Schema

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by key, loaded once however many ask at the same time, and loaded anew after a while.

    What could not be loaded is not remembered.
    """

    def __init__(self, seconds: float, *, timer: Callable[[], float], most: int = 2048) -> None:
        self._values: TTLCache[str, T] = TTLCache(most, seconds, timer)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """The value of the key, from `load` when there is none."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            if (value := self.peek(key)) is not None:
                return value
            loaded = await load()
            self._values[key] = loaded
            return loaded

    def peek(self, key: str) -> T | None:
        """The value of the key if there is one, without waiting."""
        return self._values.get(key)

    def forget(self, key: str) -> None:
        """Load the key anew when it is asked for next."""
        self._values.pop(key, None)


class Caches:
    """One for a process; by catalogue name, or by `Site.fingerprint` for what belongs to a key."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self.schemas: Remembered[Schema] = Remembered(600, timer=timer)
        self.capabilities: Remembered[Capabilities] = Remembered(3600, timer=timer)
        self.organizations: Remembered[tuple[Organization, ...]] = Remembered(900, timer=timer)
        self.users: Remembered[User] = Remembered(180, timer=timer)
        self.rights: Remembered[Rights] = Remembered(180, timer=timer)

    def forget_key(self, fingerprint: str) -> None:
        """Ask the catalogue anew whose key it is and what it may do."""
        self.users.forget(fingerprint)
        self.rights.forget(fingerprint)
