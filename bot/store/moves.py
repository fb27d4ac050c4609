"""One move of a change inside a transaction: the row and its audit entry, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json, State
from bot.context import Person
from bot.store import audit, people
from bot.store.audit import Event
from bot.store.columns import new_id
from bot.store.tables import change


async def create(
    connection: AsyncConnection, requester: Person, now: datetime, values: Mapping[str, Any]
) -> str:
    """Begin a change in the state that `values` names, and answer its id."""
    change_id = new_id()
    requester_id = await people.id_of(connection, requester, now)
    row = {
        "id": change_id,
        "tenant": requester.tenant,
        "requester_id": requester_id,
        "warnings": [],
        "reason": "",
        "created_at": now,
        "updated_at": now,
        **values,
    }
    await connection.execute(sa.insert(change).values(row))
    await audit.record(
        connection,
        Event.CHANGE_MOVED,
        at=now,
        tenant=requester.tenant,
        catalogue=row["catalogue"],
        change_id=change_id,
        person_id=requester_id,
        to_state=row["state"],
    )
    return change_id


async def make(
    connection: AsyncConnection,
    change_id: str,
    values: Mapping[str, Any],
    *conditions: sa.ColumnElement[bool],
    by: Person | None,
    now: datetime,
    detail: Mapping[str, Json] | None = None,
) -> bool:
    """Move the change to the state in `values` where `conditions` hold; False where they do not.

    False too when another undo of the same change stands already. The audit entry gets `detail`.
    """
    # For the audit, and so that rivals queue here: the update below is what decides.
    before = (
        await connection.execute(
            sa.select(change).where(change.c.id == change_id).with_for_update()
        )
    ).one_or_none()
    if before is None:
        return False
    update = sa.update(change).where(change.c.id == change_id, *conditions)
    try:
        async with connection.begin_nested():
            moved = await connection.execute(update.values(updated_at=now, **values))
    except IntegrityError:
        return False
    if not moved.rowcount:
        return False
    await audit.record(
        connection,
        Event.CHANGE_MOVED,
        at=now,
        tenant=before.tenant,
        catalogue=before.catalogue,
        change_id=change_id,
        person_id=None if by is None else await people.id_of(connection, by, now),
        from_state=State(before.state),
        to_state=values["state"],
        detail=detail,
    )
    return True


async def wait_until(connection: AsyncConnection, change_id: str, due_at: datetime | None) -> None:
    """Let the sweep look at the change then."""
    await connection.execute(
        sa.update(change).where(change.c.id == change_id).values(due_at=due_at)
    )
