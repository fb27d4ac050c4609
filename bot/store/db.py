"""The database, SQLite or PostgreSQL, and transactions that mean the same on both."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import UserError
from bot.text import _

_BEGIN = "sqlite_begin"
# An acknowledged click must survive a power cut: hence FULL, which WAL alone does not give.
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class Database:
    """One pool of connections to the database at `url`.

    The drivers are `sqlite+aiosqlite` (a file) and `postgresql+psycopg`. Nothing is opened
    before the first transaction. Call `dispose` in the same loop.
    """

    def __init__(self, url: str | sa.URL) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # PostgreSQL may have dropped a connection that waited in the pool.
        self._engine = create_async_engine(self.url, pool_pre_ping=not self.is_sqlite)
        self._writing: asyncio.Lock | nullcontext[None] = nullcontext()
        self._claim: IO[bytes] | None = None
        if self.is_sqlite:
            # Writers queue here, first come first served, instead of polling SQLite's own lock.
            self._writing = asyncio.Lock()
            prepare_sqlite(self._engine.sync_engine)
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction for reading: on SQLite a snapshot that no writer waits for."""
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction for writing, committed at the end, rolled back when the block raises.

        SQLite takes its one write lock at the start, so what is read here stays true until the
        commit. PostgreSQL locks row by row: read `with_for_update()` what is written back.
        """
        async with self._writing, self._writer.begin() as connection:
            yield connection

    async def ping(self) -> None:
        """Raise SQLAlchemy's error when the database does not answer."""
        async with self.read() as connection:
            await connection.execute(sa.select(1))

    def claim(self) -> None:
        """Keep a second process out of the SQLite file, until `dispose` or this process's end.

        Raises `UserError` when there is one already. PostgreSQL takes any number of processes.
        """
        if not self.is_sqlite or self._claim is not None:
            return
        path = Path(f"{self.url.database}.lock")
        lock = path.open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            sentence = _(
                "Another bot already runs on {file}: stop it, or set DATABASE_URL to a PostgreSQL"
                " database, which several processes can share."
            )
            raise UserError(sentence.format(file=self.url.database)) from error
        self._claim = lock

    async def dispose(self) -> None:
        """Close every connection and let another process have the file."""
        await self._engine.dispose()
        if self._claim is not None:
            self._claim.close()
            self._claim = None


def prepare_sqlite(engine: sa.Engine) -> None:
    """Make transactions of a SQLite engine begin when told, and as the execution options say."""

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes late, before the first write: updates would get lost.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def insert(connection: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update` on this database."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
