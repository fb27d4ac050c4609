"""Who acts, and what a handler may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.ckan.models import Capabilities, Organization, Package, Resource, Rights, User
    from bot.ckan.schema import Schema


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user: the tenant (enterprise, else team) and the user id."""

    tenant: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came from: `channel` is None on the Home tab and in shortcuts."""

    team: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An organization as `find-org` tells it, with what the caller is there: admin, editor or ""."""

    organization: Organization
    role: str


class Reader(Protocol):
    """What one person may read of one catalogue; every answer is filtered for that person.

    Raises `NotFoundError` for what is not there or not theirs to see, `CatalogueError` when the
    catalogue does not answer as it should, `NotConnectedError` when the key has died.
    """

    @property
    def catalogue(self) -> str:
        """The catalogue's name in the settings."""
        ...

    @property
    def url(self) -> str: ...

    async def capabilities(self) -> Capabilities: ...

    async def schema(self) -> Schema: ...

    async def user(self) -> User | None:
        """The person the key belongs to; None without a key."""
        ...

    async def rights(self) -> Rights: ...

    async def package(self, name_or_id: str) -> Package: ...

    async def resource(self, resource_id: str) -> tuple[Package, Resource]: ...

    async def find_packages(self, text: str, *, limit: int = 20) -> Sequence[Package]: ...

    async def organizations(self) -> Sequence[Organization]: ...

    async def find_organizations(self, text: str, *, limit: int = 8) -> Sequence[Found]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """One request: the person, the place, the person's reader, and the clock's now (UTC)."""

    person: Person
    place: Place
    ckan: Reader
    now: datetime
