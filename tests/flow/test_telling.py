"""When what happened is told, and in how many messages; what they say is another matter."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from bot.ckan.models import Organization
from bot.context import Person, Reader
from bot.errors import CatalogueError
from bot.flow.teams.telling import MOST, SHOWN, Telling
from bot.notices.events import Event, Happening, Kind, Subject
from bot.notices.rhythm import Every, Rhythm
from bot.notices.wanted import ScopeKind
from bot.store import events
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.deliveries import Deliveries, Delivery
from bot.store.events import Events
from bot.store.notice_tables import subscription
from bot.store.notices import BURST, DIGEST, LISTED, NOTICE
from bot.store.subscriptions import Subscription, Subscriptions
from bot.store.tables import delivery
from tests.databases import database_url, db

__all__ = ["database_url", "db"]

TREE = (
    Organization("o1", "ministry", "Ministry"),
    Organization("o2", "branch", "Branch", parent_name="ministry"),
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Catalogue:
    """Tells the tree, unless it is away."""

    away: bool = False
    looked_at: bool = False

    async def organizations(self) -> tuple[Organization, ...]:
        if self.away:
            raise CatalogueError("away")
        return TREE


@dataclass
class Teller:
    db: Database
    catalogue: Catalogue = field(default_factory=Catalogue)
    odd: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self.db)
        self.subscriptions = Subscriptions(self.db)
        self.telling = self.another()

    def another(self) -> Telling:
        """The same in another process."""
        return Telling(
            db=self.db,
            deliveries=self.deliveries,
            subscriptions=Subscriptions(self.db),
            readers=lambda _catalogue: cast("Reader", self.catalogue),
            follow=self.follow,
            is_looking=lambda: self.catalogue.looked_at,
            wake=lambda: None,
            clock=now,
        )

    async def follow(self, happened: Sequence[Event], _above: object) -> Any:
        """Nothing else is done about events here, and one about an odd record goes wrong."""
        if self.odd & {event.subject.package_id for event in happened}:
            raise RuntimeError

        async def nothing(_connection: object) -> None: ...

        return nothing

    async def subscribe(self, **more: Any) -> Subscription:
        one = Subscription(
            **{
                "id": new_id(),
                "person": Person("T1", "U1"),
                "team": "T1",
                "channel": "C1",
                "catalogue": "test",
                "scope": ScopeKind.ORGANIZATION,
                "about": "o1",
                "title": "Ministry",
                "branches": True,
                "wants": "",
                "rhythm": Rhythm(),
                "threads": True,
                "automated": True,
                "restricted": False,
                "created_at": now(),
            }
            | more
        )
        async with self.db.write() as connection:
            await self.subscriptions.put(connection, one, now())
        return one

    async def becomes(self, one: Subscription, **odd: Any) -> None:
        """Let the row of a subscription hold what nobody could have asked for."""
        its = subscription.c.id == one.id
        async with self.db.write() as connection:
            await connection.execute(sa.update(subscription).where(its).values(odd))

    async def happens(self, *packages: str, kind: Kind = Kind.CHANGED, **more: Any) -> None:
        made = [event_of(package, kind, **more) for package in packages]
        async with self.db.write() as connection:
            await events.add(connection, made)

    async def sent(self) -> list[tuple[str, list[str]]]:
        """The kinds of the messages there are, each with the records it takes along."""
        async with self.db.read() as connection:
            ids = (await connection.execute(sa.select(delivery.c.id).order_by(delivery.c.id))).all()
        found = [await self.deliveries.get(row.id) for row in ids]
        return [(one.kind, await self.records(one)) for one in found if one is not None]

    async def records(self, one: Delivery) -> list[str]:
        told = await Events(self.db).of_delivery(one.id)
        return list(dict.fromkeys(event.subject.package_id for event in told))

    async def all_sent(self) -> None:
        async with self.db.write() as connection:
            await connection.execute(sa.update(delivery).values(state="sent"))


def event_of(package: str, kind: Kind, **more: Any) -> Event:
    subject = Subject(package, package.title(), "o2", "Branch", {}, f" {package}")
    happened = Event(
        catalogue="test", subject=subject, happening=Happening(kind), at=now(), public=True
    )
    return replace(happened, **more)


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-03-06T08:00:00Z", real_asyncio=True) as frozen:
        yield cast("FrozenDateTimeFactory", frozen)


@pytest.fixture
async def teller(clock: FrozenDateTimeFactory, db: Database) -> Teller:
    return Teller(db)


async def rounds(teller: Teller, clock: FrozenDateTimeFactory, seconds: int = 3) -> None:
    await teller.telling.round()
    clock.tick(timedelta(seconds=seconds))
    await teller.telling.round()


async def test_few_records_are_told_one_by_one_in_the_order_of_what_happened(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    await teller.happens("b", "a", "b")
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["b"]), (NOTICE, ["a"])]
    await rounds(teller, clock)
    assert len(await teller.sent()) == 2


async def test_what_happens_at_nearly_the_same_moment_is_told_together(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    for _second in range(3):
        await teller.happens("a")
        await rounds(teller, clock, 1)
        assert await teller.sent() == []
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["a"])]


async def test_what_one_look_finds_is_told_together(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    teller.catalogue.looked_at = True
    await teller.happens(*(f"p{number}" for number in range(10)))
    await rounds(teller, clock, 10)
    await teller.happens(*(f"q{number}" for number in range(10)))
    teller.catalogue.looked_at = False
    await rounds(teller, clock)
    assert [kind for kind, _records in await teller.sent()] == [BURST]


async def test_nothing_waits_for_ever_for_what_else_may_happen(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    for _second in range(31):
        await teller.happens("a")
        await teller.telling.round()
        clock.tick(timedelta(seconds=1))
    assert await teller.sent() == [(NOTICE, ["a"])]


@pytest.mark.parametrize(
    ("number", "kinds"),
    [
        (MOST, [NOTICE] * MOST),
        (MOST + 1, [BURST]),
        (SHOWN, [BURST]),
        (SHOWN + 1, [BURST, LISTED]),
    ],
)
async def test_many_records_at_once_are_one_message(
    teller: Teller, clock: FrozenDateTimeFactory, number: int, kinds: list[str]
) -> None:
    await teller.subscribe()
    await teller.happens(*(f"p{number}" for number in range(number)))
    await rounds(teller, clock)
    assert [kind for kind, _records in await teller.sent()] == kinds


async def test_what_happens_while_a_message_is_on_its_way_is_the_next_one(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    await teller.happens("a")
    await rounds(teller, clock)
    for number in range(MOST + 1):
        await teller.happens(f"p{number}")
        await rounds(teller, clock)
    assert len(await teller.sent()) == 1
    await teller.all_sent()
    await rounds(teller, clock)
    assert [kind for kind, _records in await teller.sent()] == [NOTICE, BURST]


async def test_a_channel_hears_once_what_two_of_its_subscriptions_want(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    await teller.subscribe(scope=ScopeKind.PACKAGE, about="a")
    await teller.subscribe(channel="C2", wants="event:published")
    await teller.happens("a")
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["a"])]


async def test_two_processes_tell_nothing_twice(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    await teller.subscribe(rhythm=Rhythm(Every.DAY, time(9)))
    await teller.happens(*(f"p{number}" for number in range(SHOWN + 5)))
    both = (teller.telling, teller.another())
    for _each in range(3):
        await asyncio.gather(*(one.round() for one in both))
        clock.tick(timedelta(seconds=3))
    clock.move_to("2026-03-06T17:00:01Z")
    await asyncio.gather(*(one.round() for one in both))
    kinds = [kind for kind, _records in await teller.sent()]
    assert kinds == [BURST, LISTED, DIGEST, LISTED]


async def test_while_nobody_knows_whose_branch_it_is_nothing_is_lost(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    teller.catalogue.away = True
    await teller.happens("a")
    await rounds(teller, clock)
    assert await teller.sent() == []
    teller.catalogue.away = False
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["a"])]


async def test_a_digest_comes_at_its_local_time_and_only_with_something_in_it(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe(rhythm=Rhythm(Every.DAY, time(9), zone="America/Vancouver"))
    await teller.subscribe(rhythm=Rhythm(Every.DAY, time(9), zone="America/St_Johns"), channel="C2")
    told: list[str] = []

    async def look(moment: str) -> int:
        clock.move_to(moment)
        await teller.telling.round()
        before = len(told)
        told[:] = [kind for kind, _records in await teller.sent()]
        return len(told) - before

    await teller.happens("a")
    assert await look("2026-03-06T12:29:59Z") == 0
    assert await look("2026-03-06T12:30:01Z") == 1  # St. John's
    assert await look("2026-03-06T16:59:59Z") == 0
    assert await look("2026-03-06T17:00:01Z") == 1  # Vancouver
    assert await look("2026-03-07T17:00:01Z") == 0  # an empty day for both
    await teller.happens("b", "c")
    # The clocks have gone forward.
    assert await look("2026-03-08T11:30:01Z") == 1
    assert await look("2026-03-08T15:59:59Z") == 0
    assert await look("2026-03-08T16:00:01Z") == 1
    assert await look("2026-03-20T18:00:00Z") == 0
    assert set(told) == {DIGEST}


async def test_after_a_week_away_a_digest_is_told_once(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe(rhythm=Rhythm(Every.DAY, time(9)))
    await teller.happens("a")
    await teller.telling.round()
    clock.tick(timedelta(days=8))
    await teller.telling.round()
    await teller.telling.round()
    assert await teller.sent() == [(DIGEST, ["a"])]


async def test_what_was_told_is_forgotten_after_a_while_and_what_waits_is_not(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.happens("a")
    await teller.telling.round()
    teller.catalogue.away = True
    await teller.happens("b")
    clock.tick(timedelta(days=36))
    await teller.telling.round()
    kept = await Events(teller.db).since("test", now() - timedelta(days=90))
    assert [event.subject.package_id for event in kept] == ["b"]


async def test_an_event_that_goes_wrong_holds_up_no_other_and_is_tried_again(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    await teller.subscribe()
    teller.odd = frozenset({"a"})
    await teller.happens("a", "b", "c")
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["b"]), (NOTICE, ["c"])]
    await teller.all_sent()
    teller.odd = frozenset()
    clock.tick(timedelta(minutes=15))
    await rounds(teller, clock)
    assert await teller.sent() == [(NOTICE, ["b"]), (NOTICE, ["c"]), (NOTICE, ["a"])]


async def test_a_subscription_that_nobody_understands_any_more_holds_up_no_other(
    teller: Teller, clock: FrozenDateTimeFactory
) -> None:
    weekly = Rhythm(Every.WEEK, time(9))
    older = await teller.subscribe(channel="C2", wants="event:published")
    never = await teller.subscribe(channel="C3", rhythm=weekly)
    await teller.subscribe()
    await teller.subscribe(channel="C4", rhythm=weekly)
    await teller.becomes(older, wants="in an older language: (((")
    await teller.becomes(never, weekday=9)
    await teller.happens("a")
    clock.tick(timedelta(days=8))
    await rounds(teller, clock)
    assert await teller.sent() == [(DIGEST, ["a"]), (NOTICE, ["a"])]
