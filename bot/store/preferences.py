"""Which catalogue a person works with, where it is not the default one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.context import Person
from bot.store.audit import Event, record
from bot.store.db import Database, insert
from bot.store.people import id_of
from bot.store.tables import preference


class Preferences:
    """What people have chosen for themselves."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def catalogue_of(self, person: Person) -> str | None:
        """The catalogue's name the person chose; None for the default."""
        async with self._db.read() as connection:
            chosen = await connection.scalar(
                sa.select(preference.c.catalogue).where(
                    preference.c.tenant == person.tenant, preference.c.user_id == person.user_id
                )
            )
        return None if chosen is None else str(chosen)

    async def use(self, person: Person, catalogue: str, now: datetime) -> None:
        """From now on the person works with this catalogue."""
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, preference)
                .values(tenant=person.tenant, user_id=person.user_id, catalogue=catalogue)
                .on_conflict_do_update(
                    index_elements=["tenant", "user_id"], set_={"catalogue": catalogue}
                )
            )
            await record(
                connection,
                Event.CATALOGUE_CHOSEN,
                at=now,
                tenant=person.tenant,
                catalogue=catalogue,
                person_id=await id_of(connection, person, now),
            )
