"""The people the bot has met, each under an id that says nothing about them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.context import Person
from bot.store.columns import new_id
from bot.store.db import insert
from bot.store.tables import person

ERASED: Final = "erased-"
"""How the user id begins that somebody has who was erased."""


async def id_of(connection: AsyncConnection, who: Person, now: datetime) -> str:
    """The person's id, given on the first meeting."""
    known = await connection.scalar(sa.select(person.c.id).where(is_person(who)))
    if known is not None:
        return str(known)
    fresh = {"id": new_id(), "tenant": who.tenant, "user_id": who.user_id, "first_seen": now}
    await connection.execute(insert(connection, person).values(fresh).on_conflict_do_nothing())
    return str(await connection.scalar(sa.select(person.c.id).where(is_person(who))))


def is_person(who: Person) -> sa.ColumnElement[bool]:
    """The condition that a row of `person` is this one."""
    return sa.and_(person.c.tenant == who.tenant, person.c.user_id == who.user_id)


def ids_of(who: Person) -> sa.ScalarSelect[str]:
    """The person's id as a subquery: NULL for somebody the bot has not met."""
    return sa.select(person.c.id).where(is_person(who)).scalar_subquery()
