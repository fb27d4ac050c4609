"""What operators have stopped: all changes for a while, or those of a person or an organization.

Rows stay when they no longer hold, so that the audit can be read with their reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json
from bot.context import Paused, Person, Suspended
from bot.store import audit, people
from bot.store.audit import Event
from bot.store.columns import ID, NAME, UtcDateTime, metadata, new_id, required
from bot.store.db import Database
from bot.store.tables import person

# Of the bot as a whole; the tenant is that of the operator who did it.
pause = sa.Table(
    "pause",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("reason", sa.Text),
    required("since", UtcDateTime),
    required("by_id", ID, sa.ForeignKey("person.id")),
    sa.Column("ended_at", UtcDateTime),
)
_lasts = pause.c.ended_at.is_(None)
sa.Index("ix_pause_lasts", pause.c.since, sqlite_where=_lasts, postgresql_where=_lasts)

# A person of a tenant, or an organization of a catalogue, whose records are nobody's to change.
suspension = sa.Table(
    "suspension",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    sa.Column("person_id", ID, sa.ForeignKey("person.id")),
    sa.Column("catalogue", NAME),
    sa.Column("organization_id", NAME),
    required("title", sa.Text),
    required("reason", sa.Text),
    required("since", UtcDateTime),
    required("by_id", ID, sa.ForeignKey("person.id")),
    sa.Column("ended_at", UtcDateTime),
)
_holds = suspension.c.ended_at.is_(None)
sa.Index("ix_suspension_holds", suspension.c.since, sqlite_where=_holds, postgresql_where=_holds)


class Operations:
    """Stores what operators do; each method is one transaction, with its audit entry in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def paused(self) -> Paused | None:
        """The pause that lasts now."""
        async with self._db.read() as connection:
            row = (
                await connection.execute(sa.select(pause).where(_lasts).order_by(pause.c.since))
            ).first()
        return Paused(since=row.since, reason=row.reason) if row else None

    async def pause(self, by: Person, reason: str, now: datetime) -> bool:
        """Hold all changes; False when they were held already."""
        async with self._db.write() as connection:
            if await connection.scalar(sa.select(pause.c.id).where(_lasts).limit(1)):
                return False
            values = {"reason": reason, "since": now}
            await _add(connection, pause, Event.PAUSED, by, now, values, {})
        return True

    async def resume(self, by: Person, now: datetime) -> bool:
        """Let changes go on; False when they did."""
        async with self._db.write() as connection:
            return await _end(connection, pause, (_lasts,), Event.RESUMED, by, now, {})

    async def suspensions(self, tenant: str) -> tuple[Suspended, ...]:
        """The people of a tenant and the organizations that are suspended, the latest first."""
        query = (
            _suspended()
            .where(suspension.c.person_id.is_(None) | (suspension.c.tenant == tenant))
            .order_by(suspension.c.since.desc())
        )
        async with self._db.read() as connection:
            return tuple(map(_told, await connection.execute(query)))

    async def suspended(self, subject: Suspended) -> Suspended | None:
        """The suspension of the same person or organization that holds now."""
        async with self._db.read() as connection:
            row = (await connection.execute(_suspended().where(_same(subject)))).first()
        return _told(row) if row else None

    async def suspend(self, subject: Suspended, by: Person, now: datetime) -> bool:
        """Suspend a person or an organization; False when that one was suspended already."""
        async with self._db.write() as connection:
            who = await _of(connection, subject, now)
            if await connection.scalar(
                sa.select(suspension.c.id).where(_holds, *_columns_are(who)).limit(1)
            ):
                return False
            told = {"title": subject.title, "reason": subject.reason, "since": now}
            await _add(connection, suspension, Event.SUSPENDED, by, now, {**who, **told}, who)
        return True

    async def lift(self, subject: Suspended, by: Person, now: datetime) -> bool:
        """End a suspension; False when there was none."""
        async with self._db.write() as connection:
            who = await _of(connection, subject, now)
            holding = (_holds, *_columns_are(who))
            return await _end(connection, suspension, holding, Event.LIFTED, by, now, who)


async def _add(
    connection: AsyncConnection,
    table: sa.Table,
    event: Event,
    by: Person,
    now: datetime,
    values: Mapping[str, Any],
    detail: Mapping[str, Json],
) -> None:
    row_id = new_id()
    by_id = await people.id_of(connection, by, now)
    await connection.execute(
        sa.insert(table).values(id=row_id, tenant=by.tenant, by_id=by_id, **values)
    )
    await _record(connection, event, by, now, {table.name: row_id, **detail})


async def _end(
    connection: AsyncConnection,
    table: sa.Table,
    holding: tuple[sa.ColumnElement[bool], ...],
    event: Event,
    by: Person,
    now: datetime,
    detail: Mapping[str, Json],
) -> bool:
    ended = await connection.execute(
        sa.update(table).where(*holding).values(ended_at=now).returning(table.c.id)
    )
    ids = list(ended.scalars())
    for row_id in ids:
        await _record(connection, event, by, now, {table.name: row_id, **detail})
    return bool(ids)


async def _record(
    connection: AsyncConnection, event: Event, by: Person, now: datetime, detail: Mapping[str, Json]
) -> None:
    catalogue = detail.get("catalogue")
    await audit.record(
        connection,
        event,
        at=now,
        tenant=by.tenant,
        catalogue=catalogue if isinstance(catalogue, str) else None,
        person_id=await people.id_of(connection, by, now),
        detail=detail,
    )


async def _of(connection: AsyncConnection, subject: Suspended, now: datetime) -> dict[str, str]:
    """What names the subject in a row: no more than ids."""
    if subject.person is not None:
        return {"person_id": await people.id_of(connection, subject.person, now)}
    return {"catalogue": subject.catalogue, "organization_id": subject.organization_id}


def _columns_are(values: Mapping[str, str]) -> list[sa.ColumnElement[bool]]:
    return [suspension.c[name] == value for name, value in values.items()]


def _suspended() -> sa.Select[Any]:
    return (
        sa.select(suspension, person.c.user_id, person.c.tenant.label("of_tenant"))
        .outerjoin(person, person.c.id == suspension.c.person_id)
        .where(_holds)
    )


def _same(subject: Suspended) -> sa.ColumnElement[bool]:
    if subject.person is not None:
        return people.is_person(subject.person)
    return sa.and_(
        suspension.c.catalogue == subject.catalogue,
        suspension.c.organization_id == subject.organization_id,
    )


def _told(row: sa.Row[Any]) -> Suspended:
    return Suspended(
        person=Person(row.of_tenant, row.user_id) if row.user_id else None,
        catalogue=row.catalogue or "",
        organization_id=row.organization_id or "",
        title=row.title,
        reason=row.reason,
        since=row.since,
    )
