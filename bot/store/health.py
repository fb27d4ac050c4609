"""How much waits in the database to be done."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.change import State
from bot.store.db import Database
from bot.store.tables import DeliveryState, change, delivery


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages not yet sent, changes decided and not yet done."""

    messages: int
    changes: int


async def backlog(db: Database) -> Backlog:
    """What waits now, in all tenants."""
    messages = sa.select(sa.func.count()).where(
        delivery.c.state.in_([DeliveryState.DUE, DeliveryState.SENDING])
    )
    changes = sa.select(sa.func.count()).where(change.c.state.in_([State.APPROVED, State.APPLYING]))
    async with db.read() as connection:
        return Backlog(
            messages=await connection.scalar(messages) or 0,
            changes=await connection.scalar(changes) or 0,
        )
