"""What a message about what happened says, read when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final, Protocol, TypeVar

from bot.ckan.explain import AWAY
from bot.ckan.links import package_url
from bot.ckan.models import Package
from bot.ckan.moves import state_title
from bot.ckan.schema import Schema
from bot.context import Person, Reader
from bot.errors import GoneError, NotFoundError
from bot.faults import in_parts, tell
from bot.flow.pages import Difference
from bot.flow.people import banner_of
from bot.flow.teams.resting import Resting
from bot.flow.teams.sights import Allowance, Sights
from bot.flow.teams.telling import parents
from bot.notices.events import HEADLINES, Event, Kind, Moved
from bot.notices.wanted import ScopeKind
from bot.store.events import Events
from bot.store.subscriptions import GONE, Subscription, Subscriptions
from bot.text import _, ngettext

T = TypeVar("T")

_DIGITS: Final = 18
"""Of an event's id at most: longer ones fit no database."""
NAMED: Final = 5
"""Fields that a line names."""


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What Slack knows of a channel: whether the bot can post there, and who else reads it."""

    is_member: bool
    is_archived: bool
    is_shared: bool

    @property
    def is_open(self) -> bool:
        return self.is_member and not self.is_archived


class Channels(Protocol):
    """What the bot asks Slack of channels and people."""

    async def facts(self, person: Person, team: str, channel: str) -> ChannelFacts | None:
        """What is known of the channel; None for one that the bot cannot see."""
        ...

    async def zone(self, person: Person, team: str) -> str:
        """The person's time zone, "" where Slack does not tell."""
        ...


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened, to what in the record, and by which user of the catalogue.

    `late` are id and title of resources whose new data is waited for.
    """

    event_id: int
    headline: str
    about: str
    at: datetime
    author: str
    has_details: bool
    late: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordNews:
    """A record as it is now, and what happened to it, oldest first."""

    package_id: str
    title: str
    url: str
    organization: str
    state: str
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """What a channel is told, for whom the bot speaks there, and why it is told."""

    person: Person
    team: str
    catalogue: str
    records: tuple[RecordNews, ...]
    about: str
    banner: str


class Told:
    """Reads what messages say."""

    def __init__(
        self,
        *,
        events: Events,
        subscriptions: Subscriptions,
        sights: Sights,
        readers: Callable[[str], Reader],
        channels: Channels,
        resting: Resting,
    ) -> None:
        self._events = events
        self._subscriptions = subscriptions
        self._sights = sights
        self._readers = readers
        self._channels = channels
        self._resting = resting

    async def page(self, delivery_id: int) -> NoticePage | None:
        """What the message tells its channel now; None where that is nothing any more.

        Raises ckanapi's errors and UserError while the catalogue does not answer.
        """
        happened = await self._events.of_delivery(delivery_id)
        subscriptions = await self._subscriptions.of_delivery(delivery_id)
        if not happened or not subscriptions:
            return None
        one = subscriptions[0]
        reader = self._readers(one.catalogue)
        if not reader.url:
            # It is no longer served, and a message that waited for it would hold up the others.
            return None
        allowances = await self._allowances(subscriptions, reader)
        schema = reader.known_schema()
        records: list[RecordNews] = []

        async def hear(some: Sequence[list[Event]]) -> None:
            heard = await self._sights.heard(one.catalogue, chain(*some), allowances)
            told = _by_record(heard, lambda seen: seen[0])
            records.extend([_record(each, reader.url, schema) for each in told])

        # What cannot be told of one record keeps none of the others back.
        await in_parts(_by_record(happened, lambda event: event), hear, _odd, away=AWAY)
        if not records:
            return None
        return NoticePage(
            person=one.person,
            team=one.team,
            catalogue=one.catalogue,
            records=tuple(records),
            about=_subscribed(subscriptions, records),
            banner=banner_of(one.catalogue),
        )

    async def event(self, event_id: str) -> Event:
        """The event of that id. Raises GoneError when it is no longer known."""
        known = event_id.isdecimal() and len(event_id) <= _DIGITS
        found = await self._events.find(int(event_id)) if known else None
        if found is None:
            raise GoneError(_("That was too long ago: its details are no longer known."))
        return found

    async def differences(self, event: Event, reader: Reader) -> tuple[Difference, ...]:
        """What an event changed, in the words of the schema, for one who may see the record.

        Raises NotFoundError for one who may not.
        """
        package = await reader.package(event.subject.package_id)
        if not event.public and not (await reader.rights()).may_edit(package.owner_org):
            raise NotFoundError(_("There is nothing here that you may see."))
        schema = await reader.schema()
        return tuple(_difference(moved, schema) for moved in event.happening.moved)

    async def _allowances(
        self, subscriptions: Sequence[Subscription], reader: Reader
    ) -> list[Allowance]:
        """What admins let the channel hear besides; nothing where others share it."""
        restricted = [one for one in subscriptions if one.restricted]
        if not restricted:
            return []
        one = restricted[0]
        facts = await self._channels.facts(one.person, one.team, one.channel)
        if facts is None or facts.is_shared:
            return []
        above = parents(await reader.organizations())
        found: list[Allowance] = []
        for subscription in restricted:
            allowance = await self._sights.allowance(subscription, above)
            if allowance is None:
                await self._resting.rest([subscription], GONE)
            else:
                found.append(allowance)
        return found


def _subscribed(subscriptions: Sequence[Subscription], records: Sequence[RecordNews]) -> str:
    """What the channel subscribed to.

    A record that not everyone may see is named as the message itself names it, or not at all: the
    channel may be another one's by now.
    """
    titles = {one.package_id: one.title for one in records}
    named = [
        titles.get(one.about, "")
        if one.restricted and one.scope is ScopeKind.PACKAGE
        else one.title
        for one in subscriptions
    ]
    return ", ".join(dict.fromkeys(filter(None, named)))


def _by_record(things: Iterable[T], event_of: Callable[[T], Event]) -> list[list[T]]:
    found: dict[str, list[T]] = {}
    for one in things:
        found.setdefault(event_of(one).subject.package_id, []).append(one)
    return list(found.values())


def _odd(of_record: Sequence[Event], error: Exception) -> None:
    tell(error, record=of_record[0].subject.package_id)


def _record(
    some: Sequence[tuple[Event, Package | None]], url: str, schema: Schema | None
) -> RecordNews:
    last, package = some[-1]
    state = package.publish_state if package else ""
    field = schema.field("publish_state", of_resource=False) if schema else None
    return RecordNews(
        package_id=last.subject.package_id,
        title=package.title if package else last.subject.title,
        url=package_url(url, last.subject.package_id),
        organization=package.organization_title if package else last.subject.organization,
        state=field.describe(state) if field else state_title(state),
        news=tuple(_news(event, schema) for event, _package in some),
    )


def _news(event: Event, schema: Schema | None) -> News:
    return News(
        event_id=event.id,
        headline=HEADLINES[event.kind],
        about=_about(event, schema),
        at=event.at,
        author=event.author,
        has_details=bool(event.happening.moved) and event.kind is not Kind.OVERDUE,
        late=tuple((one.resource_id, one.resource_title) for one in event.happening.moved)
        if event.kind is Kind.OVERDUE
        else (),
    )


def _about(event: Event, schema: Schema | None) -> str:
    """What it happened to, within the record."""
    moved = event.happening.moved
    match event.kind:
        case Kind.FILE | Kind.ADDED | Kind.REMOVED:
            return next((one.resource_title for one in moved if one.resource_title), "")
        case Kind.CHANGED:
            labels = list(dict.fromkeys(_label(one, schema) for one in moved))
            more = len(labels) - NAMED
            named = ", ".join(labels[:NAMED])
            told = ngettext("{names} and {n} more", "{names} and {n} more", more)
            return told.format(names=named, n=more) if more > 0 else named
        case Kind.OVERDUE:
            return ", ".join(one.resource_title for one in moved)
        case _:
            return ""


def _label(moved: Moved, schema: Schema | None) -> str:
    if moved.field == "resources":
        return _("Order of the resources")
    if schema is None:
        return moved.field
    return schema.field(moved.field, of_resource=bool(moved.resource_id)).label


def _difference(moved: Moved, schema: Schema) -> Difference:
    field = schema.field(moved.field, of_resource=bool(moved.resource_id))
    label = _label(moved, schema)
    if moved.resource_title:
        label = f"{moved.resource_title}: {label}"
    return Difference(label, field.describe(moved.before), field.describe(moved.after))
