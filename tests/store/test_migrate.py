from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from bot.errors import UserError
from bot.store import migrate
from bot.store.db import Database

ROOT = Path(__file__).parents[2]


def test_the_migrations_lead_to_the_declared_tables(database_url: str) -> None:
    migrate.upgrade(database_url)
    migrate.check(database_url)


async def test_tables_of_the_job_engine_are_left_alone(db: Database, database_url: str) -> None:
    async with db.write() as connection:
        await connection.execute(sa.text("CREATE TABLE workflow_status (id INTEGER PRIMARY KEY)"))
    migrate.check(database_url)


def test_the_newest_file_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head() == migrate.head()


def test_nothing_to_do_loads_nothing_to_do_it_with(database_url: str) -> None:
    migrate.upgrade(database_url)
    script = (
        "import sys; from bot.store import migrate; migrate.upgrade(sys.argv[1]);"
        " assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, database_url], cwd=ROOT, check=True)


def test_of_many_processes_that_start_at_once_one_migrates(database_url: str) -> None:
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(migrate.upgrade, [database_url] * 3))


async def test_a_database_of_a_newer_release_is_refused(db: Database, database_url: str) -> None:
    async with db.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="made by a newer release"):
        migrate.upgrade(database_url)
