"""Who acts, and what a handler may use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.change import GivenFile, State, Write, can_be_undone
from bot.ckan.models import (
    Capabilities,
    Deed,
    Listing,
    Member,
    Organization,
    Package,
    Resource,
    Rights,
    User,
)
from bot.ckan.moves import STATE, state_title
from bot.ckan.schema import Choice, Schema
from bot.notices.freshness import Dated, Month
from bot.policy import Policy
from bot.text import _
from bot.trail import Trail


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user: the tenant (enterprise, else team) and the user id.

    Without a user id it is somebody who asked for something in the catalogue itself, and whom the
    bot does not know in Slack.
    """

    tenant: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came from: `channel` is None on the Home tab.

    `file_id` is the file of the message that it was asked about, `link` an address in that message,
    which the bot keeps by `link_id`.
    """

    team: str
    channel: str | None = None
    file_id: str = ""
    link_id: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An organization, and what the caller is there: admin, editor or ""."""

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

    age: float | None
    """How many seconds ago the oldest of what was answered was read; None for just now."""

    async def reach(self) -> str:
        """CKAN's version, asked just now."""
        ...

    async def capabilities(self) -> Capabilities: ...

    async def schema(self) -> Schema: ...

    async def choices(self) -> Mapping[str, tuple[Choice, ...]]:
        """Organizations and licences by the field that takes them, which the schema leaves out."""
        ...

    def known_choices(self) -> Mapping[str, tuple[Choice, ...]]:
        """The same as far as this process holds it, without asking the catalogue."""
        ...

    def known_schema(self) -> Schema | None:
        """The schema if this process holds it, without asking the catalogue."""
        ...

    async def user(self) -> User | None:
        """The person the key belongs to; None without a key."""
        ...

    async def check_key(self) -> None:
        """Raises `NotConnectedError` when the person's key has died, asked just now."""
        ...

    async def rights(self) -> Rights: ...

    async def package(self, name_or_id: str) -> Package: ...

    async def resource(self, resource_id: str) -> tuple[Package, Resource]: ...

    def opened(self, address: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes of a file in the catalogue, by its address."""
        ...

    async def find_packages(self, text: str, *, page: int = 1, size: int = 20) -> Listing: ...

    async def list_packages(
        self,
        organizations: Sequence[str],
        *,
        text: str = "",
        state: str = "",
        page: int = 1,
        size: int = 20,
    ) -> Listing: ...

    async def organizations(self) -> Sequence[Organization]: ...

    async def organization(self, text: str) -> Organization: ...

    async def organization_counts(self) -> Mapping[str, int]:
        """How many records this person finds in each organization, by its name."""
        ...

    async def deeds(self, package: Package) -> Sequence[Deed]:
        """What the catalogue's own history tells of a record, newest first."""
        ...

    async def editors(self, organization: Organization) -> Sequence[Member]: ...

    async def find_organizations(self, text: str, *, limit: int = 8) -> Sequence[Found]: ...


@dataclass(frozen=True, slots=True)
class Past:
    """A change as it is told later: who asked, when, what it was to do and how it ended."""

    id: str
    title: str
    state: State
    person: Person
    at: datetime
    writes: tuple[Write, ...]
    reason: str = ""
    undone: bool = False
    undoes: bool = False
    saved: tuple[datetime, ...] = ()
    """When its writes were saved."""
    agreed: tuple[str, ...] = ()
    """Names of those who approved it."""
    asked_of: tuple[str, ...] = ()
    """Names of those who may."""
    public: bool = False
    """Whether everyone could see its record, before it and after it."""

    @property
    def undoable(self) -> bool:
        """Whether its person can take it back."""
        taken_back = self.undone or self.undoes
        return self.state is State.APPLIED and not taken_back and can_be_undone(self.writes)

    def called_for(self, person: Person, now: str, *, edits: bool) -> Past:
        """The same, under what its record is called `now` for one who may not read what it was.

        `edits` where the person may edit it: not everyone could see it then.
        """
        told = edits or self.public or self.person == person
        return self if told else replace(self, title=now)

    @property
    def touched(self) -> tuple[str, ...]:
        """What it changes, by the labels of the schema; of a move where it leads to."""
        edits = [edit for write in self.writes for edit in write.edits if edit.label]
        files = (_("File"),) if any(write.file for write in self.writes) else ()
        return (
            *files,
            *(
                f"{edit.label} → {state_title(str(edit.after))}"
                if edit.field == STATE
                else edit.label
                for edit in edits
            ),
        )


class Ledger(Protocol):
    """The bot's own memory of changes in one catalogue, as one person may read it."""

    async def pending(self) -> Sequence[Past]:
        """The person's own changes that still lead somewhere, newest first."""
        ...

    async def to_decide(self, rights: Rights) -> Sequence[Past]:
        """What others ask for that somebody with these rights may decide on, oldest first."""
        ...

    async def recent(self, most: int) -> Sequence[Past]:
        """The person's own changes that were decided, newest first."""
        ...

    async def asked_in(self, channel: str) -> Sequence[Past]:
        """What was asked in a channel, or is decided there, and waits; whoever may see it."""
        ...

    async def history(self, *, package_id: str, resource_id: str | None) -> Sequence[Past]:
        """Changes of a record (or one of its resources) that were decided, newest first."""
        ...

    async def change(self, change_id: str) -> Past:
        """Raises `GoneError` when there is none of that id in the person's tenant."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """The person's binding to a catalogue: whose key, and whether the bot minted its own token."""

    catalogue: str
    ckan_user_name: str
    minted: bool
    since: datetime


class Health(Protocol):
    """How the bot itself does."""

    async def facts(self) -> Sequence[tuple[str, str]]:
        """What is to know of it, by label, in plain words."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Something that operators stopped, since when and why."""

    since: datetime | None = None
    reason: str = ""

    @property
    def day(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""

    @property
    def why(self) -> str:
        """The reason as a sentence, "" for none."""
        return _("Their reason: {reason}").format(reason=self.reason) if self.reason else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Stopped):
    """All changes are held."""

    @property
    def told(self) -> str:
        """What the person reads whose change waits."""
        return (
            _(
                "Changes are held since {since} by the people who run this bot. What you apply is "
                "kept, and saved when they let changes go on; do not do it again. {reason}"
            )
            .format(since=self.day, reason=self.why)
            .strip()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(Stopped):
    """A person whose changes are stopped, or an organization of a catalogue."""

    person: Person | None = None
    catalogue: str = ""
    organization_id: str = ""
    title: str = ""


class Operations(Protocol):
    """What operators have stopped, as it concerns one person in one catalogue."""

    async def paused(self) -> Paused | None: ...

    async def suspensions(self) -> Sequence[Suspended]:
        """The people of the tenant and the organizations that are suspended, the latest first."""
        ...

    async def check_person(self) -> None:
        """Raise NotAllowedError when the person is suspended."""
        ...

    async def check_organization(self, organization_id: str) -> None:
        """Raise NotAllowedError when the organization's records are not to be changed."""
        ...


class Described(Protocol):
    """What can be told of a command."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def usage(self) -> str: ...
    @property
    def examples(self) -> tuple[str, ...]: ...
    @property
    def also(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a channel hears of the catalogue, and who said so.

    `wants` are its filters, `told` its rhythm, `words` all that is typed to set it; it `rests` for
    that reason, "" where it does not.
    """

    id: str
    title: str
    catalogue: str
    wants: str
    told: str
    by: Person
    restricted: bool
    words: str
    rests: str


class Subscribed(Protocol):
    """What the channel of a request hears."""

    async def here(self) -> Sequence[Heard]:
        """All of it, oldest first."""
        ...


class Upkeep(Protocol):
    """What the bot keeps of the data of a catalogue, as far as this person may see it.

    Raises CatalogueError while it is still being read.
    """

    async def resources(self, organizations: Collection[str]) -> Sequence[Dated]:
        """The published resources of the organizations with these ids."""
        ...

    async def months(self, organizations: Collection[str]) -> Sequence[Month]:
        """How these organizations together stood in the last months, of what everyone may see."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request: the person, the place, what the person may read, and the clock's now (UTC)."""

    person: Person
    place: Place
    now: datetime
    ckan: Reader
    ledger: Ledger
    account: Account | None
    catalogues: Mapping[str, str]
    """Names of the configured catalogues, and their addresses."""
    commands: Sequence[Described]
    file: GivenFile | None = None
    """The file that the person gave with this request."""
    public: Callable[[str], Reader]
    """A reader of the catalogue of that name, without a key."""
    health: Health
    policy: Callable[[str], Awaitable[Policy]]
    """What an organization, by its id, asks of changes to its records."""
    operations: Operations
    trail: Trail
    subscribed: Subscribed
    upkeep: Upkeep
    operator: bool = False
    """Whether the person is one of BOT_ADMINS."""
    page: int = 1
    """Which page of a list is wanted, from 1."""
