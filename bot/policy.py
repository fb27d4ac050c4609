"""Which changes of an organization's records wait for its admins, and for how many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.change import Json, Write

FILE: Final = "upload"
"""The name under which a policy speaks of a resource's file."""


class When(StrEnum):
    """Which changes wait."""

    NEVER = "never"
    PUBLISHED = "published"
    ALWAYS = "always"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organization of a catalogue asks of changes to its records.

    `channel` is the Slack channel, in the workspace `team`, where requests are told beside the
    direct messages to each admin; "" for none. Moves that the catalogue keeps for admins wait
    whatever `when` says.
    """

    when: When = When.NEVER
    fields: frozenset[str] = frozenset()
    approvers: int = 1
    self_approval: bool = False
    expires: timedelta = timedelta(days=7)
    remind: timedelta | None = timedelta(days=1)
    channel: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody whom the catalogue names as admin of an organization."""

    ckan_user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a change waits, as it stood when its preview was made.

    `published` tells of the record, `reserved` that a move in it is kept for admins and the
    requester is none, `asks` the state that admins are asked for once the move in it is made.
    """

    organization_id: str = ""
    organization: str = ""
    published: bool = False
    reserved: bool = False
    asks: str = ""
    admins: tuple[Admin, ...] = ()

    def kept(self) -> dict[str, Json]:
        """The same as JSON."""
        return {
            "organization_id": self.organization_id,
            "organization": self.organization,
            "published": self.published,
            "reserved": self.reserved,
            "asks": self.asks,
            "admins": [[one.ckan_user_id, one.name] for one in self.admins],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Json]) -> Facts:
        """The facts that were kept."""
        admins = kept.get("admins")
        return cls(
            organization_id=str(kept.get("organization_id") or ""),
            organization=str(kept.get("organization") or ""),
            published=kept.get("published") is True,
            reserved=kept.get("reserved") is True,
            asks=str(kept.get("asks") or ""),
            admins=tuple(
                Admin(str(row[0]), str(row[1]))
                for row in (admins if isinstance(admins, list) else ())
                if isinstance(row, list)
            ),
        )


def waits(policy: Policy, facts: Facts, writes: Iterable[Write]) -> bool:
    """Whether a change with these writes is for others to approve.

    A move that asks the catalogue's admins never waits: the asking is what they decide on.
    """
    if facts.reserved:
        return True
    if facts.asks or not facts.organization_id:
        return False
    match policy.when:
        case When.NEVER:
            return False
        case When.PUBLISHED:
            return facts.published
        case When.ALWAYS:
            return True
        case When.FIELDS:
            return not policy.fields.isdisjoint(touched(writes))


def touched(writes: Iterable[Write]) -> set[str]:
    """Names of the fields that the writes set, of records and of resources."""
    names = set()
    for write in writes:
        names |= {edit.field for edit in write.edits}
        if write.file:
            names.add(FILE)
    return names
