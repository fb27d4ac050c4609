"""What a change is, and the moves its state may make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from typing_extensions import override

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


class Absent:
    """The value of a key that a record does not have, which CKAN tells from null and from empty text."""

    @override
    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
Value: TypeAlias = "Json | Absent"


def same(one: Value, other: Value) -> bool:
    """Whether CKAN would take two values for the same: nothing is nothing, and choices have no order."""
    return _plain(one) == _plain(other)


def _plain(value: Value) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    if isinstance(value, list):
        rows = [_plain(row) for row in value]
        kept = [row for row in rows if row is not None]
        if all(isinstance(row, str) for row in kept):
            kept.sort(key=str)
        return kept or None
    if isinstance(value, dict):
        return {
            key: plain for key, row in value.items() if (plain := _plain(row)) is not None
        } or None
    return None if isinstance(value, Absent) else value


class State(StrEnum):
    """Where a change stands."""

    DRAFT = "draft"
    PREVIEWED = "previewed"
    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    EXPIRED = "expired"
    STALE = "stale"
    FAILED = "failed"


MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.PREVIEWED, State.CANCELLED, State.EXPIRED}),
        State.PREVIEWED: frozenset({State.PENDING, State.APPROVED, State.CANCELLED, State.EXPIRED}),
        State.PENDING: frozenset(
            {State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED, State.STALE}
        ),
        State.APPROVED: frozenset({State.APPLYING}),
        State.APPLYING: frozenset({State.APPLIED, State.STALE, State.FAILED}),
        State.APPLIED: frozenset(),
        State.CANCELLED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.REJECTED: frozenset(),
        State.EXPIRED: frozenset(),
        State.STALE: frozenset(),
        State.FAILED: frozenset(),
    }
)
LIVE: Final = frozenset(state for state, moves in MOVES.items() if moves)
"""States that still lead somewhere."""


class WriteKind(StrEnum):
    """How a write reaches the catalogue and is recognised afterwards."""

    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field, as it was seen and as it is wanted; values are CKAN's own JSON."""

    field: str
    label: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one record, or to one of its resources when `resource_id` is given."""

    kind: WriteKind
    package_id: str
    resource_id: str | None
    title: str
    edits: tuple[FieldEdit, ...]

    def reversed(self) -> Write:
        """The write that puts the old values back."""
        edits = tuple(FieldEdit(e.field, e.label, e.after, e.before) for e in self.edits)
        return Write(self.kind, self.package_id, self.resource_id, self.title, edits)


@dataclass(frozen=True, slots=True)
class Change:
    """What a handler proposes: the writes, and sentences to heed before they are applied."""

    title: str
    writes: tuple[Write, ...]
    warnings: tuple[str, ...] = ()
    reverts: str | None = None
