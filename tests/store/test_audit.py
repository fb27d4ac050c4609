from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.store import audit
from bot.store.audit import Event
from bot.store.db import Database
from bot.store.tables import audit as table
from tests.audited import entries

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def entry(db: Database) -> None:
    async with db.write() as connection:
        await audit.record(
            connection,
            Event.CHANGE_MOVED,
            at=NOW,
            tenant="T1",
            catalogue="production",
            change_id="c1",
            person_id="p1",
            from_state=State.PREVIEWED,
            to_state=State.APPROVED,
            detail={"note": 1},
        )


FORGERIES = {
    "update": "UPDATE audit SET event = 'other'",
    "update of nothing new": "UPDATE audit SET event = event",
    "delete": "DELETE FROM audit",
    "delete of one": "DELETE FROM audit WHERE change_id = 'c1'",
    "delete that answers": "DELETE FROM audit WHERE id = 1 RETURNING id",
    "update from elsewhere": "UPDATE audit SET event = p.id FROM (SELECT 'other' AS id) AS p",
    "update of a list": "UPDATE audit SET id = id + 1 WHERE id IN (SELECT id FROM audit)",
}
SQLITE_FORGERIES = {
    "replace": "REPLACE INTO audit (id, at, tenant, event, detail) VALUES (1, '', '', '', '{}')",
    "upsert": "INSERT INTO audit (id, at, tenant, event, detail) VALUES (1, '', '', '', '{}')"
    " ON CONFLICT (id) DO UPDATE SET event = 'other'",
    "insert or replace": "INSERT OR REPLACE INTO audit SELECT * FROM audit",
    "update or replace": "UPDATE OR REPLACE audit SET id = 1",
    "update or ignore": "UPDATE OR IGNORE audit SET event = 'other'",
    "delete by a list": "WITH one AS (SELECT 1 AS id) DELETE FROM audit WHERE id IN one",
}
POSTGRES_FORGERIES = {
    "truncate": "TRUNCATE audit",
    "truncate with others": "TRUNCATE audit, person CASCADE",
    "truncate from the beginning": "TRUNCATE audit RESTART IDENTITY",
    "upsert": "INSERT INTO audit (id, at, tenant, event, detail)"
    " VALUES (1, now(), '', '', '{}') ON CONFLICT (id) DO UPDATE SET event = 'other'",
    "delete within a question": "WITH gone AS (DELETE FROM audit RETURNING *) SELECT 1 FROM gone",
    "merge": "MERGE INTO audit USING (SELECT 1 AS id) AS one ON audit.id = one.id"
    " WHEN MATCHED THEN DELETE",
}


async def test_the_database_lets_nobody_change_what_happened(db: Database) -> None:
    await entry(db)
    before = await entries(db)
    for statement in (
        *FORGERIES.values(),
        *(SQLITE_FORGERIES if db.is_sqlite else POSTGRES_FORGERIES).values(),
    ):
        with pytest.raises(DBAPIError, match="audit is append-only"):
            async with db.write() as connection:
                await connection.execute(sa.text(statement.replace(":", "\\:")))
    assert await entries(db) == before


async def test_entries_come_back_as_they_were_recorded(db: Database) -> None:
    await entry(db)
    (found,) = await entries(db)
    assert found._asdict() == {
        "id": found.id,
        "at": NOW,
        "tenant": "T1",
        "catalogue": "production",
        "change_id": "c1",
        "person_id": "p1",
        "event": "change.moved",
        "from_state": "previewed",
        "to_state": "approved",
        "detail": {"note": 1},
    }


def test_nothing_that_is_deleted_takes_an_entry_along() -> None:
    assert not table.foreign_keys


def test_only_migrations_define_tables_and_triggers() -> None:
    defines = re.compile(
        r"\b(create|drop|alter|disable)\s+(table|trigger|function)\b", re.IGNORECASE
    )
    sources = [path for folder in ("bot", "handlers") for path in Path(folder).rglob("*.py")]
    assert sources
    assert [path for path in sources if defines.search(path.read_text(encoding="utf-8"))] == []


async def as_app(db: Database, work: Callable[[AsyncConnection], Awaitable[object]]) -> None:
    async with db.write() as connection:
        await connection.execute(sa.text("SET LOCAL ROLE app"))
        await work(connection)


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_a_role_that_owns_nothing_may_add_entries_and_take_no_lock_off(db: Database) -> None:
    """As `docs/operators.md` advises."""
    await entry(db)
    async with db.write() as connection:
        for statement in (
            "CREATE ROLE app NOLOGIN",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app",
            "REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM app",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app",
        ):
            await connection.execute(sa.text(statement))
    try:
        for statement in (
            "DELETE FROM audit",
            "TRUNCATE audit",
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "DROP TRIGGER audit_append_only ON audit",
            "DROP TABLE audit",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
                await as_app(db, lambda connection, sql=statement: connection.execute(sa.text(sql)))
        await as_app(
            db, lambda connection: audit.record(connection, Event.PAUSED, at=NOW, tenant="T1")
        )
    finally:
        async with db.write() as connection:
            await connection.execute(sa.text("DROP OWNED BY app"))
            await connection.execute(sa.text("DROP ROLE app"))
