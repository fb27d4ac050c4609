"""What happened, by whom and when: rows that the database lets nobody change.

An entry names people by the ids of `person` alone, so that it can stay when a person may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json, State
from bot.store.tables import audit


class Event(StrEnum):
    """What can happen; a change's own moves are told by their states."""

    CHANGE_MOVED = "change.moved"
    CHANGE_DECIDED = "change.decided"
    WRITE_SETTLED = "write.settled"
    POLICY_SET = "policy.set"
    KEY_BOUND = "key.bound"
    KEY_REMOVED = "key.removed"
    KEY_DIED = "key.died"
    CATALOGUE_CHOSEN = "catalogue.chosen"
    SUBSCRIBED = "subscription.set"
    UNSUBSCRIBED = "subscription.removed"
    PAUSED = "paused"
    RESUMED = "resumed"
    SUSPENDED = "suspended"
    LIFTED = "suspension.lifted"
    PERSON_ERASED = "person.erased"
    AUDIT_READ = "audit.read"


async def record(
    connection: AsyncConnection,
    event: Event,
    *,
    at: datetime,
    tenant: str,
    catalogue: str | None = None,
    change_id: str | None = None,
    person_id: str | None = None,
    from_state: State | None = None,
    to_state: State | None = None,
    detail: Mapping[str, Json] | None = None,
) -> None:
    """Add an entry in the transaction of what it tells. `detail` holds no personal value."""
    await connection.execute(
        sa.insert(audit).values(
            at=at,
            tenant=tenant,
            catalogue=catalogue,
            change_id=change_id,
            person_id=person_id,
            event=event,
            from_state=from_state,
            to_state=to_state,
            detail=dict(detail or {}),
        )
    )
