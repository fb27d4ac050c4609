from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.change import Change
from bot.context import Person, Place
from bot.jobs.pump import TRIES, Pump
from bot.store.changes import Changes, Origin
from bot.store.db import Database
from bot.store.deliveries import (
    LEASE,
    Audience,
    AudienceKind,
    Deliveries,
    Delivery,
    Later,
    Refused,
    SendResult,
    Sent,
)
from bot.store.tables import DeliveryState

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HERE = Audience(AudienceKind.CHANNEL, "C1")
ORIGIN = Origin(Person("T1", "U1"), Place("T1", "C1"), "production", "patch-resource")


SQLITE_REFUSES = (
    "CREATE TRIGGER refuse BEFORE UPDATE ON delivery WHEN NEW.state = 'sent'"
    " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
)
SQLITE_MENDS = "DROP TRIGGER refuse"
PG_REFUSES = ("ALTER TABLE delivery ADD CONSTRAINT refuse CHECK (state <> 'sent')",)
PG_MENDS = "ALTER TABLE delivery DROP CONSTRAINT refuse"


class Slack:
    """Takes messages, and answers with what is scripted for each kind before it takes it."""

    def __init__(self) -> None:
        self.now = START
        self.answers: dict[str, list[SendResult | Exception]] = {}
        self.tries: list[tuple[str, str]] = []
        self.doubted: list[str] = []
        self.outcomes: list[str] = []
        self.hold: asyncio.Event | None = None

    def clock(self) -> datetime:
        return self.now

    async def send(self, delivery: Delivery) -> SendResult:
        self.tries.append((delivery.audience.id, delivery.kind))
        if delivery.in_doubt:
            self.doubted.append(delivery.kind)
        if self.hold:
            await self.hold.wait()
        answer = next(iter(self.answers.get(delivery.kind, [])), Sent(f"{len(self.tries)}.0"))
        if self.answers.get(delivery.kind):
            self.answers[delivery.kind].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def deliveries(db: Database) -> Deliveries:
    return Deliveries(db)


@pytest.fixture
async def pump(deliveries: Deliveries, slack: Slack) -> AsyncIterator[Pump]:
    running = Pump(deliveries, slack.send, slack.clock, slack.outcomes.append)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def say(db: Database, deliveries: Deliveries) -> Callable[..., object]:
    change_id = await Changes(db).preview(
        None, ORIGIN, Change("t", ()), typed={}, now=START, due_at=None
    )

    async def add(*kinds: str, channel: str = "C1") -> str:
        async with db.write() as connection:
            for kind in kinds:
                await deliveries.add(
                    connection,
                    tenant="T1",
                    change_id=change_id,
                    audience=Audience(AudienceKind.CHANNEL, channel),
                    kind=kind,
                    payload={},
                    now=START,
                )
        return change_id

    return add


@asynccontextmanager
async def broken_writes(db: Database) -> AsyncIterator[None]:
    """Let a trigger refuse every message that is marked as sent."""
    refuse, mend = (SQLITE_REFUSES, SQLITE_MENDS) if db.is_sqlite else (PG_REFUSES, PG_MENDS)
    async with db.write() as connection:
        for statement in refuse:
            await connection.exec_driver_sql(statement)
    yield
    async with db.write() as connection:
        await connection.exec_driver_sql(mend)


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def settled(
    deliveries: Deliveries, change_id: str, kind: str, state: DeliveryState
) -> Delivery:
    async with asyncio.timeout(60):
        while True:
            found = await deliveries.find(change_id, kind, HERE)
            if found is not None and found.state is state:
                return found
            await asyncio.sleep(0.01)


async def test_messages_go_out_in_order_and_their_ts_is_kept(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    change_id = await say("a", "b", "c")
    pump.wake()
    last = await settled(deliveries, change_id, "c", DeliveryState.SENT)
    assert slack.tries == [("C1", "a"), ("C1", "b"), ("C1", "c")]
    assert last.ts == "3.0"


async def test_what_is_committed_is_sent_without_being_woken(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    await settled(deliveries, await say("a"), "a", DeliveryState.SENT)


async def test_one_slow_channel_holds_up_itself_alone(
    pump: Pump, slack: Slack, say: Callable[..., object]
) -> None:
    slack.hold = asyncio.Event()
    await say("a", "b", channel="C1")
    await say("a", "b", channel="C2")
    pump.wake()
    await until(lambda: len(slack.tries) == 2)
    pump.wake()
    await asyncio.sleep(0.1)
    assert sorted(slack.tries) == [("C1", "a"), ("C2", "a")]
    slack.hold.set()
    await until(lambda: len(slack.tries) == 4)


async def test_a_rate_limit_is_waited_out_and_order_kept(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    slack.answers["a"] = [Later(30)]
    change_id = await say("a", "b")
    pump.wake()
    await settled(deliveries, change_id, "a", DeliveryState.DUE)
    await until(lambda: slack.tries)
    slack.now += timedelta(seconds=29)
    pump.wake()
    await asyncio.sleep(0.1)
    assert slack.tries == [("C1", "a")]
    slack.now += timedelta(seconds=1)
    pump.wake()
    await settled(deliveries, change_id, "b", DeliveryState.SENT)
    assert slack.tries == [("C1", "a"), ("C1", "a"), ("C1", "b")]
    assert slack.doubted == []
    assert slack.outcomes == ["put_off", "sent", "sent"]


async def test_a_message_slack_refuses_lets_the_next_one_pass(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    slack.answers["a"] = [Refused("channel_not_found")]
    change_id = await say("a", "b")
    pump.wake()
    await settled(deliveries, change_id, "b", DeliveryState.SENT)
    await settled(deliveries, change_id, "a", DeliveryState.FAILED)
    assert slack.outcomes == ["refused", "sent"]


async def test_an_unknown_fault_leaves_the_message_in_doubt_and_is_tried_again(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    slack.answers["a"] = [TimeoutError()]
    change_id = await say("a")
    pump.wake()
    await until(lambda: slack.tries)
    slack.now += timedelta(seconds=2)
    pump.wake()
    await settled(deliveries, change_id, "a", DeliveryState.SENT)
    assert slack.doubted == ["a"]


async def test_a_slack_that_is_away_for_long_gets_the_message_in_the_end(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    away = 2 * TRIES
    slack.answers["a"] = [Later(5, "http_502", in_doubt=True)] * away
    change_id = await say("a")
    for tries in range(1, away + 1):
        pump.wake()
        await until(lambda tries=tries: len(slack.tries) == tries)
        await settled(deliveries, change_id, "a", DeliveryState.DUE)
        slack.now += timedelta(seconds=5)
    pump.wake()
    await settled(deliveries, change_id, "a", DeliveryState.SENT)
    assert slack.doubted == ["a"] * away


async def test_a_message_that_always_fails_is_given_up(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    slack.answers["a"] = [ConnectionError()] * TRIES
    change_id = await say("a")
    for tries in range(1, TRIES + 1):
        pump.wake()
        await until(lambda tries=tries: len(slack.tries) == tries)
        if tries < TRIES:
            await settled(deliveries, change_id, "a", DeliveryState.DUE)
        slack.now += timedelta(seconds=64)
    await settled(deliveries, change_id, "a", DeliveryState.FAILED)
    assert slack.outcomes == ["in_doubt"] * (TRIES - 1) + ["given_up"]


async def test_a_stop_ends_what_is_being_sent_and_takes_nothing_new(
    deliveries: Deliveries, slack: Slack, say: Callable[..., object]
) -> None:
    pump = Pump(deliveries, slack.send, slack.clock, slack.outcomes.append)
    await pump.start()
    slack.hold = asyncio.Event()
    change_id = await say("a", "b")
    pump.wake()
    await until(lambda: slack.tries)
    stopping = asyncio.create_task(pump.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    slack.hold.set()
    await stopping
    await settled(deliveries, change_id, "a", DeliveryState.SENT)
    await settled(deliveries, change_id, "b", DeliveryState.DUE)
    assert slack.tries == [("C1", "a")]


async def test_what_a_dead_process_was_sending_is_sent_marked_as_repeated(
    deliveries: Deliveries, slack: Slack, say: Callable[..., object], db: Database
) -> None:
    change_id = await say("a")
    await deliveries.claim(START)
    if not db.is_sqlite:
        slack.now += timedelta(seconds=60)
    pump = Pump(deliveries, slack.send, slack.clock, slack.outcomes.append)
    await pump.start()
    await settled(deliveries, change_id, "a", DeliveryState.SENT)
    await pump.stop()
    assert slack.doubted == ["a"]


async def test_a_message_whose_outcome_could_not_be_kept_is_sent_again_after_its_lease(
    pump: Pump, deliveries: Deliveries, slack: Slack, say: Callable[..., object], db: Database
) -> None:
    change_id = await say("a")
    async with broken_writes(db):
        pump.wake()
        await until(lambda: slack.tries)
        await asyncio.sleep(0.1)
    pump.wake()
    await asyncio.sleep(0.1)
    assert slack.tries == [("C1", "a")]
    slack.now += LEASE
    pump.wake()
    await settled(deliveries, change_id, "a", DeliveryState.SENT)
    assert slack.doubted == ["a"]


async def test_a_pump_outlives_a_database_that_does_not_answer(
    pump: Pump, deliveries: Deliveries, db: Database, say: Callable[..., object]
) -> None:
    change_id = await say("a")
    async with db.write() as connection:
        await connection.execute(sa.text("ALTER TABLE delivery RENAME TO elsewhere"))
    pump.wake()
    await asyncio.sleep(0.1)
    async with db.write() as connection:
        await connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO delivery"))
    pump.wake()
    await settled(deliveries, change_id, "a", DeliveryState.SENT)


async def test_a_pump_that_was_never_started_stops_at_once(
    deliveries: Deliveries, slack: Slack
) -> None:
    await Pump(deliveries, slack.send, slack.clock, slack.outcomes.append).stop()
