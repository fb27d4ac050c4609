"""What a change is, and the moves its state may make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from typing_extensions import override

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Absent:
    """The value of a key that is not there, which CKAN tells from null and from empty text."""

    @override
    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
Value: TypeAlias = "Json | Absent"


def same(one: Value, other: Value) -> bool:
    """Whether two values mean the same: nothing is nothing, and choices have no order."""
    return _plain(one) == _plain(other)


def _plain(value: Value) -> object:
    match value:
        case str():
            return value.replace("\r\n", "\n") or None
        case list():
            return sorted(filter(None, map(_row, value)), key=_by_words) or None
        case Absent():
            return None
    return value or None if isinstance(value, dict) else value


def _row(value: Json) -> object:
    """A choice, a keyword by its name, or a row of a composite without what is empty in it.

    Of CKAN's own pairs of key and value a text: they come back in an order of their own.
    """
    if isinstance(value, dict):
        if "name" in value and value.keys() <= _KEYWORD:
            return value["name"]
        if value.keys() == _EXTRA:
            return f"{value['key']}={value['value'] or ''}"
        return {key: part for key, part in value.items() if part not in (None, "", [])}
    return _plain(value)


_KEYWORD = frozenset({"name", "display_name", "id", "state", "vocabulary_id"})
"""What CKAN stores of a keyword; by its name alone it is known."""


_EXTRA = frozenset({"key", "value"})


def _by_words(row: object) -> str:
    """Choices have no order; rows of a composite keep theirs."""
    return row if isinstance(row, str) else ""


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
        State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED}),
        State.APPROVED: frozenset({State.APPLYING}),
        State.APPLYING: frozenset({State.APPLIED, State.STALE, State.FAILED, State.CANCELLED}),
        State.APPLIED: frozenset(),
        State.CANCELLED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.REJECTED: frozenset(),
        State.EXPIRED: frozenset(),
        State.STALE: frozenset(),
        State.FAILED: frozenset(),
    }
)
BORN: Final = (State.DRAFT, State.PREVIEWED, State.PENDING, State.APPROVED)
"""States in which a change may begin: the last two when it follows from another."""
LIVE: Final = frozenset(state for state, moves in MOVES.items() if moves)
"""States that still lead somewhere."""


class WriteKind(StrEnum):
    """How a write reaches the catalogue and is recognised afterwards."""

    PATCH = "patch"
    CREATE_RESOURCE = "create_resource"
    DELETE_RESOURCE = "delete_resource"
    REORDER_RESOURCES = "reorder_resources"
    CREATE_PACKAGE = "create_package"
    DELETE_PACKAGE = "delete_package"


ORDER: Final = "resources"
"""The field of an edit that holds the ids of a record's resources, in their order."""


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field, as it was seen and as it is wanted; values are CKAN's own JSON.

    Without a label for what follows from other fields, or is the same for every record.
    """

    field: str
    label: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file in Slack that becomes a resource's; its bytes are never kept.

    `team` is the workspace it was given in, `size` in bytes. `replaces` is the address of the file
    it takes the place of, `seen` the time that one was put there, both "" when there is none.
    """

    id: str
    team: str
    name: str
    size: int
    media_type: str
    replaces: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one record, or to one of its resources when `resource_id` is given."""

    kind: WriteKind
    package_id: str
    resource_id: str | None
    title: str
    edits: tuple[FieldEdit, ...]
    file: GivenFile | None = None

    def reversed(self) -> Write | None:
        """The write that takes this one back; None for what cannot be taken back."""
        kind = _REVERSED.get(self.kind)
        if kind is None or (self.file and self.kind is WriteKind.PATCH):
            return None
        edits = tuple(FieldEdit(e.field, e.label, e.after, e.before) for e in self.edits)
        if self.kind is WriteKind.DELETE_PACKAGE:
            edits = (FieldEdit("state", edits[0].label, "deleted", "active"),)
        return Write(kind, self.package_id, self.resource_id, self.title, edits)


_REVERSED: Final[Mapping[WriteKind, WriteKind]] = MappingProxyType(
    {
        WriteKind.PATCH: WriteKind.PATCH,
        WriteKind.CREATE_RESOURCE: WriteKind.DELETE_RESOURCE,
        WriteKind.REORDER_RESOURCES: WriteKind.REORDER_RESOURCES,
        WriteKind.CREATE_PACKAGE: WriteKind.DELETE_PACKAGE,
        WriteKind.DELETE_PACKAGE: WriteKind.PATCH,
    }
)
"""Deleted resources (docs/catalogue.md, "Deleting") and replaced files are gone for good."""


def can_be_undone(writes: Sequence[Write]) -> bool:
    """Whether every write can be taken back."""
    return all(write.reversed() for write in writes)


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody whom the catalogue names as admin of an organization."""

    ckan_user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a change waits, as it stood when its preview was made.

    `published` tells of the record, `public` that everyone may see it before and after, `reserved`
    that a move in it is kept for admins and the requester is none, `asks` the state that admins are
    asked for once the move in it is made, `told` that the preview said who is asked, `role` what
    the requester is there, `asked_by` the user of the catalogue who asked there and whom the bot
    does not know in Slack, `asked_as` the id of the one there as whom the requester asked.
    """

    organization_id: str = ""
    organization: str = ""
    published: bool = False
    public: bool = False
    reserved: bool = False
    asks: str = ""
    told: bool = False
    admins: tuple[Admin, ...] = ()
    role: str = ""
    asked_by: str = ""
    asked_as: str = ""

    def kept(self) -> dict[str, Json]:
        """The same as JSON."""
        return {
            "organization_id": self.organization_id,
            "organization": self.organization,
            "published": self.published,
            "public": self.public,
            "reserved": self.reserved,
            "asks": self.asks,
            "told": self.told,
            "admins": [[one.ckan_user_id, one.name] for one in self.admins],
            "role": self.role,
            "asked_by": self.asked_by,
            "asked_as": self.asked_as,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Json]) -> Facts:
        """The facts that were kept."""
        admins = kept.get("admins")
        return cls(
            organization_id=str(kept.get("organization_id") or ""),
            organization=str(kept.get("organization") or ""),
            published=kept.get("published") is True,
            public=kept.get("public") is True,
            reserved=kept.get("reserved") is True,
            asks=str(kept.get("asks") or ""),
            told=kept.get("told") is True,
            admins=tuple(
                Admin(str(row[0]), str(row[1]))
                for row in (admins if isinstance(admins, list) else ())
                if isinstance(row, list)
            ),
            role=str(kept.get("role") or ""),
            asked_by=str(kept.get("asked_by") or ""),
            asked_as=str(kept.get("asked_as") or ""),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a handler proposes: the writes, and sentences to heed before they are applied.

    `confirmations` are sentences that its person has to confirm one by one before that. The flow
    adds the `facts`.
    """

    title: str
    writes: tuple[Write, ...]
    warnings: tuple[str, ...] = ()
    confirmations: tuple[str, ...] = ()
    reverts: str | None = None
    facts: Facts = field(default_factory=Facts)
