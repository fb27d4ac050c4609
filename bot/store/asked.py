"""What people asked, for as long as the buttons under the answers can be pressed.

A row never changes: each page that is shown has its own, so that a second press of a button means
what the first one meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.context import Person, Place
from bot.store.db import Database
from bot.store.tables import asked as table

LIFE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """A command as it was asked: its text in Slack's escaping, and the page that was shown."""

    id: str
    person: Person
    place: Place
    catalogue: str
    text: str
    page: int
    at: datetime


class Asked:
    """The questions of the last day."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def keep(self, questions: Sequence[Question]) -> None:
        """Remember the questions."""
        if not questions:
            return
        rows = [
            {
                "id": one.id,
                "tenant": one.person.tenant,
                "user_id": one.person.user_id,
                "team": one.place.team,
                "channel": one.place.channel,
                "catalogue": one.catalogue,
                "text": one.text,
                "page": one.page,
                "at": one.at,
            }
            for one in questions
        ]
        async with self._db.write() as connection:
            await connection.execute(sa.insert(table), rows)

    async def find(self, asked_id: str) -> Question | None:
        """The question of that id, None when it was pruned or never there."""
        async with self._db.read() as connection:
            row = (
                await connection.execute(sa.select(table).where(table.c.id == asked_id))
            ).one_or_none()
        if row is None:
            return None
        return Question(
            id=row.id,
            person=Person(row.tenant, row.user_id),
            place=Place(row.team, row.channel),
            catalogue=row.catalogue,
            text=row.text,
            page=row.page,
            at=row.at,
        )

    async def prune(self, now: datetime) -> None:
        """Forget what is older than a day."""
        async with self._db.write() as connection:
            await connection.execute(sa.delete(table).where(table.c.at < now - LIFE))
