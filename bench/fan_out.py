"""fan-out: one event against 10,000 subscriptions, and a burst of 5,000 events"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.table import Line
from bot.ckan.models import Organization
from bot.context import Person, Reader
from bot.flow.teams.telling import AT_ONCE, Telling, parents
from bot.notices.events import Event, Happening, Kind, Moved, Subject
from bot.notices.rhythm import Rhythm
from bot.notices.wanted import ScopeKind
from bot.store import events
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.deliveries import Deliveries
from bot.store.migrate import upgrade
from bot.store.notice_tables import subscription
from bot.store.subscriptions import Subscription, Subscriptions, row_of

SUBSCRIPTIONS: Final = 10_000
BURST: Final = 5_000
_TRIES: Final = 200
_TREE: Final = (
    Organization("o1", "ministry", "Ministry"),
    Organization("o2", "branch", "Branch", parent_name="ministry"),
)
_ABOVE: Final = parents(_TREE)


class _Catalogue:
    async def organizations(self) -> tuple[Organization, ...]:
        return _TREE


def measure(_slack: Mapping[str, str], folder: Path) -> list[Line]:
    url = f"sqlite+aiosqlite:///{folder / 'fan-out.sqlite'}"
    upgrade(url)
    return asyncio.run(_measure(url))


async def _measure(url: str) -> list[Line]:
    db = Database(url)
    subscriptions = Subscriptions(db)
    rows = [row_of(_subscription(number), _now()) for number in range(SUBSCRIPTIONS)]
    async with db.write() as connection:
        await connection.execute(sa.insert(subscription), rows)
    started = time.perf_counter()
    await subscriptions.rules()
    read = time.perf_counter() - started
    seconds: list[float] = []
    for number in range(_TRIES):
        event = _event(number)
        started = time.perf_counter()
        rules = await subscriptions.rules()
        found = rules.wanting(event, _ABOVE)
        seconds.append(time.perf_counter() - started)
        if not found:
            raise RuntimeError("nobody wanted to hear of the event")
    burst = await _burst(db)
    await db.dispose()
    return [
        Line("fan-out, 10,000 subscriptions, read once", read, "s"),
        Line("fan-out, an event against all of them, p50", statistics.median(seconds) * 1e3, "ms"),
        Line(
            "fan-out, an event against all of them, p99",
            statistics.quantiles(seconds, n=100)[98] * 1e3,
            "ms",
            50,
        ),
        Line("fan-out, a burst of 5,000 into messages", burst, "s"),
    ]


async def _burst(db: Database) -> float:
    """Seconds from 5,000 events, for a tenth of a per cent of the channels, to their messages."""
    telling = Telling(
        db=db,
        deliveries=Deliveries(db),
        subscriptions=Subscriptions(db),
        readers=lambda _catalogue: cast("Reader", _Catalogue()),
        follow=_nothing_else,
        is_looking=lambda: False,
        wake=lambda: None,
        clock=_now,
    )
    # Nobody sends here, so a channel gets its one message when all is matched.
    telling.settle = timedelta(hours=1)
    async with db.write() as connection:
        await events.add(connection, [_event(number, rare=True) for number in range(BURST)])
    started = time.perf_counter()
    for _each in range(BURST // AT_ONCE):
        await telling.round()
    telling.settle = timedelta(0)
    await telling.round()
    return time.perf_counter() - started


async def _nothing_else(
    _happened: Sequence[Event], _above: Mapping[str, str]
) -> Callable[[AsyncConnection], Awaitable[None]]:
    async def nothing(_connection: AsyncConnection) -> None:
        pass

    return nothing


def _subscription(number: int) -> Subscription:
    """All are about the ministry; each thousandth wants what is rare, the others what is not."""
    kinds = [str(kind) for kind in Kind]
    wants = f"event:{kinds[number % len(kinds)]} AND NOT (format:pdf OR tag:t{number % 40})"
    if number % 1000 == 0:
        wants = "tag:rare"
    return Subscription(
        id=new_id(),
        person=Person("T1", f"U{number}"),
        team="T1",
        channel=f"C{number}",
        catalogue="test",
        scope=ScopeKind.ORGANIZATION,
        about="o1",
        title="Ministry",
        branches=True,
        wants=wants,
        rhythm=Rhythm(),
        threads=True,
        automated=True,
        restricted=False,
        created_at=_now(),
    )


def _event(number: int, *, rare: bool = False) -> Event:
    traits = {
        "format": frozenset({"csv"}),
        "tag": frozenset({"rare", *(f"t{one}" for one in range(40))} if rare else {"health"}),
        "state": frozenset({"published"}),
    }
    return Event(
        catalogue="test",
        subject=Subject(f"p{number}", f"Record {number}", "o2", "Branch", traits, " record"),
        happening=Happening(Kind.CHANGED, (Moved("title", "a", "b"),)),
        at=_now(),
        public=True,
    )


def _now() -> datetime:
    return datetime.now(UTC)
