"""Takes a person out of everything but the audit, where only an id stays that says nothing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.context import Person
from bot.errors import UserError
from bot.store import audit, moves, people
from bot.store.approval_tables import decision
from bot.store.audit import Event
from bot.store.columns import metadata
from bot.store.db import Database
from bot.store.deliveries import AudienceKind, Deliveries
from bot.store.notice_tables import event
from bot.store.operations import suspension
from bot.store.tables import (
    DeliveryState,
    api_key,
    change,
    delivery,
    index_entry,
    index_state,
    person,
)
from bot.text import _

_ENDS = {
    State.DRAFT: State.CANCELLED,
    State.PREVIEWED: State.CANCELLED,
    State.PENDING: State.WITHDRAWN,
}


async def erase(db: Database, who: Person, now: datetime, *, cards: str) -> bool:
    """Forget the person: keys, forms, subscriptions, messages, names; False for nobody known.

    What was asked for ends unapplied, and the messages of the kind `cards` that asked others about
    it are drawn anew; suspensions end. Raises UserError while a change of the person's is being
    saved.
    """
    async with db.write() as connection:
        known = await connection.scalar(sa.select(person.c.id).where(people.is_person(who)))
        ckan_users = await _ckan_users(connection, who)
        if not await _delete_own(connection, who) and known is None:
            return False
        person_id = known or await people.id_of(connection, who, now)
        for change_id in await _end_changes(connection, person_id, now):
            await Deliveries(db).redo(connection, change_id, cards)
        await _forget_names(connection, who, person_id, now)
        # Of the catalogue's names it is only what this person's key could see.
        for table in (index_entry, index_state):
            await connection.execute(sa.delete(table).where(table.c.viewer.in_(ckan_users)))
        await connection.execute(
            sa.update(person)
            .where(person.c.id == person_id)
            .values(user_id=f"{people.ERASED}{person_id}", erased_at=now)
        )
        await audit.record(
            connection, Event.PERSON_ERASED, at=now, tenant=who.tenant, person_id=person_id
        )
    return True


async def _end_changes(connection: AsyncConnection, person_id: str, now: datetime) -> list[str]:
    """End what has not been decided; the ids of the changes that others were asked about."""
    asked_others: list[str] = []
    mine = change.c.requester_id == person_id
    under_way = sa.select(change.c.id).where(
        mine, change.c.state.in_([State.APPROVED, State.APPLYING])
    )
    if await connection.scalar(under_way.limit(1)):
        raise UserError(
            _("A change of this person's is being saved. Wait, or let changes go on, then erase.")
        )
    for before, after in _ENDS.items():
        waiting = await connection.scalars(
            sa.select(change.c.id).where(mine, change.c.state == before)
        )
        for change_id in waiting.all():
            values: dict[str, object] = {"state": after, "due_at": None}
            if before is State.PENDING:
                values["reason"] = _("The one who asked is no longer here. Nothing was changed.")
                asked_others.append(change_id)
            await moves.make(connection, change_id, values, by=None, now=now)
    await connection.execute(sa.update(change).where(mine).values(typed={}, args={}, channel=None))
    asked = sa.select(change.c.id, change.c.facts).where(mine, change.c.facts.is_not(None))
    for row in (await connection.execute(asked)).all():
        facts = {**(row.facts or {}), "asked_as": ""}
        await connection.execute(sa.update(change).where(change.c.id == row.id).values(facts=facts))
    return asked_others


async def _ckan_users(connection: AsyncConnection, who: Person) -> list[str]:
    return list(
        await connection.scalars(
            sa.select(api_key.c.ckan_user_id).where(
                api_key.c.tenant == who.tenant, api_key.c.user_id == who.user_id
            )
        )
    )


async def _delete_own(connection: AsyncConnection, who: Person) -> bool:
    """Delete the rows of every table whose rows are a person's own; whether there was one."""
    found = False
    for table in reversed(metadata.sorted_tables):
        if table in {person, event} or not {"tenant", "user_id"} <= set(table.c.keys()):
            continue
        gone = await connection.execute(
            sa.delete(table).where(table.c.tenant == who.tenant, table.c.user_id == who.user_id)
        )
        found |= bool(gone.rowcount)
    return found


async def _forget_names(
    connection: AsyncConnection, who: Person, person_id: str, now: datetime
) -> None:
    """Take the person's ids and names out of rows that stay for others."""
    await connection.execute(
        sa.update(event)
        .where(event.c.tenant == who.tenant, event.c.user_id == who.user_id)
        .values(user_id="", author="")
    )
    mine = (
        delivery.c.tenant == who.tenant,
        delivery.c.audience_kind == AudienceKind.USER,
        delivery.c.audience == who.user_id,
    )
    await connection.execute(
        sa.update(delivery)
        .where(*mine, delivery.c.state.in_([DeliveryState.DUE, DeliveryState.SENDING]))
        .values(state=DeliveryState.FAILED)
    )
    await connection.execute(
        sa.update(delivery).where(*mine).values(audience=person_id, payload={}, error=None)
    )
    # Two decisions of different people stay those of two.
    await connection.execute(
        sa.update(decision)
        .where(decision.c.person_id == person_id)
        .values(ckan_user_id=person_id, ckan_name="", channel=None)
    )
    await connection.execute(
        sa.update(suspension).where(suspension.c.person_id == person_id).values(reason="")
    )
    await connection.execute(
        sa.update(suspension)
        .where(suspension.c.person_id == person_id, suspension.c.ended_at.is_(None))
        .values(ended_at=now)
    )
