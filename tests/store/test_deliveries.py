from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from bot.change import Change
from bot.context import Person, Place
from bot.store.changes import Changes, Origin
from bot.store.db import Database
from bot.store.deliveries import LEASE, Audience, AudienceKind, Deliveries, Delivery
from bot.store.tables import DeliveryState

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
ORIGIN = Origin(Person("T1", "U1"), Place("T1", "C1"), "production", "patch-resource")
HERE, THERE = Audience(AudienceKind.CHANNEL, "C1"), Audience(AudienceKind.CHANNEL, "C2")


@pytest.fixture
def deliveries(db: Database) -> Deliveries:
    return Deliveries(db)


@pytest.fixture
async def change_id(db: Database) -> str:
    return await Changes(db).preview(None, ORIGIN, Change("t", ()), typed={}, now=NOW, due_at=None)


async def add(
    db: Database, change_id: str, kinds: Iterable[str], audience: Audience = HERE
) -> None:
    async with db.write() as connection:
        for kind in kinds:
            await Deliveries(db).add(
                connection,
                tenant="T1",
                change_id=change_id,
                audience=audience,
                kind=kind,
                payload={"n": 1},
                now=NOW,
            )


def kinds(claimed: list[Delivery]) -> list[tuple[str, str]]:
    return [(one.audience.id, one.kind) for one in claimed]


async def test_a_message_is_on_the_list_once_however_often_it_is_caused(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["outcome", "outcome"])
    await add(db, change_id, ["outcome"])
    (claimed,) = await deliveries.claim(NOW)
    assert claimed == Delivery(
        id=claimed.id,
        tenant="T1",
        change_id=change_id,
        audience=HERE,
        kind="outcome",
        payload={"n": 1},
        ts=None,
        state=DeliveryState.SENDING,
        attempts=1,
        in_doubt=False,
    )
    assert await deliveries.sent(claimed.id, "1.2")
    await add(db, change_id, ["outcome"])
    assert await deliveries.claim(NOW) == []


async def test_a_message_known_by_its_ts_is_found_again(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    assert await deliveries.find(change_id, "outcome", HERE) is None
    await add(db, change_id, ["outcome"])
    (claimed,) = await deliveries.claim(NOW)
    assert await deliveries.sent(claimed.id, "1.2")
    assert not await deliveries.sent(claimed.id, "3.4")
    found = await deliveries.find(change_id, "outcome", HERE)
    assert found is not None
    assert (found.state, found.ts) == (DeliveryState.SENT, "1.2")
    async with db.read() as connection:
        assert await deliveries.told(connection, change_id, "outcome") == [found]


async def test_each_audience_has_one_message_in_flight_and_gets_them_in_order(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a", "b"], HERE)
    await add(db, change_id, ["a", "b"], THERE)
    first = await deliveries.claim(NOW)
    assert kinds(first) == [("C1", "a"), ("C2", "a")]
    assert await deliveries.claim(NOW) == []
    assert await deliveries.sent(first[0].id, "1.1")
    assert kinds(await deliveries.claim(NOW)) == [("C1", "b")]


async def test_what_is_behind_a_message_that_must_wait_waits_too(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a", "b"])
    (first,) = await deliveries.claim(NOW)
    assert await deliveries.later(first.id, SOON, "ratelimited")
    assert await deliveries.claim(NOW) == []
    assert await deliveries.next_due() == NOW
    (again,) = await deliveries.claim(SOON)
    assert (again.kind, again.attempts, again.in_doubt) == ("a", 2, False)


async def test_a_message_given_up_lets_the_next_one_pass(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a", "b"])
    (first,) = await deliveries.claim(NOW)
    assert await deliveries.failed(first.id, "channel_not_found")
    assert kinds(await deliveries.claim(NOW)) == [("C1", "b")]
    async with db.read() as connection:
        assert await deliveries.told(connection, change_id, "a") == []


async def test_what_a_dead_process_was_sending_is_taken_up_in_doubt_when_its_lease_ends(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a"])
    await deliveries.claim(NOW)
    assert await deliveries.next_due() == NOW + LEASE
    assert await deliveries.claim(NOW + LEASE - timedelta(seconds=1)) == []
    (again,) = await deliveries.claim(NOW + LEASE)
    assert again.in_doubt
    assert await deliveries.later(again.id, SOON, "once more")
    (third,) = await deliveries.claim(SOON)
    assert third.in_doubt


async def test_a_single_process_takes_up_at_once_what_it_was_sending(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a"])
    await deliveries.claim(NOW)
    assert await deliveries.recover(NOW) == (1 if db.is_sqlite else 0)
    assert [one.in_doubt for one in await deliveries.claim(NOW)] == [True] * db.is_sqlite


async def test_a_try_that_may_have_arrived_is_marked(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    await add(db, change_id, ["a"])
    (first,) = await deliveries.claim(NOW)
    assert await deliveries.later(first.id, NOW, "timeout", in_doubt=True)
    (again,) = await deliveries.claim(NOW)
    assert again.in_doubt


async def test_many_pumps_at_once_never_take_the_same_message(
    db: Database, deliveries: Deliveries, change_id: str
) -> None:
    audiences = [Audience(AudienceKind.USER, f"U{number}") for number in range(12)]
    for audience in audiences:
        await add(db, change_id, ["a", "b"], audience)
    batches = await asyncio.gather(*(deliveries.claim(NOW, limit=3) for _ in range(10)))
    taken = [one for batch in batches for one in batch]
    assert sorted(one.audience.id for one in taken) == sorted(one.id for one in audiences)
    assert {one.kind for one in taken} == {"a"}
