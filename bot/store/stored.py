"""A change as it is kept: the row as data, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.change import Facts, Json, State
from bot.context import Person, Place
from bot.store.writes import StoredWrite


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as it stands.

    `args` are the verb's arguments by name, `seen` the object as the form opened on it (what is
    typed is compared with that), `typed` the form as the person left it, by block id.
    """

    id: str
    catalogue: str
    requester: Person
    place: Place
    verb: str
    state: State
    title: str
    package_id: str | None
    reverts: str | None
    args: Mapping[str, Json]
    seen: Mapping[str, Json]
    typed: Mapping[str, Json]
    warnings: tuple[str, ...]
    confirmations: tuple[str, ...]
    facts: Facts
    reason: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    writes: tuple[StoredWrite, ...]

    @property
    def sends_file(self) -> bool:
        """Whether one of its writes brings a file."""
        return any(stored.write.file for stored in self.writes)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for a change, where, of which catalogue, by which verb and with which arguments."""

    person: Person
    place: Place
    catalogue: str
    verb: str
    args: Mapping[str, Json] = field(default_factory=dict)


def columns_of(origin: Origin) -> dict[str, Any]:
    """What a row keeps of where a change comes from."""
    return {
        "catalogue": origin.catalogue,
        "team": origin.place.team,
        "channel": origin.place.channel,
        "verb": origin.verb,
        "args": dict(origin.args),
    }


def stored_change(
    row: sa.Row[tuple[Any, ...]], stored_writes: Iterable[StoredWrite]
) -> StoredChange:
    """The change of a row that is joined with its person, and its writes."""
    return StoredChange(
        id=row.id,
        catalogue=row.catalogue,
        requester=Person(row.tenant, row.user_id),
        place=Place(row.team, row.channel),
        verb=row.verb,
        state=State(row.state),
        title=row.title,
        package_id=row.package_id,
        reverts=row.reverts,
        args=row.args,
        seen=row.seen,
        typed=row.typed,
        warnings=tuple(row.warnings),
        confirmations=tuple(row.confirmations or ()),
        facts=Facts.of(row.facts or {}),
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        writes=tuple(stored_writes),
    )
