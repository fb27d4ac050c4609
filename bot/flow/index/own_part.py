"""A person's own part of the index: the unpublished and restricted records that person may see.

Read with the person's key while the person uses it, and good for a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from pydantic import SecretStr

from bot.ckan.actions import package_search
from bot.ckan.explain import AWAY, explain
from bot.ckan.models import Package, Rights, moment_of
from bot.ckan.transport import Site
from bot.ckan.visibility import NOT_PUBLIC, Viewer, as_seen
from bot.context import Person, Reader
from bot.errors import NotConnectedError, UserError
from bot.faults import in_parts
from bot.flow.index.everyone import (
    EARLIEST,
    NEWEST_FIRST,
    PAGE,
    Pace,
    next_try,
    odd,
    shown,
)
from bot.flow.people import Clock
from bot.log import logger
from bot.store.index import Index, Part
from bot.store.keys import Binding, Keys
from bot.store.look import Sight
from bot.text import _

_log = logger(__name__)

KEPT: Final = timedelta(days=7)
"""How long a part waits for its person to come back."""
TRUSTED: Final = timedelta(minutes=15)
"""How long rights count that the catalogue cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """With whose eyes to look; `note` tells what is missing, and `complete` if nothing is."""

    sight: Sight
    complete: bool = True
    note: str = ""


def rights_in(part: Part | None, now: datetime) -> Rights:
    """The rights of a part's viewer, as long as they count without asking the catalogue."""
    return part.rights if part and _counts(part, now) else Rights()


def _counts(part: Part, now: datetime) -> bool:
    return part.synced_at is not None and now < part.synced_at + TRUSTED


class OwnParts:
    """People's own parts, each read once however many wait for it."""

    def __init__(
        self,
        *,
        index: Index,
        keys: Keys,
        sites: Callable[[str, SecretStr | None], Site],
        readers: Callable[[str, SecretStr | None], Reader],
        clock: Clock,
    ) -> None:
        self.pace = Pace()
        self._index = index
        self._keys = keys
        self._sites = sites
        self._readers = readers
        self._clock = clock
        self._reads: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._late: set[tuple[str, str]] = set()

    async def of(self, person: Person, catalogue: str) -> Seen:
        """What a person may look at; brought up to date first, for as long as patience lasts."""
        try:
            binding = await self._keys.get(person, catalogue)
        except NotConnectedError as error:
            return Seen(Sight(), note=str(error))
        if binding is None:
            return Seen(Sight())
        viewer = binding.user.id
        if binding.dead_at is not None:
            await self._index.drop(catalogue, viewer)
            return Seen(Sight(), note=_dead())
        part = await self._index.part(catalogue, viewer)
        is_due = part is None or self._clock() >= part.due_at
        if is_due and await self._wait(binding, part):
            part = await self._index.part(catalogue, viewer)
        if part is None:
            return Seen(Sight(), complete=False)
        if not part.complete or not _counts(part, self._clock()):
            return Seen(Sight(), complete=False, note=part.fault)
        return Seen(Sight(viewer, part.rights), note=part.fault)

    async def learn(
        self, person: Person, catalogue: str, packages: Mapping[str, Package | None]
    ) -> None:
        """Take records as the bot has just saved them for a person; None for one that is gone.

        Whatever goes wrong here is mended by the next reading, and told to the log alone.
        """
        try:
            binding = await self._keys.get(person, catalogue)
            for package_id, package in packages.items():
                if package is None:
                    await self._index.gone(catalogue, package_id)
                elif binding is not None:
                    await self._index.learn(catalogue, binding.user.id, package)
        except Exception:  # noqa: BLE001  # the change itself is safe
            _log.exception("index_not_told", catalogue=catalogue)

    async def forget(self, catalogue: str, viewer: str) -> None:
        """Let go of a part at once, and of what is being read for it."""
        task = self._reads.pop((catalogue, viewer), None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._index.drop(catalogue, viewer)

    async def prune(self) -> None:
        """Let go of the parts nobody uses any more."""
        for catalogue, viewer in await self._index.unused(self._clock() - KEPT):
            await self._index.drop(catalogue, viewer)

    async def stop(self) -> None:
        """Leave what is being read."""
        tasks = list(self._reads.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, binding: Binding, part: Part | None) -> bool:
        """Read the part anew, and answer whether that ended in time.

        Nobody waits for a catalogue that has just kept one waiting.
        """
        key = binding.catalogue, binding.user.id
        task = self._reads.get(key)
        if task is None:
            task = asyncio.create_task(self._read(binding))
            self._reads[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        elif key in self._late:
            return False
        if part is not None and part.fault:
            return False
        done, _pending = await asyncio.wait({task}, timeout=self.pace.patience)
        if not done:
            self._late.add(key)
        return bool(done)

    def _done(self, key: tuple[str, str], task: asyncio.Task[None]) -> None:
        if self._reads.get(key) is task:
            del self._reads[key]
        self._late.discard(key)

    async def _read(self, binding: Binding) -> None:
        catalogue, viewer = binding.catalogue, binding.user.id
        now = self._clock()
        # As it is now: another reading may have ended since somebody found it due.
        part = await self._index.part(catalogue, viewer)
        part = part or Part(catalogue=catalogue, viewer=viewer, due_at=now)
        try:
            rights = await self._readers(catalogue, binding.secret).rights()
            await self._sync(binding, rights)
        except NotConnectedError:
            await self._index.drop(catalogue, viewer)
            await self._keys.mark_dead(binding.person, catalogue, now)
        except AWAY as error:
            told = error if isinstance(error, UserError) else explain(error)
            failures = part.failures + 1
            due_at = next_try(self._clock(), failures, self.pace)
            _log.info("own_part_not_read", catalogue=catalogue, fault=type(error).__name__)
            await self._index.keep(replace(part, fault=str(told), failures=failures, due_at=due_at))
        else:
            await self._index.keep(_read_now(part, rights, now, self.pace))

    async def _sync(self, binding: Binding, rights: Rights) -> None:
        catalogue, viewer = binding.catalogue, binding.user.id
        known = await self._index.known(catalogue, viewer)
        seen: set[str] = set()
        async for packages in self._pages(binding):
            mine = [one for one in packages if _is_own(one, rights)]
            seen |= {one.id for one in mine}
            fresh = [one for one in mine if known.get(one.id) != one.metadata_modified]
            await in_parts(fresh, partial(self._index.put, catalogue, viewer), odd, away=AWAY)
        gone = set(known) - seen
        gone -= await self._not_found_yet(binding, rights, {one: known[one] for one in gone})
        await self._index.forget(catalogue, viewer, sorted(gone))

    async def _not_found_yet(
        self, binding: Binding, rights: Rights, missing: Mapping[str, str]
    ) -> set[str]:
        """Which of these, by when each was saved, are there though the search does not tell them.

        It is a little behind, so each that was saved just before is asked for itself.
        """
        site = self._sites(binding.catalogue, binding.secret)
        since = self._clock() - self.pace.overlap
        late = [one for one, saved in missing.items() if (moment_of(saved) or EARLIEST) >= since]
        found = await shown(site, late)
        return {key for key, one in found.items() if one and _is_own(one, rights)}

    async def _pages(self, binding: Binding) -> AsyncIterator[tuple[Package, ...]]:
        start = 0
        while True:
            result = await package_search(
                self._sites(binding.catalogue, binding.secret),
                fq=NOT_PUBLIC,
                sort=NEWEST_FIRST,
                rows=PAGE,
                start=start,
                include_private=True,
            )
            yield result.packages
            start += len(result.packages)
            if not result.packages or start >= result.count:
                return


def _is_own(package: Package, rights: Rights) -> bool:
    """Whether a record that a person finds is one that not everyone does."""
    seen = as_seen(package, Viewer(rights)) is not None
    return seen and not package.is_public and not package.deleted


def _read_now(part: Part, rights: Rights, now: datetime, pace: Pace) -> Part:
    return replace(
        part,
        rights=rights,
        synced_at=now,
        due_at=now + pace.fresh,
        complete=True,
        fault="",
        failures=0,
    )


def _dead() -> str:
    return _("The catalogue no longer knows your key: type /bcdc connect. Public records only.")
