"""Fixtures for tests against the bot's own database, once for each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.db import Database
from bot.store.migrate import upgrade

KINDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def driver_url(postgres_url: str) -> str:
    """Answer the plain URL with the driver the bot uses."""
    return postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Answer the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}"
    return driver_url(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Yield a migrated database."""
    upgrade(database_url)
    database = Database(database_url)
    yield database
    await database.dispose()
