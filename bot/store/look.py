"""How a name is looked up, and ranked, by the database."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.models import PUBLIC_STATES, Rights
from bot.ckan.search import plain
from bot.store.names import KEY, Entry, Kind
from bot.store.tables import index_entry as entry
from bot.text import clean

EVERYONE: Final = ""
"""The viewer of what is public."""
_SHORT: Final = 2


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks: a user of the catalogue, and the rights that count now; nobody by default."""

    viewer: str = EVERYONE
    rights: Rights = field(default_factory=Rights)


class Look:
    """One look-up; `at` is the database's function that finds a text in a text."""

    def __init__(
        self,
        at: Any,
        catalogue: str,
        kind: Kind,
        text: str,
        sight: Sight,
        package_id: str,
        limit: int,
    ) -> None:
        self._at = at
        self._raw = clean(text).strip().casefold()
        self._text = plain(text)
        self._words = self._text.split()
        self._limit = limit
        self._catalogue = catalogue
        self._kind = kind
        self._viewers = dict.fromkeys((EVERYONE, sight.viewer))
        self._which = sa.and_(
            entry.c.catalogue == catalogue,
            entry.c.kind == kind,
            *([entry.c.package_id == package_id] if package_id else []),
            *([] if sight.rights.sysadmin else [_visible(sight)]),
        )

    @property
    def _most(self) -> int:
        """Rows to ask for: one and the same thing may be in two parts."""
        return self._limit * len(self._viewers)

    async def found(self, connection: AsyncConnection) -> list[Entry]:
        """What fits, best first."""
        if not self._raw:
            rows = await self._latest(connection, sa.true(), rank=0)
        elif not self._words:
            rows = await self._exact(connection)
        elif len(self._text) <= _SHORT:
            rows = await self._short(connection)
        else:
            rows = await self._all(connection)
        rows.sort(key=_after_time)
        rows.sort(key=lambda row: row.modified, reverse=True)
        rows.sort(key=lambda row: row.rank)
        best = {row.id: row for row in reversed(rows)}
        ordered = (row for row in rows if best[row.id] is row)
        return [entry_of(row) for row in islice(ordered, self._limit)]

    async def _short(self, connection: AsyncConnection) -> list[sa.Row[Any]]:
        """A letter or two are in almost everything: where enough begins so, the rest is left."""
        key = entry.c.title_key
        some = sa.select(sa.literal(1)).where(
            entry.c.viewer == EVERYONE,
            self._which,
            key >= self._text,
            key < f"{self._text}\U0010ffff",
        )
        enough = sa.select(sa.func.count()).select_from(some.limit(self._limit).subquery())
        if (await connection.execute(enough)).scalar_one() >= self._limit:
            begins = self._at(entry.c.words, f"| {self._text}") > 0
            rows = await self._latest(connection, begins, rank=2)
            if len({row.id for row in rows}) >= self._limit:
                return await self._exact(connection) + rows
        return await self._all(connection)

    async def _all(self, connection: AsyncConnection) -> list[sa.Row[Any]]:
        exact = await self._exact(connection)
        return exact + await self._scan(connection)

    async def _exact(self, connection: AsyncConnection) -> list[sa.Row[Any]]:
        """What has that id, name or title, each by its own index; no id or name has a blank."""
        found: list[sa.Row[Any]] = []
        if len(self._raw.split()) == 1:
            found += await self._rows(connection, entry.c.id == self._raw)
            found += await self._rows(connection, entry.c.name == self._raw, hint=_BY_NAME)
        if self._text:
            found += await self._rows(connection, self._is_titled(), hint=_BY_TITLE)
        return found

    async def _latest(
        self, connection: AsyncConnection, condition: sa.ColumnElement[bool], *, rank: int
    ) -> list[sa.Row[Any]]:
        """The first that meet the condition in the catalogue's order, without looking at all."""
        found: list[sa.Row[Any]] = []
        for viewer in self._viewers:
            query = (
                sa.select(entry, sa.literal(rank).label("rank"))
                .where(entry.c.viewer == viewer, self._which, condition)
                .order_by(*_ORDER)
                .limit(self._limit)
            )
            found += (await connection.execute(query)).all()
        return found

    async def _rows(
        self, connection: AsyncConnection, condition: sa.ColumnElement[bool], *, hint: str = ""
    ) -> list[sa.Row[Any]]:
        """What meets a condition that an index answers, ranked as an exact match."""
        rank = sa.case((self._is_named(), 0), else_=1).label("rank")
        query = (
            sa.select(entry, rank)
            .where(entry.c.viewer.in_(list(self._viewers)), self._which, condition)
            .order_by(rank, *_ORDER)
            .limit(self._most)
        )
        if hint:
            query = query.with_hint(entry, hint, "sqlite")
        return list((await connection.execute(query)).all())

    async def _scan(self, connection: AsyncConnection) -> list[sa.Row[Any]]:
        """What holds all words: ranked and sorted over the covering index, and only then read."""
        begins = (self._at(entry.c.words, f" {word}") > 0 for word in self._words)
        rank = sa.case(
            (self._at(entry.c.words, f"| {self._text}") > 0, 2),
            (sa.and_(sa.true(), *begins), 3),
            else_=4,
        ).label("rank")
        best = (
            sa.select(entry.c.viewer, entry.c.id, rank)
            .where(entry.c.viewer.in_(list(self._viewers)), self._which, self._fits())
            .order_by(rank, *_ORDER)
            .limit(self._most)
            .with_hint(entry, _BY_WORDS, "sqlite")
            .subquery()
        )
        same = sa.and_(
            entry.c.catalogue == self._catalogue,
            entry.c.viewer == best.c.viewer,
            entry.c.kind == self._kind,
            entry.c.id == best.c.id,
        )
        query = sa.select(entry, best.c.rank).join(best, same)
        return list((await connection.execute(query)).all())

    def _fits(self) -> sa.ColumnElement[bool]:
        return sa.and_(*(self._at(entry.c.words, word) > 0 for word in self._words))

    def _is_named(self) -> sa.ColumnElement[bool]:
        return sa.or_(entry.c.name == self._raw, entry.c.id == self._raw)

    def _is_titled(self) -> sa.ColumnElement[bool]:
        return entry.c.title_key == self._text[:KEY] if self._text else sa.false()


# Left alone, SQLite fetches every row to look at its words.
_BY_WORDS: Final = "INDEXED BY ix_index_entry_order"
_BY_NAME: Final = "INDEXED BY ix_index_entry_name"
_BY_TITLE: Final = "INDEXED BY ix_index_entry_title"
_ORDER: Final = (
    entry.c.modified.desc(),
    entry.c.package_id,
    entry.c.position,
    entry.c.id,
)


def _after_time(row: sa.Row[Any]) -> tuple[str, int, str]:
    return row.package_id, row.position, row.id


def _visible(sight: Sight) -> sa.ColumnElement[bool]:
    """A person's own part, as far as the rights that count now reach."""
    return sa.or_(
        entry.c.viewer == EVERYONE,
        entry.c.state.in_(["", *sorted(PUBLIC_STATES)]),
        entry.c.owner_org.in_(sorted(sight.rights.editor)),
    )


def entry_of(row: sa.Row[Any]) -> Entry:
    """The entry that a row holds."""
    values = {one.name: getattr(row, one.name) for one in fields(Entry)}
    return Entry(**(values | {"kind": Kind(row.kind)}))
