"""Messages the bot sends on its own: each is one row, sent in order for its audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json
from bot.store.db import Database, insert
from bot.store.tables import DeliveryState, delivery

_OPEN = (DeliveryState.DUE, DeliveryState.SENDING)

LEASE = timedelta(seconds=60)
"""How long one try may take before another process may hold it for lost."""


class AudienceKind(StrEnum):
    """A channel, or one user's direct messages."""

    CHANNEL = "channel"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears: `id` is Slack's, of the channel or the user."""

    kind: AudienceKind
    id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to send or sent; `ts` is Slack's name of it once it is known.

    `in_doubt` says that a try before this one may have reached Slack: say so in the message. A
    message about no one change has "" for it.
    """

    id: int
    tenant: str
    change_id: str
    audience: Audience
    kind: str
    payload: Mapping[str, Json]
    ts: str | None
    state: DeliveryState
    attempts: int
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has the message, under this `ts`."""

    ts: str


@dataclass(frozen=True, slots=True)
class Later:
    """Slack wants it after so many seconds (`Retry-After`); it may have it, where `in_doubt`."""

    seconds: float
    error: str = "ratelimited"
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack will never take it; `error` is Slack's code."""

    error: str


SendResult: TypeAlias = Sent | Later | Refused


class Deliveries:
    """The one table of messages to send. While one is being sent, `due_at` ends its lease."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self,
        connection: AsyncConnection,
        *,
        tenant: str,
        change_id: str | None,
        audience: Audience,
        kind: str,
        payload: Mapping[str, Json],
        now: datetime,
    ) -> int | None:
        """Put a message on the list in the transaction that gives cause, and answer its id.

        Twice about one change is as good as once: then there is no id. `payload` holds small opaque
        facts only: what it shows is read when it is sent.
        """
        row = {
            "tenant": tenant,
            "change_id": change_id,
            "audience_kind": audience.kind,
            "audience": audience.id,
            "kind": kind,
            "payload": dict(payload),
            "state": DeliveryState.DUE,
            "attempts": 0,
            "in_doubt": False,
            "due_at": now,
            "created_at": now,
        }
        added = insert(connection, delivery).values(row).on_conflict_do_nothing()
        new_id = await connection.scalar(added.returning(delivery.c.id))
        return None if new_id is None else int(new_id)

    async def claim(self, now: datetime, limit: int = 20) -> list[Delivery]:
        """Take what may be sent now, oldest first, at most one for each audience.

        What is behind a message that waits for its next try waits too, so that order is kept.
        """
        before = delivery.alias()
        in_front = sa.exists().where(
            before.c.tenant == delivery.c.tenant,
            before.c.audience_kind == delivery.c.audience_kind,
            before.c.audience == delivery.c.audience,
            before.c.state.in_(_OPEN),
            before.c.id != delivery.c.id,
            sa.or_(before.c.state == DeliveryState.SENDING, before.c.id < delivery.c.id),
        )
        ready = (
            sa.select(delivery.c.id)
            .where(_is_open(), delivery.c.due_at <= now, ~in_front)
            .order_by(delivery.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._db.write() as connection:
            ids = (await connection.scalars(ready)).all()
            claimed = await connection.execute(
                sa.update(delivery)
                .where(delivery.c.id.in_(ids), _is_open(), delivery.c.due_at <= now)
                .values(
                    state=DeliveryState.SENDING,
                    attempts=delivery.c.attempts + 1,
                    # A lease that ran out: nobody knows how far that try came.
                    in_doubt=sa.or_(delivery.c.in_doubt, delivery.c.state == DeliveryState.SENDING),
                    due_at=now + LEASE,
                )
                .returning(delivery)
            )
            return sorted(map(_delivery, claimed), key=lambda one: one.id)

    async def recover(self, now: datetime) -> int:
        """Take up at once what this process was sending when it died; answer how much.

        Where several processes live nobody can tell, so there the leases decide.
        """
        if not self._db.is_sqlite:
            return 0
        async with self._db.write() as connection:
            recovered = await connection.execute(
                sa.update(delivery)
                .where(delivery.c.state == DeliveryState.SENDING)
                .values(due_at=now)
            )
        return recovered.rowcount

    async def sent(self, delivery_id: int, ts: str) -> bool:
        """Slack has it, under this `ts`; False when that was known."""
        again = sa.case((delivery.c.redo, DeliveryState.DUE.value), else_=DeliveryState.SENT.value)
        # What was due then is due at once, in front of what came later.
        due_at = sa.case((delivery.c.redo, delivery.c.created_at), else_=delivery.c.due_at)
        return await self._settle(
            delivery_id, state=again, due_at=due_at, redo=False, ts=ts, in_doubt=False, error=None
        )

    async def later(
        self, delivery_id: int, due_at: datetime, error: str, *, in_doubt: bool = False
    ) -> bool:
        """Try again at `due_at`; `in_doubt` when this try may have reached Slack after all."""
        return await self._settle(
            delivery_id,
            state=DeliveryState.DUE,
            due_at=due_at,
            error=error,
            in_doubt=sa.true() if in_doubt else delivery.c.in_doubt,
        )

    async def failed(self, delivery_id: int, error: str) -> bool:
        """Give up, and let what is behind it pass."""
        return await self._settle(delivery_id, state=DeliveryState.FAILED, error=error)

    async def redo(self, connection: AsyncConnection, change_id: str, kind: str) -> None:
        """Send the messages of that kind about the change once more, in the place they have.

        One that is on its way now is sent again after that.
        """
        theirs = (delivery.c.change_id == change_id) & (delivery.c.kind == kind)
        await connection.execute(
            sa.update(delivery)
            .where(theirs, delivery.c.state == DeliveryState.SENDING)
            .values(redo=True)
        )
        await connection.execute(
            sa.update(delivery)
            .where(theirs, delivery.c.state == DeliveryState.SENT)
            .values(state=DeliveryState.DUE, attempts=0, due_at=delivery.c.created_at)
        )

    async def next_due(self) -> datetime | None:
        """When the next message, or the next lost one, may be sent; None when none waits."""
        async with self._db.read() as connection:
            found = await connection.scalar(
                sa.select(delivery.c.due_at).where(_is_open()).order_by(delivery.c.due_at).limit(1)
            )
        return found if isinstance(found, datetime) else None

    async def get(self, delivery_id: int) -> Delivery | None:
        """The message of that id."""
        async with self._db.read() as connection:
            row = (
                await connection.execute(sa.select(delivery).where(delivery.c.id == delivery_id))
            ).one_or_none()
        return None if row is None else _delivery(row)

    async def find(self, change_id: str, kind: str, audience: Audience) -> Delivery | None:
        """The message of that kind about the change to that audience."""
        to_them = (delivery.c.audience_kind == audience.kind) & (delivery.c.audience == audience.id)
        async with self._db.read() as connection:
            found = await _about(connection, change_id, kind, to_them)
        return found[0] if found else None

    async def told(
        self, connection: AsyncConnection, change_id: str, kind: str
    ) -> Sequence[Delivery]:
        """The messages of that kind about the change that Slack has, or will have; oldest first."""
        return await _about(connection, change_id, kind, delivery.c.state != DeliveryState.FAILED)

    async def _settle(self, delivery_id: int, **values: object) -> bool:
        async with self._db.write() as connection:
            settled = await connection.execute(
                sa.update(delivery)
                .where(delivery.c.id == delivery_id, delivery.c.state == DeliveryState.SENDING)
                .values(values)
            )
        return bool(settled.rowcount)


def _is_open() -> sa.ColumnElement[bool]:
    return delivery.c.state.in_(_OPEN)


async def _about(
    connection: AsyncConnection, change_id: str, kind: str, condition: sa.ColumnElement[bool]
) -> list[Delivery]:
    rows = await connection.execute(
        sa.select(delivery)
        .where(delivery.c.change_id == change_id, delivery.c.kind == kind, condition)
        .order_by(delivery.c.id)
    )
    return list(map(_delivery, rows))


def _delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        tenant=row.tenant,
        change_id=row.change_id or "",
        audience=Audience(AudienceKind(row.audience_kind), row.audience),
        kind=row.kind,
        payload=row.payload,
        ts=row.ts,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        in_doubt=row.in_doubt,
    )
