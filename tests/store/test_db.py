from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from bot.errors import UserError
from bot.store.db import Database
from bot.store.tables import executor

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


async def test_no_update_is_lost_among_a_hundred_at_once(db: Database) -> None:
    async with db.write() as connection:
        await connection.execute(sa.insert(executor).values(id="one", started_at=NOW, seen_at=NOW))

    async def one_second_later() -> None:
        async with db.write() as connection:
            seen = await connection.scalar(sa.select(executor.c.seen_at).with_for_update())
            assert seen
            await connection.execute(
                sa.update(executor).values(seen_at=seen + timedelta(seconds=1))
            )

    await asyncio.gather(*(one_second_later() for _ in range(100)))
    async with db.read() as connection:
        seen = await connection.scalar(sa.select(executor.c.seen_at))
    assert seen == NOW + timedelta(seconds=100)


async def test_a_write_that_raises_leaves_nothing_behind(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as connection:
            await connection.execute(
                sa.insert(executor).values(id="one", started_at=NOW, seen_at=NOW)
            )
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with db.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(executor)) == 0


async def test_moments_come_back_in_utc_to_the_microsecond(db: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-8)))
    async with db.write() as connection:
        await connection.execute(
            sa.insert(executor).values(id="one", started_at=elsewhere, seen_at=NOW)
        )
    async with db.read() as connection:
        row = (await connection.execute(sa.select(executor))).one()
    assert row.started_at == row.seen_at == NOW
    assert row.started_at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="needs its time zone"):
        async with db.write() as connection:
            await connection.execute(
                sa.insert(executor).values(id="one", started_at=NOW.replace(tzinfo=None))
            )


async def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    async with db.write() as connection:
        await connection.execute(sa.insert(executor).values(id="one", started_at=NOW, seen_at=NOW))
        async with asyncio.timeout(60), db.read() as other:
            assert (await other.execute(sa.select(executor))).all() == []


async def test_ping_fails_without_a_database(db: Database) -> None:
    await db.ping()
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(sa.exc.OperationalError):
        await nowhere.ping()
    await nowhere.dispose()


async def test_sqlite_syncs_every_commit_to_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}")
    async with database.read() as connection:
        pragmas = {
            name: await connection.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    await database.dispose()


CLAIM = """
import sys
from bot.errors import UserError
from bot.store.db import Database
try:
    Database(sys.argv[1]).claim()
except UserError as error:
    sys.exit(str(error))
"""


async def test_a_second_process_on_the_same_file_is_refused_in_one_sentence(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}"

    def second() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", CLAIM, url], capture_output=True, text=True, check=False
        )

    database = Database(url)
    database.claim()
    database.claim()
    refused = await asyncio.to_thread(second)
    assert refused.returncode == 1
    assert "Another bot already runs on" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    await database.dispose()
    assert (await asyncio.to_thread(second)).returncode == 0


def test_in_one_process_two_claims_collide_as_well(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}"
    first = Database(url)
    first.claim()
    with pytest.raises(UserError, match="Another bot"):
        Database(url).claim()
    asyncio.run(first.dispose())


@pytest.mark.postgres
async def test_postgres_takes_any_number_of_processes(postgres_url: str) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    for database in (Database(url), Database(url)):
        database.claim()
        await database.dispose()
