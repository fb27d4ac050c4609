"""How far admins' tokens have been used to look at what not everyone may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.context import Person
from bot.store.db import Database, insert
from bot.store.notice_tables import watch


@dataclass(frozen=True, slots=True)
class Watched:
    """`cursor` is the newest change heard of, `organizations` what was looked at, by id."""

    due_at: datetime
    cursor: str = ""
    organizations: list[str] = field(default_factory=list)
    failures: int = 0


class Watches:
    """One row for a person and catalogue."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, person: Person, catalogue: str) -> Watched | None:
        """How far it came; None for a person whose token was never used."""
        async with self._db.read() as connection:
            row = (
                await connection.execute(
                    sa.select(
                        watch.c.due_at, watch.c.cursor, watch.c.organizations, watch.c.failures
                    ).where(
                        watch.c.tenant == person.tenant,
                        watch.c.user_id == person.user_id,
                        watch.c.catalogue == catalogue,
                    )
                )
            ).one_or_none()
        return None if row is None else Watched(*row)

    async def keep(self, person: Person, catalogue: str, watched: Watched) -> None:
        """Remember how far it came."""
        key = {"tenant": person.tenant, "user_id": person.user_id, "catalogue": catalogue}
        values = {
            "due_at": watched.due_at,
            "cursor": watched.cursor,
            "organizations": watched.organizations,
            "failures": watched.failures,
        }
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, watch)
                .values(**key, **values)
                .on_conflict_do_update(index_elements=list(key), set_=values)
            )
