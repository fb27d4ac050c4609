from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.change import State
from bot.store import audit
from bot.store.audit import Event
from bot.store.db import Database

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def entry(db: Database, at: datetime = NOW, tenant: str = "T1") -> None:
    async with db.write() as connection:
        await audit.record(
            connection,
            Event.CHANGE_MOVED,
            at=at,
            tenant=tenant,
            catalogue="production",
            change_id="c1",
            person_id="p1",
            from_state=State.PREVIEWED,
            to_state=State.APPROVED,
            detail={"note": 1},
        )


async def read_all(db: Database) -> list[audit.Entry]:
    async with db.read() as connection:
        return [found async for found in audit.of_change(connection, "c1")]


FORGERIES = {
    "update": "UPDATE audit SET event = 'other'",
    "update of nothing new": "UPDATE audit SET event = event",
    "delete": "DELETE FROM audit",
    "delete of one": "DELETE FROM audit WHERE change_id = 'c1'",
}
SQLITE_FORGERIES = {
    "replace": "REPLACE INTO audit (id, at, tenant, event, detail) VALUES (1, '', '', '', '{}')",
    "upsert": "INSERT INTO audit (id, at, tenant, event, detail) VALUES (1, '', '', '', '{}')"
    " ON CONFLICT (id) DO UPDATE SET event = 'other'",
}
POSTGRES_FORGERIES = {
    "truncate": "TRUNCATE audit",
    "truncate with others": "TRUNCATE audit, person CASCADE",
    "upsert": "INSERT INTO audit (id, at, tenant, event, detail)"
    " VALUES (1, now(), '', '', '{}') ON CONFLICT (id) DO UPDATE SET event = 'other'",
}


async def test_the_database_lets_nobody_change_what_happened(db: Database) -> None:
    await entry(db)
    before = await read_all(db)
    for statement in (
        *FORGERIES.values(),
        *(SQLITE_FORGERIES if db.is_sqlite else POSTGRES_FORGERIES).values(),
    ):
        with pytest.raises(DBAPIError, match="audit is append-only"):
            async with db.write() as connection:
                await connection.execute(sa.text(statement.replace(":", "\\:")))
    assert await read_all(db) == before


async def test_entries_come_back_as_they_were_recorded(db: Database) -> None:
    await entry(db)
    (found,) = await read_all(db)
    assert found == audit.Entry(
        id=found.id,
        at=NOW,
        tenant="T1",
        catalogue="production",
        change_id="c1",
        person_id="p1",
        event="change.moved",
        from_state=State.PREVIEWED,
        to_state=State.APPROVED,
        detail={"note": 1},
    )


async def test_a_tenant_reads_its_own_entries_of_a_span_of_time(db: Database) -> None:
    for minutes in range(4):
        await entry(db, NOW + timedelta(minutes=minutes))
    await entry(db, tenant="T2")
    async with db.read() as connection:
        found = [
            one.at
            async for one in audit.of_tenant(
                connection,
                "T1",
                since=NOW + timedelta(minutes=1),
                before=NOW + timedelta(minutes=3),
            )
        ]
    assert found == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]
