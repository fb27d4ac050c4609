"""Keeps everyone's part of the index: fills it, then follows what changes, for the witness too.

Asked without a key, so it holds what everybody may see. One search a cycle tells what changed, and
by its count whether something disappeared; only then, and once an hour, ids are compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from bot.ckan.actions import SearchResult, package_search, package_show
from bot.ckan.explain import AWAY, explain
from bot.ckan.faults import CKANAPIError, NotAuthorized, NotFound, is_odd
from bot.ckan.models import Package, moment_of
from bot.ckan.transport import Site
from bot.context import Reader
from bot.errors import UserError
from bot.faults import in_parts, tell
from bot.flow.people import Clock
from bot.flow.teams.witness import Witness
from bot.log import logger
from bot.store.index import Index, Part
from bot.store.look import EVERYONE
from bot.store.names import of_organizations
from bot.store.snapshots import Sight

_log = logger(__name__)

NEWEST_FIRST: Final = "metadata_modified desc, id asc"
"""Whatever changes while pages are read comes to the front, so that nothing is passed over."""
PAGE: Final = 1000
GLANCE: Final = (10, 100)
"""Records asked for first when hardly anything can have changed."""
EARLIEST: Final = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
"""Stands for the moment of what has none."""
CONFIRMED: Final = 100
"""Records asked for one by one in a cycle, to see whether they are gone."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the catalogues are asked."""

    cycle: timedelta = timedelta(seconds=60)
    compare: timedelta = timedelta(hours=1)
    overlap: timedelta = timedelta(minutes=5)
    """A save becomes visible when it ends, with the time of its beginning."""
    fresh: timedelta = timedelta(seconds=60)
    """How long a person's own part is good."""
    longest: timedelta = timedelta(minutes=15)
    """Between two tries while the catalogue fails."""
    patience: float = 1.5
    """Seconds that one who types waits for the catalogue."""


def next_try(now: datetime, failures: int, pace: Pace) -> datetime:
    """When to ask a catalogue again that failed so many times in a row."""
    wait: timedelta = pace.cycle * 2 ** min(failures - 1, 10)
    return now + min(wait, pace.longest)


def odd(package: Package, error: Exception) -> None:
    """Tell of a record that cannot be taken; it is tried again when it is read again."""
    tell(error, record=package.id)


def odd_one(found: tuple[str, Package | None], error: Exception) -> None:
    """The same of a record that is gone, by its id."""
    tell(error, record=found[0])


def newest(cursor: str, packages: Iterable[Package], now: datetime) -> str:
    """The newest change heard of, as CKAN writes its time.

    One with a time that is no time, or has yet to come, would hide all that changes until then.
    """
    times = [one.metadata_modified for one in packages]
    past = (time for time in times if (at := moment_of(time)) and at <= now)
    return max([cursor, *past])


async def shown(site: Site, ids: Iterable[str]) -> dict[str, Package | None]:
    """Some of these records by id, None for one that is hidden or gone.

    One that the catalogue cannot show is left out. Raises ckanapi's errors while it is away.
    """
    found: dict[str, Package | None] = {}
    for package_id in sorted(ids)[:CONFIRMED]:
        try:
            found[package_id] = await package_show(site, package_id)
        except (NotFound, NotAuthorized):
            found[package_id] = None
        except CKANAPIError as error:
            if not is_odd(error):
                raise
            tell(error, record=package_id)
    return found


class Poller:
    """Follows all catalogues; `round` is called every second, in one process at a time."""

    def __init__(
        self,
        *,
        index: Index,
        catalogues: Iterable[str],
        anyone: Callable[[str], Site],
        readers: Callable[[str], Reader],
        witness: Witness,
        measured: Callable[[str, dict[str, int], datetime], None],
        clock: Clock,
    ) -> None:
        self.pace = Pace()
        self._index = index
        self._catalogues = tuple(catalogues)
        self._anyone = anyone
        self._readers = readers
        self._witness = witness
        self._measured = measured
        self._clock = clock
        self._due: dict[str, datetime] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._looking = 0

    @property
    def is_looking(self) -> bool:
        """Whether a cycle is under way, which may still find more of what happened."""
        return self._looking > 0

    async def round(self) -> None:
        """Begin what is due, and wait for none of it."""
        for catalogue in self._catalogues:
            if catalogue in self._under_way:
                continue
            if self._clock() >= self._due.get(catalogue, datetime.min.replace(tzinfo=UTC)):
                part = await self._index.part(catalogue)
                self._due[catalogue] = part.due_at if part else self._clock()
                if self._clock() >= self._due[catalogue]:
                    self._begin(catalogue)

    def _begin(self, catalogue: str) -> None:
        task = asyncio.create_task(self.poll(catalogue))
        self._under_way[catalogue] = task
        task.add_done_callback(lambda _done: self._under_way.pop(catalogue, None))

    async def stop(self) -> None:
        """Leave what is under way; it is taken up at the next start."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def poll(self, catalogue: str) -> None:
        """One cycle, due or not. What fails is remembered, and tried again less and less often."""
        self._looking += 1
        try:
            await self._poll(catalogue)
        finally:
            self._looking -= 1

    async def _poll(self, catalogue: str) -> None:
        now = self._clock()
        old = await self._index.part(catalogue) or Part(catalogue=catalogue, due_at=now)
        try:
            part = await (self._catch_up(old) if old.complete else self._fill(old))
        except AWAY as error:
            told = error if isinstance(error, UserError) else explain(error)
            failures = old.failures + 1
            due_at = next_try(self._clock(), failures, self.pace)
            part = replace(old, fault=str(told), failures=failures, due_at=due_at)
            _log.warning("index_not_read", catalogue=catalogue, fault=type(error).__name__)
        except Exception:  # noqa: BLE001  # nobody awaits this task
            _log.exception("index_broken", catalogue=catalogue)
            part = replace(old, due_at=self._clock() + self.pace.longest)
        else:
            part = replace(part, synced_at=now, due_at=now + self.pace.cycle, fault="", failures=0)
        await self._index.keep(part)
        self._due[catalogue] = part.due_at
        if part.synced_at:
            self._measured(catalogue, await self._index.sizes(catalogue), part.synced_at)

    async def _fill(self, part: Part, *, anew: bool = False) -> Part:
        """Read everything; what is known already in that state is not written again."""
        catalogue = part.catalogue
        await self._index.keep(part)
        await self._read_organizations(catalogue)
        seen: set[str] = set()
        cursor, count = part.cursor, 0
        async for result in self._pages(catalogue, (PAGE,)):
            packages, count = result.packages, result.count
            await self._take(catalogue, packages, anew=anew, baseline=not part.complete)
            seen |= {package.id for package in packages if package.is_public}
            cursor = newest(cursor, packages, self._clock())
        known = await self._index.known(catalogue, EVERYONE)
        await self._confirm(catalogue, set(known) - seen, baseline=not part.complete)
        return await self._compared(part, cursor, count)

    async def _catch_up(self, part: Part) -> Part:
        catalogue = part.catalogue
        since = (moment_of(part.cursor) or EARLIEST) - self.pace.overlap
        cursor, count = part.cursor, 0
        async for result in self._pages(catalogue, (*GLANCE, PAGE)):
            packages, count = result.packages, result.count
            await self._take(catalogue, packages)
            cursor = newest(cursor, packages, self._clock())
            if packages and (moment_of(packages[-1].metadata_modified) or EARLIEST) < since:
                break
        now = self._clock()
        gap = count - await self._index.count(catalogue)
        is_due = part.compared_at is None or now >= part.compared_at + self.pace.compare
        if gap == part.gap and not is_due:
            return replace(part, cursor=cursor)
        if is_due and await self._read_organizations(catalogue):
            return await self._fill(part, anew=True)
        there = await self._ids(catalogue)
        known = set(await self._index.known(catalogue, EVERYONE))
        await self._confirm(catalogue, known - there)
        await self._confirm(catalogue, there - known)
        return await self._compared(part, cursor, count)

    async def _compared(self, part: Part, cursor: str, count: int) -> Part:
        gap, now = count - await self._index.count(part.catalogue), self._clock()
        since = part.complete_since or now
        return replace(
            part, cursor=cursor, gap=gap, compared_at=now, complete=True, complete_since=since
        )

    async def _take(
        self,
        catalogue: str,
        packages: Iterable[Package],
        *,
        anew: bool = False,
        baseline: bool = False,
    ) -> None:
        take = partial(self._take_some, catalogue, anew=anew, baseline=baseline)
        await in_parts({one.id: one for one in packages}.values(), take, odd, away=AWAY)

    async def _take_some(
        self, catalogue: str, packages: Sequence[Package], *, anew: bool, baseline: bool
    ) -> None:
        by_id = {package.id: package for package in packages}
        known = await self._index.known(catalogue, EVERYONE, by_id)
        changed = [
            package
            for package in by_id.values()
            if package.is_public and (anew or known.get(package.id) != package.metadata_modified)
        ]
        hidden = [key for key in known if not by_id[key].is_public]
        await self._index.put(catalogue, EVERYONE, changed)
        site = self._anyone(catalogue)
        await self._witness.saw(site, by_id.values(), Sight.EVERYONE, baseline=baseline)
        if hidden:
            await self._index.forget(catalogue, EVERYONE, hidden)
            found = {key: by_id[key] for key in hidden}
            await self._witness.gone(site, found, Sight.EVERYONE)

    async def _confirm(self, catalogue: str, ids: Iterable[str], *, baseline: bool = False) -> None:
        """Ask for each record itself: the search is a little behind, and may be rebuilt."""
        site = self._anyone(catalogue)
        found = await shown(site, ids)
        there = [one for one in found.values() if one and one.is_public]
        gone = {key: one for key, one in found.items() if not one or not one.is_public}

        async def let_go(some: Iterable[tuple[str, Package | None]]) -> None:
            by_id = dict(some)
            await self._index.forget(catalogue, EVERYONE, list(by_id))
            await self._witness.gone(site, by_id, Sight.EVERYONE)

        async def take(some: Iterable[Package]) -> None:
            await self._index.put(catalogue, EVERYONE, some)
            await self._witness.saw(site, some, Sight.EVERYONE, baseline=baseline)

        await in_parts(gone.items(), let_go, odd_one, away=AWAY)
        await in_parts(there, take, odd, away=AWAY)

    async def _ids(self, catalogue: str) -> set[str]:
        found: set[str] = set()
        async for result in self._pages(catalogue, (PAGE,), fl=("id",)):
            found |= {package.id for package in result.packages}
        return found

    async def _pages(
        self, catalogue: str, sizes: tuple[int, ...], *, fl: tuple[str, ...] = ()
    ) -> AsyncIterator[SearchResult]:
        """Records, newest first, in pages of these sizes and then of the last."""
        start, left = 0, list(sizes)
        while True:
            rows = left.pop(0) if len(left) > 1 else left[0]
            result = await package_search(
                self._anyone(catalogue), sort=NEWEST_FIRST, rows=rows, start=start, fl=fl
            )
            yield result
            start += len(result.packages)
            if not result.packages or start >= result.count:
                return

    async def _read_organizations(self, catalogue: str) -> bool:
        """Take all organizations; whether one of them is called otherwise than before."""
        entries = list(of_organizations(await self._readers(catalogue).organizations()))
        before = await self._index.titles(catalogue)
        await self._index.put_organizations(catalogue, entries)
        return any(before.get(one.id, one.title) != one.title for one in entries)
