"""Who looks at the Home tab, and whose is no longer as things are.

Whatever Home shows leaves an audit entry when it changes, so the audit tells whose it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.change import State
from bot.context import Person
from bot.store.columns import ID, NAME, UtcDateTime, metadata, required
from bot.store.db import Database, insert
from bot.store.people import id_of
from bot.store.tables import audit, change, person

BEHIND: Final = 50
"""Entries that are looked at again: one that was begun earlier may be committed later."""

home = sa.Table(
    "home",
    metadata,
    sa.Column("person_id", ID, sa.ForeignKey("person.id"), primary_key=True),
    required("tenant", NAME),
    required("team", NAME),
    required("opened_at", UtcDateTime),
    sa.Index(None, "tenant"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit that concerns somebody's Home."""

    id: int
    person: Person
    team: str


class Homes:
    """The Home tabs that people look at."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def opened(self, who: Person, team: str, now: datetime) -> None:
        """Remember that the person looks at Home, in that team."""
        async with self._db.write() as connection:
            values = {"tenant": who.tenant, "team": team, "opened_at": now}
            await connection.execute(
                insert(connection, home)
                .values(person_id=await id_of(connection, who, now), **values)
                .on_conflict_do_update(index_elements=["person_id"], set_=values)
            )

    async def newest(self) -> int:
        """The id of the newest event; 0 before the first."""
        async with self._db.read() as connection:
            return int(await connection.scalar(sa.select(sa.func.max(audit.c.id))) or 0)

    async def events(self, after: int, opened_since: datetime) -> list[Event]:
        """What has happened to people who looked at Home since then, the oldest first.

        That is what they did, what happened to their own changes, and, since anybody in a tenant
        may have to decide, what begins or ends to wait for approval there.
        """
        waits = [State.PENDING]
        decided = sa.or_(audit.c.from_state.in_(waits), audit.c.to_state.in_(waits))
        concerns = sa.or_(
            audit.c.person_id == home.c.person_id,
            change.c.requester_id == home.c.person_id,
            sa.and_(decided, audit.c.tenant == home.c.tenant),
        )
        query = (
            sa.select(audit.c.id, person.c.tenant, person.c.user_id, home.c.team)
            .select_from(
                audit.outerjoin(change, change.c.id == audit.c.change_id)
                .join(home, concerns)
                .join(person, person.c.id == home.c.person_id)
            )
            .where(audit.c.id > after, home.c.opened_at >= opened_since)
            .order_by(audit.c.id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Event(row.id, Person(row.tenant, row.user_id), row.team) for row in rows]
