"""What records were when they were last looked at, so that what happened to them can be told."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.models import Package
from bot.notices.known import kept
from bot.store.db import Database, insert
from bot.store.notice_tables import snapshot

_IDS = 500


class Sight(StrEnum):
    """Who saw it so: everyone, or an admin on behalf of channels that were allowed more."""

    EVERYONE = ""
    ALLOWED = "allowed"


class Snapshots:
    """Reads what is kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, catalogue: str, sight: Sight, organizations: Collection[str]) -> set[str]:
        """The ids of the records known of these organizations."""
        query = sa.select(snapshot.c.package_id).where(
            _seen(catalogue, sight), snapshot.c.owner_org.in_(list(organizations))
        )
        async with self._db.read() as connection:
            return set((await connection.execute(query)).scalars())


async def known(
    connection: AsyncConnection, catalogue: str, sight: Sight, ids: Collection[str]
) -> dict[str, Package]:
    """The records of these ids as they were, by id."""
    found: dict[str, Package] = {}
    for row in await _rows(connection, catalogue, sight, ids, snapshot.c.record):
        found[row.package_id] = _package(row.record)
    return found


async def allowed(connection: AsyncConnection, catalogue: str) -> list[Package]:
    """All records that are known on behalf of channels which may hear more than everyone."""
    query = sa.select(snapshot.c.record).where(_seen(catalogue, Sight.ALLOWED))
    return [_package(row.record) for row in await connection.execute(query)]


async def modified(
    connection: AsyncConnection, catalogue: str, sight: Sight, ids: Collection[str]
) -> dict[str, str]:
    """When each of these records had been modified, as CKAN writes it, by id."""
    rows = await _rows(connection, catalogue, sight, ids, snapshot.c.modified)
    return {row.package_id: row.modified for row in rows}


async def put(
    connection: AsyncConnection, catalogue: str, sight: Sight, packages: Iterable[Package]
) -> None:
    """Remember the records as they are now."""
    rows = [
        {
            "catalogue": catalogue,
            "sight": sight,
            "package_id": package.id,
            "owner_org": package.owner_org,
            "modified": package.metadata_modified,
            "record": zlib.compress(json.dumps(kept(package), ensure_ascii=False).encode()),
        }
        for package in packages
    ]
    if not rows:
        return
    statement = insert(connection, snapshot)
    new = {name: statement.excluded[name] for name in ("owner_org", "modified", "record")}
    keys = ["catalogue", "sight", "package_id"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)


async def forget(
    connection: AsyncConnection, catalogue: str, sight: Sight, ids: Iterable[str]
) -> None:
    """Let go of these records."""
    await connection.execute(
        sa.delete(snapshot).where(_seen(catalogue, sight), snapshot.c.package_id.in_(list(ids)))
    )


async def _rows(
    connection: AsyncConnection,
    catalogue: str,
    sight: Sight,
    ids: Collection[str],
    column: sa.Column[str] | sa.Column[bytes],
) -> list[sa.Row[tuple[object, ...]]]:
    wanted, rows = list(ids), list[sa.Row[tuple[object, ...]]]()
    for at in range(0, len(wanted), _IDS):
        query = sa.select(snapshot.c.package_id, column).where(
            _seen(catalogue, sight), snapshot.c.package_id.in_(wanted[at : at + _IDS])
        )
        rows += (await connection.execute(query)).all()
    return rows


def _package(record: bytes) -> Package:
    return Package(json.loads(zlib.decompress(record)))


def _seen(catalogue: str, sight: Sight) -> sa.ColumnElement[bool]:
    return sa.and_(snapshot.c.catalogue == catalogue, snapshot.c.sight == sight)
