"""The names of what is in the catalogues, to be looked up while a person types.

A catalogue's index has one part for everyone and one for each person who asked: what only that
person may see. Nothing here asks a catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.models import Package, Rights
from bot.store.db import Database, insert
from bot.store.look import EVERYONE, Look, Sight, entry_of
from bot.store.names import Entry, Kind, of_package
from bot.store.tables import index_entry as entry
from bot.store.tables import index_state as state

T = TypeVar("T")

AT_ONCE: Final = 100
"""Records written in one transaction: others wait for their turn to write."""
_IDS: Final = 500
DRAFT: Final = "DRAFT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How a part of the index stands.

    `cursor` is the newest change it has heard of, `gap` by how much the catalogue counts more
    records than the part has. `fault` is why the last try failed, "" when it did not. `rights` are
    the viewer's when the part was read.
    """

    catalogue: str
    viewer: str = EVERYONE
    due_at: datetime
    synced_at: datetime | None = None
    compared_at: datetime | None = None
    cursor: str = ""
    gap: int = 0
    complete: bool = False
    complete_since: datetime | None = None
    fault: str = ""
    failures: int = 0
    rights: Rights = field(default_factory=Rights)


class Index:
    """The index of all catalogues."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._at = sa.func.instr if db.is_sqlite else sa.func.strpos

    async def part(self, catalogue: str, viewer: str = EVERYONE) -> Part | None:
        """How the part stands; None when it was never begun."""
        async with self._db.read() as connection:
            rows = await connection.execute(sa.select(state).where(_part(state, catalogue, viewer)))
            row = rows.one_or_none()
        return None if row is None else _part_of(row)

    async def keep(self, part: Part) -> None:
        """Remember how the part stands."""
        values = {one.name: getattr(part, one.name) for one in fields(part)}
        rights = part.rights
        values["rights"] = {
            "admin": sorted(rights.admin),
            "editor": sorted(rights.editor),
            "sysadmin": rights.sysadmin,
        }
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, state)
                .values(values)
                .on_conflict_do_update(index_elements=["catalogue", "viewer"], set_=values)
            )

    async def put(self, catalogue: str, viewer: str, packages: Iterable[Package]) -> None:
        """Take these records and their resources, in place of what was known of them."""
        for some in _by(AT_ONCE, packages):
            by_id = {package.id: package for package in some}
            found = [one for package in by_id.values() for one in of_package(package)]
            rows = [one.row(catalogue, viewer) for one in found]
            async with self._db.write() as connection:
                await self._forget(connection, catalogue, viewer, list(by_id))
                # A resource may have moved here from another record.
                await _replace(connection, rows)

    async def put_organizations(self, catalogue: str, entries: Iterable[Entry]) -> None:
        """Take these as all organizations there are."""
        rows = [one.row(catalogue, EVERYONE) for one in entries]
        async with self._db.write() as connection:
            await connection.execute(
                sa.delete(entry).where(
                    _part(entry, catalogue, EVERYONE), entry.c.kind == Kind.ORGANIZATION
                )
            )
            await _replace(connection, rows)

    async def forget(self, catalogue: str, viewer: str, package_ids: Sequence[str]) -> None:
        """Let go of these records and their resources."""
        async with self._db.write() as connection:
            await self._forget(connection, catalogue, viewer, package_ids)

    async def learn(self, catalogue: str, viewer: str, package: Package) -> None:
        """Take a record as it is now: for everyone, or for `viewer` and all who knew it."""
        parts = sa.select(state.c.viewer).where(state.c.catalogue == catalogue)
        knows = sa.select(entry.c.viewer).where(
            entry.c.catalogue == catalogue,
            entry.c.viewer.in_(parts),
            entry.c.kind == Kind.PACKAGE,
            entry.c.id == package.id,
        )
        async with self._db.read() as connection:
            viewers = set((await connection.execute(knows)).scalars()) | {viewer, EVERYONE}
        for one in sorted(viewers):
            if package.is_public == (one == EVERYONE) and not package.deleted:
                await self.put(catalogue, one, [package])
            else:
                await self.forget(catalogue, one, [package.id])

    async def gone(self, catalogue: str, package_id: str) -> None:
        """Let go of a record in every part."""
        async with self._db.write() as connection:
            await connection.execute(
                sa.delete(entry).where(
                    entry.c.catalogue == catalogue,
                    entry.c.package_id == package_id,
                    entry.c.viewer.in_(
                        sa.select(state.c.viewer).where(state.c.catalogue == catalogue)
                    ),
                )
            )

    async def drop(self, catalogue: str, viewer: str) -> None:
        """Let go of a person's whole part."""
        async with self._db.write() as connection:
            await connection.execute(sa.delete(entry).where(_part(entry, catalogue, viewer)))
            await connection.execute(sa.delete(state).where(_part(state, catalogue, viewer)))

    async def unused(self, before: datetime) -> list[tuple[str, str]]:
        """Catalogue and viewer of people's parts that nobody has asked for since then."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(state.c.catalogue, state.c.viewer).where(
                    state.c.viewer != EVERYONE, state.c.due_at < before
                )
            )
            return [(str(catalogue), str(viewer)) for catalogue, viewer in rows]

    async def known(
        self, catalogue: str, viewer: str, ids: Collection[str] | None = None
    ) -> dict[str, str]:
        """When each record (of these ids) was modified, as far as the part knows, by id."""
        asked = sa.select(entry.c.id, entry.c.modified).where(
            _part(entry, catalogue, viewer), entry.c.kind == Kind.PACKAGE
        )
        found: dict[str, str] = {}
        async with self._db.read() as connection:
            for some in [None] if ids is None else _by(_IDS, ids):
                query = asked if some is None else asked.where(entry.c.id.in_(some))
                found |= {str(key): str(when) for key, when in await connection.execute(query)}
        return found

    async def sizes(self, catalogue: str) -> dict[str, int]:
        """How many names everyone's part has, by kind."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(entry.c.kind, sa.func.count())
                .where(_part(entry, catalogue, EVERYONE))
                .group_by(entry.c.kind)
            )
            return {str(kind): int(number) for kind, number in rows}

    async def titles(self, catalogue: str) -> dict[str, str]:
        """The titles of the organizations, by id."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(entry.c.id, entry.c.title).where(
                    _part(entry, catalogue, EVERYONE), entry.c.kind == Kind.ORGANIZATION
                )
            )
            return {str(key): str(title) for key, title in rows}

    async def names(self, catalogue: str, ids: Collection[str]) -> dict[str, str]:
        """The names in the catalogue of what of these ids everyone may see, by id."""
        found: dict[str, str] = {}
        async with self._db.read() as connection:
            for some in _by(_IDS, ids):
                rows = await connection.execute(
                    sa.select(entry.c.id, entry.c.name).where(
                        _part(entry, catalogue, EVERYONE), entry.c.id.in_(some)
                    )
                )
                found |= {str(key): str(name) for key, name in rows}
        return found

    async def count(self, catalogue: str) -> int:
        """How many records everyone's part has."""
        return (await self.sizes(catalogue)).get(Kind.PACKAGE, 0)

    async def drafts(
        self, catalogue: str, viewer: str, organizations: Collection[str], *, limit: int
    ) -> list[Entry]:
        """Draft records of the viewer's own part in these organizations, the newest first."""
        query = (
            sa.select(entry)
            .where(
                _part(entry, catalogue, viewer),
                entry.c.kind == Kind.PACKAGE,
                entry.c.state == DRAFT,
                entry.c.owner_org.in_(sorted(organizations)),
            )
            .order_by(entry.c.modified.desc(), entry.c.id)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return list(map(entry_of, await connection.execute(query)))

    async def find(
        self,
        catalogue: str,
        kind: Kind,
        text: str = "",
        *,
        sight: Sight | None = None,
        package_id: str = "",
        limit: int = 100,
    ) -> list[Entry]:
        """What has all the words of the text in it and may be seen, best first.

        Best is that id or name, then that title, then what begins so, then where each word begins
        one, then the rest; among equals what was changed last, resources as they stand in their
        record, organizations by title. Without text all that there is.
        """
        look = Look(self._at, catalogue, kind, text, sight or Sight(), package_id, limit)
        async with self._db.read() as connection:
            return await look.found(connection)

    async def _forget(
        self, connection: AsyncConnection, catalogue: str, viewer: str, ids: Iterable[str]
    ) -> None:
        for some in _by(_IDS, ids):
            await connection.execute(
                sa.delete(entry).where(
                    _part(entry, catalogue, viewer), entry.c.package_id.in_(some)
                )
            )


def _part(table: sa.Table, catalogue: str, viewer: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.catalogue == catalogue, table.c.viewer == viewer)


def _part_of(row: sa.Row[Any]) -> Part:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
    rights: Mapping[str, Any] = values.pop("rights")
    return Part(
        **values,
        rights=Rights(frozenset(rights["admin"]), frozenset(rights["editor"]), rights["sysadmin"]),
    )


async def _replace(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(connection, entry)
    keys = ["catalogue", "viewer", "kind", "id"]
    new = {one.name: one for one in statement.excluded if one.name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)


def _by(size: int, rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
