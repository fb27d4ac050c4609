"""What channels are still to hear, and the messages that take it along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.notices.events import Event
from bot.notices.rules import Rule
from bot.store.db import Database
from bot.store.deliveries import AudienceKind
from bot.store.notice_tables import event, notice, subscription, thread
from bot.store.tables import DeliveryState, delivery

NOTICE: Final = "notice"
"""What happened to one record, under its card."""
BURST: Final = "notices"
"""What happened to many at once."""
DIGEST: Final = "digest"
LISTED: Final = "notice list"
"""The file with all that a burst or a digest tells."""
RESTS: Final = "rests"
"""Tells a person that what they subscribed to is not told any more."""
KINDS: Final = (NOTICE, BURST, DIGEST, LISTED, RESTS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A channel that is to hear something, since when, and until when more came."""

    tenant: str
    team: str
    channel: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be told: the notice's id, and the record it is about.

    `confirmed` says that the channel reads of it where it was asked, `has_card` that its record has
    a card there.
    """

    id: int
    catalogue: str
    package_id: str
    threads: bool
    confirmed: bool
    has_card: bool


class Notices:
    """Notices wait here from the event until a message takes them along."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self,
        connection: AsyncConnection,
        wanted: Iterable[tuple[Event, Sequence[Rule]]],
        now: datetime,
    ) -> None:
        """Let the subscriptions hear of the events, a channel of each once."""
        rows: list[dict[str, object]] = []
        for what, rules in wanted:
            told: set[tuple[str, str]] = set()
            for rule in rules:
                place = (rule.tenant, rule.channel)
                if not rule.digest and place in told:
                    continue
                told |= set() if rule.digest else {place}
                rows.append(
                    {
                        "tenant": rule.tenant,
                        "channel": rule.channel,
                        "subscription_id": rule.id,
                        "event_id": what.id,
                        "digest": rule.digest,
                        "at": now,
                    }
                )
        if rows:
            await connection.execute(sa.insert(notice), rows)

    async def waiting(self) -> tuple[Waiting, ...]:
        """The channels that are to hear something at once, and are not just being told."""
        open_ = sa.exists().where(
            delivery.c.tenant == notice.c.tenant,
            delivery.c.audience_kind == AudienceKind.CHANNEL,
            delivery.c.audience == notice.c.channel,
            delivery.c.kind.in_(KINDS),
            delivery.c.state.in_([DeliveryState.DUE, DeliveryState.SENDING]),
        )
        query = (
            sa.select(
                notice.c.tenant,
                sa.func.min(subscription.c.team),
                notice.c.channel,
                sa.func.min(notice.c.at),
                sa.func.max(notice.c.at),
            )
            .join(subscription, subscription.c.id == notice.c.subscription_id)
            .where(notice.c.delivery_id.is_(None), notice.c.digest.is_(sa.false()), ~open_)
            .group_by(notice.c.tenant, notice.c.channel)
        )
        async with self._db.read() as connection:
            return tuple(Waiting(*row) for row in await connection.execute(query))

    async def lines(
        self,
        connection: AsyncConnection,
        *,
        confirms: str,
        channel: Waiting | None = None,
        of: str = "",
    ) -> list[Line]:
        """What the channel is to hear at once, or the digest of one subscription; in order.

        Messages of the kind `confirms` tell of a change where it was asked.
        """
        whose = [notice.c.subscription_id == of]
        if channel is not None:
            whose = [
                notice.c.tenant == channel.tenant,
                notice.c.channel == channel.channel,
                notice.c.digest.is_(sa.false()),
            ]
        confirmed = sa.exists().where(
            delivery.c.change_id == event.c.change_id,
            delivery.c.kind == confirms,
            delivery.c.audience_kind == AudienceKind.CHANNEL,
            delivery.c.audience == notice.c.channel,
            delivery.c.tenant == notice.c.tenant,
            delivery.c.state != DeliveryState.FAILED,
        )
        has_card = sa.exists().where(
            thread.c.tenant == notice.c.tenant,
            thread.c.channel == notice.c.channel,
            thread.c.catalogue == event.c.catalogue,
            thread.c.package_id == event.c.package_id,
        )
        rows = await connection.execute(
            sa.select(
                notice.c.id,
                event.c.catalogue,
                event.c.package_id,
                subscription.c.threads,
                confirmed,
                has_card,
            )
            .join(event, event.c.id == notice.c.event_id)
            .join(subscription, subscription.c.id == notice.c.subscription_id)
            .where(notice.c.delivery_id.is_(None), *whose)
            .order_by(notice.c.event_id, notice.c.id)
            .with_for_update(of=notice, skip_locked=True)
        )
        return [Line(*row) for row in rows]

    async def take(self, connection: AsyncConnection, ids: Sequence[int], delivery_id: int) -> None:
        """Let this message take these along."""
        for at in range(0, len(ids), 500):
            await connection.execute(
                sa.update(notice)
                .where(notice.c.id.in_(ids[at : at + 500]))
                .values(delivery_id=delivery_id)
            )

    async def drop(self, connection: AsyncConnection, ids: Sequence[int]) -> None:
        """Let no message tell these."""
        for at in range(0, len(ids), 500):
            some = notice.c.id.in_(ids[at : at + 500])
            await connection.execute(sa.delete(notice).where(some))


@dataclass(frozen=True, slots=True)
class Card:
    """The message of a record in a channel, under which its news stand."""

    tenant: str
    channel: str
    catalogue: str
    package_id: str


class Threads:
    """Where the cards of records stand."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, card: Card, since: datetime) -> str | None:
        """The `ts` of the card, when something was told there since then."""
        async with self._db.read() as connection:
            found = await connection.scalar(
                sa.select(thread.c.ts).where(_is(card), thread.c.at >= since)
            )
        return None if found is None else str(found)

    async def put(self, card: Card, ts: str, now: datetime) -> None:
        """Remember where the card stands."""
        async with self._db.write() as connection:
            await connection.execute(sa.delete(thread).where(_is(card)))
            await connection.execute(
                sa.insert(thread).values(
                    tenant=card.tenant,
                    channel=card.channel,
                    catalogue=card.catalogue,
                    package_id=card.package_id,
                    ts=ts,
                    at=now,
                )
            )


def _is(card: Card) -> sa.ColumnElement[bool]:
    return sa.and_(
        thread.c.tenant == card.tenant,
        thread.c.channel == card.channel,
        thread.c.catalogue == card.catalogue,
        thread.c.package_id == card.package_id,
    )
