"""What nobody foresaw is told to the log, and costs no more than the one thing it is about."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bot.log import logger

T = TypeVar("T")

LONGEST: Final = timedelta(minutes=15)
"""Between two tries of what keeps going wrong."""
ODD: Final = 20
"""Things in one go that may each be odd; where there are more, it is no fault of theirs."""

_log = logger(__name__)


def tell(error: Exception, **about: object) -> str:
    """Log where it happened, without what it says: that may quote a key. Answer the reference."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    _log.error("work_failed", reference=reference, error=type(error).__name__, at=where, **about)
    return reference


async def each(*works: Callable[[], Awaitable[object]]) -> None:
    """Do one after the other; what goes wrong in one keeps no other waiting."""
    for work in works:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the one's alone
            tell(error)


async def in_parts(
    things: Iterable[T],
    work: Callable[[Sequence[T]], Awaitable[object]],
    odd: Callable[[T, Exception], object],
    *,
    away: tuple[type[Exception], ...] = (),
) -> None:
    """Do the work for all of these at once; where that goes wrong, for ever smaller parts of them.

    So each may be part of the work more than once. `odd` hears of each for which alone it goes
    wrong. Raises what is `away`, of which none of them is the reason, and what goes wrong for more
    than `ODD` of them.
    """
    parts, found = [list(things)], 0
    while parts:
        part = parts.pop()
        if not part:
            continue
        try:
            await work(part)
        except away:
            raise
        except Exception as error:
            if len(part) > 1:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
                continue
            found += 1
            if found > ODD:
                raise
            odd(part[0], error)


class OneByOne:
    """Does what is due; a thing that goes wrong costs only itself.

    It is left alone for a second, and twice as long each time, up to `LONGEST`.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures: dict[Hashable, tuple[int, datetime]] = {}

    async def do(
        self,
        things: Iterable[T],
        work: Callable[[T], Awaitable[object]],
        key: Callable[[T], Hashable],
    ) -> None:
        """Do the work for each of these that is not left alone; `key` tells them apart."""
        for thing in things:
            if self.waits(key(thing)):
                continue
            try:
                await work(thing)
            except Exception as error:  # noqa: BLE001  # as above
                self.failed(key(thing), error)
            else:
                self._failures.pop(key(thing), None)

    def waits(self, key: Hashable) -> bool:
        """Whether it went wrong just before."""
        return key in self._failures and self._clock() < self._failures[key][1]

    def failed(self, key: Hashable, error: Exception) -> None:
        """Leave it alone for a while."""
        tell(error, about=str(key))
        now = self._clock()
        number = self._failures.get(key, (0, now))[0] + 1
        wait = min(timedelta(seconds=2 ** min(number - 1, 10)), LONGEST)
        # What is not due any more is never asked for again.
        self._failures = {
            other: (count, until)
            for other, (count, until) in self._failures.items()
            if now < until + LONGEST
        }
        self._failures[key] = (number, now + wait)
