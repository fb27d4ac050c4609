"""One odd thing costs only itself, and is tried again less and less often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.faults import LONGEST, ODD, OneByOne, in_parts

ODD_ONES = frozenset({3, 4})


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Work:
    """Does things, one by one or some at once, unless one of them is odd."""

    def __init__(self, odd: frozenset[int] = ODD_ONES, error: type[Exception] = KeyError) -> None:
        self.odd = odd
        self.error = error
        self.tried = 0
        self.done: list[int] = []

    async def one(self, thing: int) -> None:
        await self.some([thing])

    async def some(self, things: Sequence[int]) -> None:
        self.tried += 1
        if not self.odd.isdisjoint(things):
            raise self.error
        self.done += things


async def test_what_is_odd_among_many_is_found_and_all_others_are_done_in_order() -> None:
    work, odd = Work(), list[int]()
    await in_parts(range(100), work.some, lambda thing, _error: odd.append(thing))
    assert work.done == [one for one in range(100) if one not in ODD_ONES]
    assert odd == sorted(ODD_ONES)
    assert work.tried < 20


async def test_where_nothing_is_odd_all_is_done_at_once_and_nothing_where_there_is_none() -> None:
    work = Work(frozenset())
    await in_parts(range(100), work.some, lambda _thing, _error: None)
    await in_parts([], work.some, lambda _thing, _error: None)
    assert work.tried == 1


async def test_a_catalogue_that_is_away_is_nobodys_fault() -> None:
    work, odd = Work(error=ConnectionError), list[int]()
    with pytest.raises(ConnectionError):
        await in_parts(
            range(100), work.some, lambda thing, _error: odd.append(thing), away=(OSError,)
        )
    assert (work.tried, odd) == (1, [])


async def test_what_goes_wrong_for_everything_is_not_tried_with_each() -> None:
    work, odd = Work(frozenset(range(1000))), list[int]()
    with pytest.raises(KeyError):
        await in_parts(range(1000), work.some, lambda thing, _error: odd.append(thing))
    assert len(odd) == ODD
    assert work.tried < 3 * ODD


async def test_what_goes_wrong_is_left_alone_for_longer_and_longer() -> None:
    clock, work = Clock(), Work(frozenset({1}))
    one_by_one = OneByOne(clock)
    waits: list[timedelta] = []
    for _failure in range(13):
        await one_by_one.do([1, 2], work.one, str)
        before = clock.now
        while one_by_one.waits("1"):
            clock.now += timedelta(seconds=1)
        waits.append(clock.now - before)
    assert waits[:4] == [timedelta(seconds=number) for number in (1, 2, 4, 8)]
    assert waits[-1] == LONGEST
    assert work.done == [2] * 13

    work.odd = frozenset()
    await one_by_one.do([1], work.one, str)
    assert work.done[-1] == 1
    work.odd = frozenset({1})
    await one_by_one.do([1], work.one, str)
    clock.now += timedelta(seconds=1)
    assert not one_by_one.waits("1")


async def test_what_is_left_alone_is_not_tried() -> None:
    clock, work = Clock(), Work(frozenset({1}))
    one_by_one = OneByOne(clock)
    for _round in range(5):
        await one_by_one.do([1], work.one, str)
    assert work.tried == 1
