"""The audit as it is asked for: which part of it, and what each of its rows tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.change import Json

TRAIL: Final = (
    "time",
    "event",
    "catalogue",
    "change",
    "record",
    "resource",
    "title",
    "asked by",
    "by",
    "rights",
    "from",
    "to",
    "before",
    "after",
    "result",
    "reason",
    "detail",
)
"""What a row of the audit tells, in this order; moments are UTC, people Slack's user ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the audit: from `since` until just before `until`, of what.

    `organizations` of the catalogue are names by id; None for everything.
    """

    since: datetime | None = None
    until: datetime | None = None
    catalogue: str = ""
    organizations: Mapping[str, str] | None = None
    package_id: str = ""
    user_id: str = ""

    def kept(self) -> dict[str, Json]:
        """The same as JSON, without who it is about."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "organizations": None if self.organizations is None else [*self.organizations],
            "package_id": self.package_id,
        }


class Trail(Protocol):
    """The audit of a tenant, as one person may read it."""

    def rows(self, span: Span) -> AsyncIterator[Sequence[Json]]:
        """Its entries, oldest first, one value for each of `TRAIL`.

        Values that the person may not see are left out; whether they may read it is the caller's.
        """
        ...
