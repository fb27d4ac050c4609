"""What happened, by whom and when: rows that the database lets nobody change.

An entry names people by the ids of `person` alone, so that it can stay when a person may not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit; `person_id` is None where the bot acted by itself."""

    id: int
    at: datetime
    tenant: str
    catalogue: str | None
    change_id: str | None
    person_id: str | None
    event: str
    from_state: State | None
    to_state: State | None
    detail: Mapping[str, Json]


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


async def of_change(connection: AsyncConnection, change_id: str) -> AsyncIterator[Entry]:
    """The entries of one change, oldest first."""
    async for entry in _read(connection, audit.c.change_id == change_id):
        yield entry


async def of_tenant(
    connection: AsyncConnection, tenant: str, *, since: datetime, before: datetime
) -> AsyncIterator[Entry]:
    """The entries of one tenant from `since` until just before `before`, oldest first."""
    async for entry in _read(
        connection, audit.c.tenant == tenant, audit.c.at >= since, audit.c.at < before
    ):
        yield entry


async def _read(
    connection: AsyncConnection, *conditions: sa.ColumnElement[bool]
) -> AsyncIterator[Entry]:
    # Streamed: an export may hold more rows than memory.
    rows = await connection.stream(sa.select(audit).where(*conditions).order_by(audit.c.id))
    async for row in rows:
        yield Entry(
            id=row.id,
            at=row.at,
            tenant=row.tenant,
            catalogue=row.catalogue,
            change_id=row.change_id,
            person_id=row.person_id,
            event=row.event,
            from_state=State(row.from_state) if row.from_state else None,
            to_state=State(row.to_state) if row.to_state else None,
            detail=row.detail,
        )
