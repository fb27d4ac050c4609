"""Looks at what not everyone may see, for channels that an organization's admin lets hear of it.

With that admin's revocable token, as far as the admin's rights reach now, and with one search a
cycle. A token that died, or rights that are gone, put the subscriptions to rest.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

from bot.ckan.actions import SearchResult, package_search
from bot.ckan.explain import AWAY
from bot.ckan.models import Package, moment_of
from bot.ckan.transport import Site
from bot.ckan.visibility import NOT_PUBLIC
from bot.context import Person, Reader
from bot.faults import in_parts
from bot.flow.index.everyone import (
    EARLIEST,
    NEWEST_FIRST,
    PAGE,
    Pace,
    newest,
    next_try,
    odd,
    odd_one,
    shown,
)
from bot.flow.people import Clock
from bot.flow.teams.resting import Resting
from bot.flow.teams.sights import Sights, reach_of
from bot.flow.teams.telling import parents
from bot.flow.teams.witness import Witness
from bot.log import logger
from bot.store.snapshots import Sight, Snapshots
from bot.store.subscriptions import GONE, Subscription, Subscriptions
from bot.store.watches import Watched, Watches

_log = logger(__name__)

GLANCE: Final = 10
"""Records asked for when hardly anything can have changed."""
LOOK_EVERY: Final = timedelta(seconds=5)
"""How often it is asked what there is to look at; how often it is looked is the pace's to say."""

Admin: TypeAlias = tuple[Person, str]
"""Whose token, for which catalogue."""


class Watch:
    """`round` is called every second, in one process at a time."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        watches: Watches,
        snapshots: Snapshots,
        sights: Sights,
        witness: Witness,
        resting: Resting,
        readers: Callable[[str], Reader],
        clock: Clock,
    ) -> None:
        self.pace = Pace()
        self._subscriptions = subscriptions
        self._watches = watches
        self._snapshots = snapshots
        self._sights = sights
        self._witness = witness
        self._resting = resting
        self._readers = readers
        self._clock = clock
        self._next: datetime | None = None
        self._under_way: dict[Admin, asyncio.Task[None]] = {}

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way, which may still find more of what happened."""
        return bool(self._under_way)

    async def round(self) -> None:
        """Begin what is due, and wait for none of it."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return
        self._next = now + LOOK_EVERY
        for admin, subscriptions in (await self._admins()).items():
            watched = await self._watches.find(*admin)
            if admin not in self._under_way and (watched is None or watched.due_at <= now):
                self._begin(admin, self.look(admin, subscriptions, watched))

    async def look_at_all(self) -> None:
        """Look at everything now, due or not."""
        for admin, subscriptions in (await self._admins()).items():
            await self.look(admin, subscriptions, await self._watches.find(*admin))

    def _begin(self, admin: Admin, looking: Awaitable[None]) -> None:
        task = asyncio.ensure_future(looking)
        self._under_way[admin] = task
        task.add_done_callback(lambda _done: self._under_way.pop(admin, None))

    async def stop(self) -> None:
        """Leave what is under way; it is taken up at the next start."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(
        self, admin: Admin, subscriptions: Sequence[Subscription], watched: Watched | None
    ) -> None:
        """One look with the admin's token. What fails is tried again less and less often."""
        now = self._clock()
        before = watched or Watched(due_at=now)
        try:
            after = await self._look(admin, subscriptions, before)
        except AWAY as error:
            failures = before.failures + 1
            due_at = next_try(now, failures, self.pace)
            after = replace(before, failures=failures, due_at=due_at)
            _log.warning("watch_not_read", catalogue=admin[1], fault=type(error).__name__)
        except Exception:  # noqa: BLE001  # nobody awaits this task
            _log.exception("watch_broken", catalogue=admin[1])
            after = replace(before, due_at=now + self.pace.longest)
        else:
            after = replace(after, failures=0, due_at=now + self.pace.cycle)
        await self._watches.keep(*admin, after)

    async def _look(
        self, admin: Admin, subscriptions: Sequence[Subscription], before: Watched
    ) -> Watched:
        person, catalogue = admin
        found = await self._sights.admin(person, catalogue)
        above = parents(await self._readers(catalogue).organizations())
        reach: set[str] = set()
        for subscription in subscriptions:
            mine = reach_of(subscription, above, found[1].rights) if found else frozenset()
            if not mine:
                await self._resting.rest([subscription], GONE)
            reach |= mine
        if found is None or not reach:
            return before
        return await _Looking(found[0], sorted(reach), self._witness, self._snapshots).read(
            before, self.pace, self._clock()
        )

    async def _admins(self) -> dict[Admin, list[Subscription]]:
        by_admin: dict[Admin, list[Subscription]] = defaultdict(list)
        for one in await self._subscriptions.restricted():
            by_admin[one.person, one.catalogue].append(one)
        return by_admin


@dataclass(frozen=True, slots=True)
class _Looking:
    """One look at the records of these organizations that not everyone may see."""

    site: Site
    organizations: list[str]
    witness: Witness
    snapshots: Snapshots

    async def read(self, before: Watched, pace: Pace, now: datetime) -> Watched:
        """Read what changed; everything, which is no news, where the organizations are new."""
        baseline = before.organizations != self.organizations
        since = (moment_of(before.cursor) or EARLIEST) - pace.overlap
        cursor, start, rows = before.cursor, 0, PAGE if baseline else GLANCE
        while True:
            result = await self._ask(rows, start)
            packages = result.packages
            saw = partial(self.witness.saw, self.site, sight=Sight.ALLOWED, baseline=baseline)
            await in_parts(packages, saw, odd, away=AWAY)
            cursor = newest(cursor, packages, now)
            start, rows = start + len(packages), PAGE
            late = packages and (moment_of(packages[-1].metadata_modified) or EARLIEST) < since
            if not packages or start >= result.count or (late and not baseline):
                break
        known = await self.snapshots.of(self.site.catalogue, Sight.ALLOWED, self.organizations)
        if len(known) > result.count:
            await self._confirm(known - await self._ids(result.count))
        return replace(before, cursor=cursor, organizations=self.organizations)

    async def _confirm(self, ids: Collection[str]) -> None:
        """Ask for each record that was not found any more."""
        found = await shown(self.site, ids)
        gone = [(key, one) for key, one in found.items() if not one or not one.is_public]

        async def let_go(some: Iterable[tuple[str, Package | None]]) -> None:
            await self.witness.gone(self.site, dict(some), Sight.ALLOWED)

        await in_parts(gone, let_go, odd_one, away=AWAY)

    async def _ids(self, count: int) -> set[str]:
        found: set[str] = set()
        for start in range(0, count, PAGE):
            result = await self._ask(PAGE, start, fl=("id",))
            found |= {package.id for package in result.packages}
        return found

    async def _ask(self, rows: int, start: int, fl: Sequence[str] = ()) -> SearchResult:
        ids = " OR ".join(f'"{one}"' for one in self.organizations)
        return await package_search(
            self.site,
            fq=f"+owner_org:({ids}) {NOT_PUBLIC}",
            sort=NEWEST_FIRST,
            rows=rows,
            start=start,
            include_private=True,
            fl=fl,
        )
