"""The writes of a change as rows; in their JSON a key that is not there stands for ABSENT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import ABSENT, Absent, FieldEdit, GivenFile, Json, Write, WriteKind
from bot.store.columns import new_id
from bot.store.tables import Outcome, change, change_write

_OPEN = (Outcome.WAITING, Outcome.SENT)


@dataclass(frozen=True, slots=True)
class StoredWrite:
    """A write and what became of it.

    `detail` is what the apply step notes for its own use, `bytes_sent` how much of its file is on
    its way.
    """

    id: str
    write: Write
    outcome: Outcome
    sent_at: datetime | None
    settled_at: datetime | None
    detail: Mapping[str, Json]
    bytes_sent: int = 0


def edits_to_json(edits: Iterable[FieldEdit]) -> list[dict[str, Json]]:
    """One object an edit; `before` and `after` are left out when they are ABSENT."""
    rows: list[dict[str, Json]] = []
    for edit in edits:
        row: dict[str, Json] = {"field": edit.field, "label": edit.label}
        if not isinstance(edit.before, Absent):
            row["before"] = edit.before
        if not isinstance(edit.after, Absent):
            row["after"] = edit.after
        rows.append(row)
    return rows


def edits_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[FieldEdit, ...]:
    """The edits that `edits_to_json` wrote."""
    return tuple(
        FieldEdit(row["field"], row["label"], row.get("before", ABSENT), row.get("after", ABSENT))
        for row in rows
    )


async def replace(
    connection: AsyncConnection, change_id: str, tenant: str, writes: Iterable[Write]
) -> None:
    """Make these the writes of the change, all of them waiting."""
    await connection.execute(sa.delete(change_write).where(change_write.c.change_id == change_id))
    rows: list[dict[str, object]] = [
        {
            "id": new_id(),
            "tenant": tenant,
            "change_id": change_id,
            "position": position,
            "kind": write.kind,
            "package_id": write.package_id,
            "resource_id": write.resource_id,
            "title": write.title,
            "edits": edits_to_json(write.edits),
            "file": asdict(write.file) if write.file else None,
            "bytes_sent": 0,
            "outcome": Outcome.WAITING,
            "detail": {},
        }
        for position, write in enumerate(writes)
    ]
    if rows:
        await connection.execute(sa.insert(change_write), rows)


async def mark_sent(connection: AsyncConnection, write_id: str, now: datetime) -> bool:
    """Note that the request may have happened; False when the write is settled."""
    return await _update(connection, write_id, outcome=Outcome.SENT, sent_at=now)


async def sending(connection: AsyncConnection, write_id: str, bytes_sent: int) -> bool:
    """Note how much of the file is on its way; False when its person wants that stopped."""
    await _update(connection, write_id, bytes_sent=bytes_sent)
    stopped = await connection.scalar(
        sa.select(change.c.stop_at)
        .join(change_write, change_write.c.change_id == change.c.id)
        .where(change_write.c.id == write_id)
    )
    return stopped is None


async def settle(
    connection: AsyncConnection,
    write_id: str,
    outcome: Outcome,
    detail: Mapping[str, Json],
    now: datetime,
) -> bool:
    """Note the outcome; False when there is one already."""
    return await _update(connection, write_id, outcome=outcome, settled_at=now, detail=dict(detail))


async def made(connection: AsyncConnection, write_id: str, package_id: str) -> None:
    """Note the id of the record that the write made, for it and its change."""
    mine = change_write.c.id == write_id
    await connection.execute(sa.update(change_write).where(mine).values(package_id=package_id))
    its_change = sa.select(change_write.c.change_id).where(mine).scalar_subquery()
    await connection.execute(
        sa.update(change).where(change.c.id == its_change).values(package_id=package_id)
    )


async def of_changes(
    connection: AsyncConnection, change_ids: list[str]
) -> Mapping[str, list[StoredWrite]]:
    """The writes of each change that has any, in their order."""
    found: dict[str, list[StoredWrite]] = {}
    if not change_ids:
        return found
    rows = await connection.execute(
        sa.select(change_write)
        .where(change_write.c.change_id.in_(change_ids))
        .order_by(change_write.c.change_id, change_write.c.position)
    )
    for row in rows:
        write = Write(
            WriteKind(row.kind),
            row.package_id,
            row.resource_id,
            row.title,
            edits_from_json(row.edits),
            GivenFile(**row.file) if row.file else None,
        )
        stored = StoredWrite(
            row.id,
            write,
            Outcome(row.outcome),
            row.sent_at,
            row.settled_at,
            row.detail,
            row.bytes_sent,
        )
        found.setdefault(row.change_id, []).append(stored)
    return found


async def _update(connection: AsyncConnection, write_id: str, **values: object) -> bool:
    updated = await connection.execute(
        sa.update(change_write)
        .where(change_write.c.id == write_id, change_write.c.outcome.in_(_OPEN))
        .values(values)
    )
    return bool(updated.rowcount)
