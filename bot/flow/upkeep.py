"""How fresh the data of a catalogue is, from what the index keeps of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from bot.change import ABSENT
from bot.ckan.models import Package
from bot.context import Person, Upkeep
from bot.errors import CatalogueError
from bot.faults import OneByOne
from bot.flow.index.own_part import OwnParts
from bot.flow.people import Clock
from bot.notices.events import Event, Happening, Kind, Moved, subject_of
from bot.notices.freshness import (
    PROVINCE,
    Dated,
    Month,
    Standing,
    is_working_day,
    promise_of,
    today_at,
)
from bot.store import events, snapshots
from bot.store.index import Index
from bot.store.look import EVERYONE
from bot.store.snapshots import Sight
from bot.store.upkeep import Upkeeps
from bot.text import _

MONTHS: Final = 12
OPENS: Final = 8
"""The hour in the province from which teams are reminded."""


class Upkeeping:
    """Tells of updates that are due, and keeps a picture of each month."""

    def __init__(
        self,
        *,
        upkeeps: Upkeeps,
        index: Index,
        own_parts: OwnParts,
        catalogues: Iterable[str],
        clock: Clock,
    ) -> None:
        self._upkeeps = upkeeps
        self._index = index
        self._own_parts = own_parts
        self._catalogues = tuple(catalogues)
        self._clock = clock
        self._one_by_one = OneByOne(clock)

    def of(self, person: Person | None, catalogue: str) -> Upkeep:
        """What this person may know of a catalogue, or everybody."""
        return _UpkeepOf(self, person, catalogue)

    async def resources(
        self, person: Person | None, catalogue: str, organizations: Collection[str]
    ) -> Sequence[Dated]:
        """As `Upkeep.resources`."""
        if not await self._is_read(catalogue):
            raise CatalogueError(
                _("The bot is still reading this catalogue. Try again in a minute.")
            )
        viewer = EVERYONE
        if person:
            viewer = (await self._own_parts.of(person, catalogue)).sight.viewer
        return await self._upkeeps.kept(catalogue, viewer=viewer, organizations=organizations)

    async def months(self, catalogue: str, organizations: Collection[str]) -> Sequence[Month]:
        """As `Upkeep.months`."""
        return await self._upkeeps.months(catalogue, organizations, most=MONTHS)

    async def round(self) -> None:
        """Once a working day, keep how each organization stands and note what fell overdue.

        Nobody is reminded before offices open; a catalogue waits until the index knows all of it.
        """
        now = self._clock()
        today = today_at(now)
        if not is_working_day(today) or now.astimezone(PROVINCE).hour < OPENS:
            return
        await self._one_by_one.do(self._catalogues, partial(self._keep, now=now), str)

    async def _keep(self, catalogue: str, now: datetime) -> None:
        today = today_at(now)
        last = await self._upkeeps.last_day(catalogue)
        # Nor is anybody reminded twice where a clock goes back.
        if (last and last >= today) or not await self._is_read(catalogue):
            return
        kept = await self._upkeeps.kept(catalogue)
        standings: dict[str, Counter[Standing]] = defaultdict(Counter)
        for one in kept:
            standings[one.owner_org][one.promise.standing(today)] += 1
        noted = partial(_note, catalogue=catalogue, kept=kept, last=last, now=now)
        await self._upkeeps.keep_day(catalogue, today, standings, noted)

    async def _is_read(self, catalogue: str) -> bool:
        part = await self._index.part(catalogue)
        return part is not None and part.complete


async def _note(
    connection: AsyncConnection,
    catalogue: str,
    kept: Sequence[Dated],
    last: date | None,
    now: datetime,
) -> None:
    """Write down for those who want to hear of it which records have data that is late now.

    `last` is the day when it was looked at before. Restricted records are those that a channel was
    allowed to hear of.
    """
    if last is None:
        return
    restricted = {
        one.id: one for one in await snapshots.allowed(connection, catalogue) if one.is_published
    }
    resources = [*kept, *(one for package in restricted.values() for one in _dated(package))]
    late = [one for one in resources if one.promise.fell_overdue(last, today_at(now))]
    ids = {one.package_id for one in late}
    known = restricted | await snapshots.known(connection, catalogue, Sight.EVERYONE, ids)
    await events.add(
        connection,
        [
            Event(
                catalogue=catalogue,
                subject=subject_of(package),
                happening=Happening(
                    Kind.OVERDUE,
                    tuple(_missed(one) for one in late if one.package_id == package_id),
                ),
                at=now,
                public=package.is_public,
            )
            for package_id, package in sorted(known.items())
            if package_id in ids
        ],
    )


def _dated(package: Package) -> Iterator[Dated]:
    for one in package.resources:
        promise = promise_of(package, one)
        yield Dated(one.id, one.title, package.id, package.title, package.owner_org, promise)


def _missed(one: Dated) -> Moved:
    updated = one.promise.updated
    before = updated.isoformat() if updated else ABSENT
    return Moved("last_modified", before, before, one.resource_id, one.title)


@dataclass(frozen=True, slots=True)
class _UpkeepOf(Upkeep):
    upkeeping: Upkeeping
    person: Person | None
    catalogue: str

    @override
    async def resources(self, organizations: Collection[str]) -> Sequence[Dated]:
        return await self.upkeeping.resources(self.person, self.catalogue, organizations)

    @override
    async def months(self, organizations: Collection[str]) -> Sequence[Month]:
        return await self.upkeeping.months(self.catalogue, organizations)
