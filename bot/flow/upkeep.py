"""How fresh the data of a catalogue is, from what the index keeps of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from typing_extensions import override

from bot.context import Person, Upkeep
from bot.errors import CatalogueError
from bot.flow.own_part import OwnParts
from bot.flow.people import Clock
from bot.notices.freshness import Dated, Month, Standing, today_at
from bot.store.index import Index
from bot.store.look import EVERYONE
from bot.store.upkeep import Upkeeps
from bot.text import _

MONTHS: Final = 12


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

    async def fell_overdue(self, catalogue: str, since: date, until: date) -> list[Dated]:
        """Public resources that were not overdue on `since`, and are on `until`.

        Asked from day to day, it names each update that is missed once.
        """
        kept = await self._upkeeps.kept(catalogue)
        return [one for one in kept if one.promise.fell_overdue(since, until)]

    async def round(self) -> None:
        """Keep once a day how each organization stands, where the index knows all of it."""
        today = today_at(self._clock())
        for catalogue in self._catalogues:
            if await self._upkeeps.last_day(catalogue) == today or not await self._is_read(
                catalogue
            ):
                continue
            standings: dict[str, Counter[Standing]] = defaultdict(Counter)
            for one in await self._upkeeps.kept(catalogue):
                standings[one.owner_org][one.promise.standing(today)] += 1
            await self._upkeeps.keep_month(catalogue, today, standings)

    async def _is_read(self, catalogue: str) -> bool:
        part = await self._index.part(catalogue)
        return part is not None and part.complete


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
