"""Which changes of an organization's records wait for its admins, and for how many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.change import ORDER, Facts, Write, WriteKind
from bot.ckan.keywords import TAG_STRING, TAGS

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

    @property
    def reminds(self) -> timedelta | None:
        """When a request that waits is told once more; None where it has expired by then."""
        return self.remind if self.remind and self.remind < self.expires else None


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
            writes = tuple(writes)
            # Whoever takes a record away, or brings it back, does so with all of its fields.
            whole = any(_of_life(write) for write in writes)
            return whole or not policy.fields.isdisjoint(touched(writes))


def touched(writes: Iterable[Write]) -> set[str]:
    """Names of the fields that the writes set, of records and of resources, as a policy may say."""
    names = set()
    for write in writes:
        fields = {edit.field for edit in write.edits}
        for edit in write.edits:
            # The resources that a new record begins with.
            if edit.field == ORDER and isinstance(edit.after, list):
                fields |= {name for row in edit.after if isinstance(row, dict) for name in row}
        if TAGS in fields:
            fields.add(TAG_STRING)
        if write.file:
            fields |= {FILE, "url"}
        # A link that takes the place of a file, and what goes with its file.
        if "url_type" in fields or write.kind is WriteKind.DELETE_RESOURCE:
            fields.add(FILE)
        names |= fields
    return names


def _of_life(write: Write) -> bool:
    return write.kind is WriteKind.DELETE_PACKAGE or any(e.field == "state" for e in write.edits)
