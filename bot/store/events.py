"""What happened to records: rows that are written where it is found out, and told afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import ABSENT, Absent, Json
from bot.notices.events import Event, Happening, Kind, Moved, Subject
from bot.store.db import Database
from bot.store.notice_tables import event, notice

KEPT: Final = timedelta(days=35)
"""How long an event can be looked back at."""
_LONGEST: Final = 4000
"""Characters of a value that an event keeps whole."""


async def add(connection: AsyncConnection, events: Iterable[Event]) -> None:
    """Write down what happened, in the transaction that finds it out."""
    rows = [_row(one) for one in events]
    if rows:
        await connection.execute(sa.insert(event), rows)


class Events:
    """Reads what happened, oldest first."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def unmatched(self, limit: int) -> tuple[Event, ...]:
        """What no subscription was asked about yet."""
        return await self._read(event.c.matched_at.is_(None), limit=limit)

    async def since(self, catalogue: str, moment: datetime) -> tuple[Event, ...]:
        """What happened in the catalogue since then."""
        return await self._read(event.c.catalogue == catalogue, event.c.at >= moment)

    async def find(self, event_id: int) -> Event | None:
        """The event of that id."""
        found = await self._read(event.c.id == event_id)
        return found[0] if found else None

    async def of_delivery(self, delivery_id: int) -> tuple[Event, ...]:
        """What a message is to tell."""
        mine = sa.select(notice.c.event_id).where(notice.c.delivery_id == delivery_id)
        return await self._read(event.c.id.in_(mine))

    async def prune(self, now: datetime) -> None:
        """Let go of what happened too long ago and was told, or never will be."""
        async with self._db.write() as connection:
            await connection.execute(
                sa.delete(event).where(event.c.at < now - KEPT, event.c.matched_at.is_not(None))
            )

    async def _read(
        self, *conditions: sa.ColumnElement[bool], limit: int | None = None
    ) -> tuple[Event, ...]:
        query = sa.select(event).where(*conditions).order_by(event.c.id).limit(limit)
        async with self._db.read() as connection:
            return tuple(map(_event, await connection.execute(query)))


async def matched(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> bool:
    """Note that all subscriptions were asked about these; False when somebody else did."""
    marked = await connection.execute(
        sa.update(event)
        .where(event.c.id.in_(ids), event.c.matched_at.is_(None))
        .values(matched_at=now)
    )
    return marked.rowcount == len(ids)


def _row(one: Event) -> dict[str, Any]:
    subject = one.subject
    return {
        "tenant": one.tenant,
        "user_id": one.user_id,
        "change_id": one.change_id,
        "catalogue": one.catalogue,
        "package_id": subject.package_id,
        "kind": one.kind,
        "at": one.at,
        "public": one.public,
        "automated": one.happening.automated,
        "author": one.author,
        "subject": {
            "title": subject.title,
            "owner_org": subject.owner_org,
            "organization": subject.organization,
            "words": subject.words,
            "traits": {name: sorted(values) for name, values in subject.traits.items()},
        },
        "moved": [_moved_row(moved) for moved in one.happening.moved],
    }


def _moved_row(moved: Moved) -> dict[str, Json]:
    row: dict[str, Json] = {"field": moved.field}
    for side, value in (("before", moved.before), ("after", moved.after)):
        if not isinstance(value, Absent):
            row[side] = value[:_LONGEST] if isinstance(value, str) else value
    if moved.resource_id:
        row |= {"resource_id": moved.resource_id, "resource_title": moved.resource_title}
    return row


def _event(row: sa.Row[Any]) -> Event:
    told = row.subject
    return Event(
        id=row.id,
        catalogue=row.catalogue,
        subject=Subject(
            package_id=row.package_id,
            title=told["title"],
            owner_org=told["owner_org"],
            organization=told["organization"],
            words=told["words"],
            traits={name: frozenset(values) for name, values in told["traits"].items()},
        ),
        happening=Happening(Kind(row.kind), tuple(map(_moved, row.moved)), row.automated),
        at=row.at,
        public=row.public,
        author=row.author,
        tenant=row.tenant,
        user_id=row.user_id,
        change_id=row.change_id,
    )


def _moved(row: dict[str, Any]) -> Moved:
    return Moved(
        row["field"],
        row.get("before", ABSENT),
        row.get("after", ABSENT),
        row.get("resource_id", ""),
        row.get("resource_title", ""),
    )
