"""Which catalogue a person works with, where it is not the default one."""

from __future__ import annotations

import sqlalchemy as sa

from bot.context import Person
from bot.store.db import Database, insert
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

    async def use(self, person: Person, catalogue: str) -> None:
        """From now on the person works with this catalogue."""
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, preference)
                .values(tenant=person.tenant, user_id=person.user_id, catalogue=catalogue)
                .on_conflict_do_update(
                    index_elements=["tenant", "user_id"], set_={"catalogue": catalogue}
                )
            )
