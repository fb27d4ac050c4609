"""What is promised of the data of resources, by organization, and how it stood in each month.

It is read with the names of the index, so nothing here asks a catalogue. What a catalogue holds is
the same for every tenant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.models import PUBLIC_STATES
from bot.notices.freshness import Dated, Month, Promise, Standing
from bot.store.columns import NAME, metadata, required
from bot.store.db import Database, insert
from bot.store.look import EVERYONE
from bot.store.names import Kind
from bot.store.tables import index_entry as entry

upkeep_month = sa.Table(
    "upkeep_month",
    metadata,
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("organization_id", NAME, primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    required("day", sa.Date),
    required("standings", sa.JSON),
)


class Upkeeps:
    """Reads what is promised, and keeps a picture of each month."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def kept(
        self,
        catalogue: str,
        *,
        viewer: str = EVERYONE,
        organizations: Collection[str] | None = None,
    ) -> list[Dated]:
        """Published resources, as they stand in their records: those of all, or of these bodies.

        With a `viewer` those too that only this user of the catalogue may see.
        """
        conditions = [
            entry.c.catalogue == catalogue,
            entry.c.viewer.in_({EVERYONE, viewer}),
            entry.c.kind == Kind.RESOURCE,
            entry.c.state.in_(["", *sorted(PUBLIC_STATES)]),
        ]
        if organizations is not None:
            conditions.append(entry.c.owner_org.in_(sorted(organizations)))
        order = entry.c.about, entry.c.package_id, entry.c.position, entry.c.id
        async with self._db.read() as connection:
            rows = await connection.execute(sa.select(entry).where(*conditions).order_by(*order))
            # One and the same record may be in two parts while it changes its audience.
            return list({row.id: _kept(row) for row in rows}.values())

    async def keep_day(
        self,
        catalogue: str,
        day: date,
        standings: Mapping[str, Counter[Standing]],
        also: Callable[[AsyncConnection], Awaitable[None]],
    ) -> None:
        """Keep how each organization's resources stand on a day, in place of its month's before.

        `also` runs in the same transaction, so it happens once for each day.
        """
        rows = [
            {
                "catalogue": catalogue,
                "organization_id": organization_id,
                "month": f"{day:%Y-%m}",
                "day": day,
                "standings": dict(counted),
            }
            for organization_id, counted in sorted(standings.items())
        ]
        if not rows:
            return
        async with self._db.write() as connection:
            await also(connection)
            statement = insert(connection, upkeep_month)
            keys = ["catalogue", "organization_id", "month"]
            new = {name: statement.excluded[name] for name in ("day", "standings")}
            await connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_=new), rows
            )

    async def last_day(self, catalogue: str) -> date | None:
        """The day that was kept last."""
        async with self._db.read() as connection:
            day: date | None = await connection.scalar(
                sa.select(sa.func.max(upkeep_month.c.day)).where(
                    upkeep_month.c.catalogue == catalogue
                )
            )
        return day

    async def months(
        self, catalogue: str, organizations: Collection[str], *, most: int
    ) -> Sequence[Month]:
        """How these organizations together stood, the last months first to last."""
        months: dict[str, Counter[Standing]] = {}
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(upkeep_month.c.month, upkeep_month.c.standings)
                .where(
                    upkeep_month.c.catalogue == catalogue,
                    upkeep_month.c.organization_id.in_(sorted(organizations)),
                )
                .order_by(upkeep_month.c.month)
            )
            for month, standings in rows:
                counted = Counter({Standing(name): int(n) for name, n in standings.items()})
                months[month] = months.get(month, Counter()) + counted
        return [Month(*one) for one in months.items()][-most:]


def _kept(row: sa.Row[tuple[object, ...]]) -> Dated:
    return Dated(
        resource_id=str(row.id),
        title=str(row.title),
        package_id=str(row.package_id),
        about=str(row.about),
        owner_org=str(row.owner_org),
        promise=Promise(
            str(row.cycle),
            date.fromisoformat(row.updated) if row.updated else None,
            date.fromisoformat(row.added) if row.added else None,
        ),
    )
