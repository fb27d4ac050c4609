"""From what happened to the messages that tell it: who wants to hear it, when, and in how many.

Each step is one transaction, so that a crash loses nothing and tells nothing twice. Messages are
rows of the one delivery table; what they say is read when they are sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json
from bot.ckan.explain import AWAY
from bot.ckan.models import Organization
from bot.context import Reader
from bot.faults import OneByOne, each, in_parts
from bot.flow.applying.notify import OUTCOME
from bot.flow.people import Clock
from bot.log import logger
from bot.notices.events import Event
from bot.store import events
from bot.store.db import Database
from bot.store.deliveries import Audience, AudienceKind, Deliveries
from bot.store.events import Events
from bot.store.notices import BURST, DIGEST, LISTED, NOTICE, Line, Notices, Waiting
from bot.store.subscriptions import Subscription, Subscriptions

_log = logger(__name__)

SETTLE: Final = timedelta(seconds=2)
"""What happens within this of each other is told together."""
LONGEST: Final = timedelta(seconds=30)
"""Nothing waits longer than this for what else may happen."""
MOST: Final = 5
"""Records that are told one by one; more at once are one message."""
SHOWN: Final = 20
"""Records that a burst or a digest names; where there are more, all are in a file."""
AT_ONCE: Final = 500
PRUNE_EVERY: Final = timedelta(hours=1)

Follow: TypeAlias = Callable[
    [Sequence[Event], Mapping[str, str]],
    Awaitable[Callable[[AsyncConnection], Awaitable[None]]],
]
"""What else is done about events, given each organization's parent: before and in the transaction
that takes note of them."""


class Telling:
    """`round` is called every second, in one process at a time.

    While somebody `is_looking` more may be found that belongs together.
    """

    def __init__(
        self,
        *,
        db: Database,
        deliveries: Deliveries,
        subscriptions: Subscriptions,
        readers: Callable[[str], Reader],
        follow: Follow,
        is_looking: Callable[[], bool],
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self.settle = SETTLE
        self._db = db
        self._deliveries = deliveries
        self._subscriptions = subscriptions
        self._events = Events(db)
        self._notices = Notices(db)
        self._readers = readers
        self._follow = follow
        self._is_looking = is_looking
        self._wake = wake
        self._clock = clock
        self._pruned: datetime | None = None
        self._one_by_one = OneByOne(clock)

    async def round(self) -> None:
        """Match what happened, put what is due into messages, and let go of what is old."""
        await each(self._match, self._gather_all, self._digest_all, self._prune)

    async def _prune(self) -> None:
        now = self._clock()
        if self._pruned is None or now >= self._pruned + PRUNE_EVERY:
            self._pruned = now
            await self._events.prune(now)

    async def _match(self) -> None:
        by_catalogue: dict[str, list[Event]] = defaultdict(list)
        for event in await self._events.unmatched(AT_ONCE):
            if not self._one_by_one.waits(event.id):
                by_catalogue[event.catalogue].append(event)
        for catalogue, some in by_catalogue.items():
            try:
                above = parents(await self._readers(catalogue).organizations())
                await in_parts(some, partial(self._note, above=above), self._odd, away=AWAY)
            except AWAY as error:
                _log.warning("events_wait", catalogue=catalogue, fault=type(error).__name__)

    async def _note(self, some: Sequence[Event], above: Mapping[str, str]) -> None:
        """Let those hear of these events who want to."""
        also = await self._follow(some, above)
        rules = await self._subscriptions.rules()
        wanted = [(event, rules.wanting(event, above)) for event in some]
        async with self._db.write() as connection:
            ids = [event.id for event in some]
            if await events.matched(connection, ids, self._clock()):
                await self._notices.add(connection, wanted, self._clock())
                await also(connection)
        self._wake()

    def _odd(self, event: Event, error: Exception) -> None:
        self._one_by_one.failed(event.id, error)

    async def _gather_all(self) -> None:
        settled = filter(self._settled, await self._notices.waiting())
        await self._one_by_one.do(settled, self._gather, lambda one: (one.tenant, one.channel))

    async def _digest_all(self) -> None:
        due = await self._subscriptions.due(self._clock())
        await self._one_by_one.do(due, self._digest, lambda one: one.id)

    def _settled(self, channel: Waiting) -> bool:
        now = self._clock()
        settled = channel.until <= now - self.settle and not self._is_looking()
        return settled or channel.since <= now - LONGEST

    async def _gather(self, channel: Waiting) -> None:
        async with self._db.write() as connection:
            lines = await self._notices.lines(connection, confirms=OUTCOME, channel=channel)
            news = [line for line in lines if not line.confirmed]
            records = _by_record(news)
            if len(records) <= MOST:
                for some in records:
                    await self._say(connection, channel, NOTICE, some, _threaded(some))
            else:
                await self._say_many(
                    connection, channel, BURST, news, len(records), _threaded(news)
                )
            for some in _by_record([line for line in lines if line.confirmed]):
                await self._keep(connection, channel, some)
        self._wake()

    async def _keep(
        self, connection: AsyncConnection, channel: Waiting, some: Sequence[Line]
    ) -> None:
        """Keep the card of a record whose change the channel reads of where it was asked."""
        if any(line.threads and line.has_card for line in some):
            payload = {**_threaded(some), "confirmed": True}
            await self._say(connection, channel, NOTICE, some, payload)
        else:
            await self._notices.drop(connection, [line.id for line in some])

    async def _digest(self, subscription: Subscription) -> None:
        now = self._clock()
        place = Waiting(
            subscription.person.tenant, subscription.team, subscription.channel, now, now
        )
        async with self._db.write() as connection:
            due_at = subscription.rhythm.after(now)
            if not await self._subscriptions.due_again(connection, subscription, due_at):
                return
            lines = await self._notices.lines(connection, confirms=OUTCOME, of=subscription.id)
            if lines:
                records = len(_by_record(lines))
                await self._say_many(connection, place, DIGEST, lines, records, {})
        self._wake()

    async def _say_many(
        self,
        connection: AsyncConnection,
        place: Waiting,
        kind: str,
        lines: Sequence[Line],
        records: int,
        payload: Mapping[str, Json],
    ) -> None:
        told = await self._say(connection, place, kind, lines, payload)
        if records > SHOWN:
            await self._say(connection, place, LISTED, (), {"under": told})

    async def _say(
        self,
        connection: AsyncConnection,
        place: Waiting,
        kind: str,
        lines: Sequence[Line],
        payload: Mapping[str, Json],
    ) -> int:
        delivery_id = await self._deliveries.add(
            connection,
            tenant=place.tenant,
            change_id=None,
            audience=Audience(AudienceKind.CHANNEL, place.channel),
            kind=kind,
            payload={"team": place.team, **payload},
            now=self._clock(),
        )
        assert delivery_id is not None  # noqa: S101  # only messages about a change may be known
        await self._notices.take(connection, [line.id for line in lines], delivery_id)
        return delivery_id


def _by_record(lines: Iterable[Line]) -> list[list[Line]]:
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.catalogue, line.package_id].append(line)
    return list(found.values())


def _threaded(lines: Iterable[Line]) -> dict[str, Json]:
    """Whether what happens next to a record goes in a thread, as a message's payload says it."""
    return {"threads": any(line.threads for line in lines)}


def parents(tree: Sequence[Organization]) -> dict[str, str]:
    """The id of each organization's parent, by its own id."""
    ids = {one.name: one.id for one in tree}
    return {one.id: ids[one.parent_name] for one in tree if one.parent_name in ids}
