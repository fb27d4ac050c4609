"""Brings a database to the tables this release knows, once, whoever starts first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.errors import UserError
from bot.store.db import prepare_sqlite
from bot.text import _

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_VERSIONS = sa.table("alembic_version", sa.column("version_num"))
# Any number does, as long as it is always this one.
_ADVISORY_LOCK = 0x62636463


def head() -> str:
    """The newest migration: files are numbered, and each revision is its file's number."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(url: str | sa.URL) -> None:
    """Migrate the database at `url`, in one transaction that other processes wait for.

    Costs a look when there is nothing to do. Raises `UserError` for a database that cannot be
    opened, or that a newer release has migrated already.
    """
    with _locked(url) as connection:
        current = _revision(connection)
        if current == head():
            return
        if current is not None and current > head():
            sentence = _(
                "The database was made by a newer release of the bot (migration {current}, this"
                " release knows {head}): start that release, or restore an older database."
            )
            raise UserError(sentence.format(current=current, head=head()))
        # Loading Alembic takes longer than all the rest, and most starts have no use for it.
        from alembic import command  # noqa: PLC0415  # see above

        command.upgrade(_config(connection), "head")


def require(url: str | sa.URL) -> None:
    """Raise `UserError` unless the database has the tables that this release knows."""
    with _locked(url) as connection:
        if _revision(connection) != head():
            sentence = _(
                "The database {url} has not the tables of this release: look at DATABASE_URL and"
                " DATA_DIR, or run python -m bot migrate."
            )
            raise UserError(sentence.format(url=connection.engine.url))


def check(url: str | sa.URL) -> None:
    """Raise Alembic's error when the migrations do not lead to the tables of `tables.py`."""
    from alembic import command  # noqa: PLC0415  # as in upgrade

    with _locked(url) as connection:
        command.check(_config(connection))


def is_ours(
    _item: object,
    _name: str | None,
    _kind: str,
    reflected: bool,  # noqa: FBT001  # Alembic calls it so
    counterpart: object | None,
) -> bool:
    """Whether Alembic may compare it: what else lives in the file belongs to the job engine."""
    return not (reflected and counterpart is None)


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  # as in upgrade

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _locked(url: str | sa.URL) -> Iterator[sa.Connection]:
    sync = sa.make_url(url)
    if sync.get_backend_name() == "sqlite":
        engine = sa.create_engine(sync.set(drivername="sqlite"), poolclass=sa.NullPool)
        prepare_sqlite(engine)
    else:
        engine = sa.create_engine(sync, poolclass=sa.NullPool)
    try:
        opened = engine.execution_options(sqlite_begin="BEGIN EXCLUSIVE").connect()
    except sa.exc.DatabaseError as error:
        raise unopened(error, sync) from None
    with opened as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        yield connection


def unopened(error: sa.exc.DatabaseError, url: sa.URL) -> UserError:
    """The sentence for a database that the driver cannot open."""
    reason = str(error.orig).partition("\n")[0]
    sentence = _("DATABASE_URL: {url} cannot be opened: {reason}")
    return UserError(sentence.format(url=url.render_as_string(), reason=reason))


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.execute(sa.select(_VERSIONS.c.version_num)).scalar()
