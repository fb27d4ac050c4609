"""The audit as it is read: each entry with what is kept beside it, the people and the values.

What is beside it may be gone: a person who was erased has no name, and the entry stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.change import Facts, Json, State, Write
from bot.context import Person
from bot.store import audit as entries
from bot.store import people, writes
from bot.store.audit import Event
from bot.store.db import Database
from bot.store.operations import pause, suspension
from bot.store.tables import audit, change, change_write, person
from bot.trail import Span

AT_ONCE: Final = 500
"""Entries read in one transaction: an export may hold more of them than memory."""

_asker = person.alias("asker")
_actor = person.alias("actor")


@dataclass(frozen=True, slots=True)
class Trace:
    """An entry of the audit and what is kept beside it.

    `by` is None where the bot acted by itself, and a person's `user_id` "" for one who was erased.
    `writes` are there where it tells what was wanted, or what became of a write.
    """

    id: int
    at: datetime
    event: str
    catalogue: str
    change_id: str
    title: str
    facts: Facts
    asked_by: Person | None
    by: Person | None
    from_state: State | None
    to_state: State | None
    detail: Mapping[str, Json]
    reason: str
    writes: tuple[Write, ...]


class Trails:
    """Reads the audit, and notes who did."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def note(self, by: Person, catalogue: str, span: Span, now: datetime) -> None:
        """Tell in the audit itself that this person reads a part of it."""
        async with self._db.write() as connection:
            await entries.record(
                connection,
                Event.AUDIT_READ,
                at=now,
                tenant=by.tenant,
                catalogue=catalogue,
                person_id=await people.id_of(connection, by, now),
                detail=span.kept(),
            )

    async def read(self, tenant: str | None, span: Span) -> AsyncIterator[Trace]:
        """The entries of a tenant (None for all of them) in this span, oldest first."""
        last = 0
        while True:
            async with self._db.read() as connection:
                query = _within(tenant, span).where(audit.c.id > last).limit(AT_ONCE)
                rows = (await connection.execute(query)).all()
                found = await writes.of_changes(
                    connection, list({row.change_id for row in rows if _tells_writes(row)})
                )
                reasons = await _reasons(connection, rows)
            for row in rows:
                wanted = found.get(row.change_id, ()) if _tells_writes(row) else ()
                one = row.detail.get("write")
                told = tuple(stored.write for stored in wanted if one in {None, stored.id})
                yield _trace(row, told, reasons.get(row.id, ""))
            if len(rows) < AT_ONCE:
                return
            last = rows[-1].id


def _within(tenant: str | None, span: Span) -> sa.Select[Any]:
    query = (
        sa.select(
            audit,
            change.c.title,
            change.c.reason,
            change.c.facts,
            _asker.c.tenant.label("asker_tenant"),
            _asker.c.user_id.label("asker_user"),
            _asker.c.erased_at.label("asker_erased"),
            _actor.c.tenant.label("actor_tenant"),
            _actor.c.user_id.label("actor_user"),
            _actor.c.erased_at.label("actor_erased"),
        )
        .outerjoin(change, change.c.id == audit.c.change_id)
        .outerjoin(_asker, _asker.c.id == change.c.requester_id)
        .outerjoin(_actor, _actor.c.id == audit.c.person_id)
        .order_by(audit.c.id)
    )
    if tenant is not None:
        query = query.where(audit.c.tenant == tenant)
    if span.since is not None:
        query = query.where(audit.c.at >= span.since)
    if span.until is not None:
        query = query.where(audit.c.at < span.until)
    if span.user_id:
        query = query.where((_actor.c.user_id == span.user_id) | (_asker.c.user_id == span.user_id))
    if span.package_id:
        touches = sa.select(change_write.c.change_id).where(
            change_write.c.package_id == span.package_id
        )
        query = query.where(audit.c.change_id.in_(touches))
    if span.organizations is not None:
        ids, names = list(span.organizations), list(span.organizations.values())
        query = query.where(
            audit.c.catalogue == span.catalogue,
            change.c.facts["organization_id"].as_string().in_(ids)
            | audit.c.detail["organization"].as_string().in_([*ids, *names])
            | audit.c.detail["organization_id"].as_string().in_(ids),
        )
    return query


def _tells_writes(row: sa.Row[Any]) -> bool:
    """Whether the entry tells what a change is to do: when it is decided on, and what it did.

    One that follows from another has no preview: it begins where others are decided on.
    """
    decided = row.from_state == State.PREVIEWED or (
        row.from_state is None and row.to_state in _FOLLOWS
    )
    return bool((row.event == Event.CHANGE_MOVED and decided) or row.event == Event.WRITE_SETTLED)


_FOLLOWS = frozenset({State.PENDING, State.APPROVED})


async def _reasons(connection: Any, rows: list[sa.Row[Any]]) -> dict[int, str]:
    """What operators gave as their reasons, by the entry."""
    told: dict[int, str] = {}
    for table in (pause, suspension):
        # An entry begins it and another ends it, so several name one row.
        of = {row.id: row.detail[table.name] for row in rows if table.name in row.detail}
        if of:
            query = sa.select(table.c.id, table.c.reason).where(table.c.id.in_({*of.values()}))
            reasons = {row.id: row.reason for row in await connection.execute(query)}
            told |= {entry: reasons.get(named, "") for entry, named in of.items()}
    return told


def _trace(row: sa.Row[Any], told: tuple[Write, ...], reason: str) -> Trace:
    ended = row.to_state is not None and row.reason
    return Trace(
        id=row.id,
        at=row.at,
        event=row.event,
        catalogue=row.catalogue or "",
        change_id=row.change_id or "",
        title=row.title or "",
        facts=Facts.of(row.facts or {}),
        asked_by=_person(row.asker_tenant, row.asker_user, erased=row.asker_erased is not None),
        by=_person(row.actor_tenant, row.actor_user, erased=row.actor_erased is not None),
        from_state=State(row.from_state) if row.from_state else None,
        to_state=State(row.to_state) if row.to_state else None,
        detail=row.detail,
        reason=reason or (row.reason if ended and row.to_state in _REASONED else ""),
        writes=told,
    )


_REASONED = frozenset({State.REJECTED, State.STALE, State.FAILED, State.CANCELLED})


def _person(tenant: str | None, user_id: str | None, *, erased: bool) -> Person | None:
    if tenant is None or user_id is None:
        return None
    return Person(tenant, "" if erased else user_id)
