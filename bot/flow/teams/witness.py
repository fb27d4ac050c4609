"""Finds out what happened to records, by the bot or by others, and writes it down once.

What was last seen of a record is kept. The bot's own writes move that on in the transaction that
ends their change, and while one is under way its records are left alone; so whoever looks next
finds what others did, and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import FieldEdit, State, Write, same
from bot.ckan.attribution import authors
from bot.ckan.models import Package
from bot.ckan.transport import Site
from bot.ckan.visibility import Channel, as_seen, as_told
from bot.flow.people import Clock
from bot.notices.events import NOBODY, Doer, Event, Happening, Kind, subject_of
from bot.notices.known import before_writes, happenings
from bot.store import events, snapshots
from bot.store.db import Database
from bot.store.notice_tables import subscription
from bot.store.snapshots import Sight
from bot.store.stored import StoredChange
from bot.store.tables import change, change_write

Tell: TypeAlias = Callable[[AsyncConnection], Awaitable[None]]


class Witness:
    """Compares what is with what was known."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def of(self, stored: StoredChange, author: str, packages: Mapping[str, Package | None]) -> Tell:
        """What the end of a change calls in its transaction, to tell what it did.

        `author` is the catalogue's name of whose key wrote; `packages` are the records after the
        writes that were made, by the id that the writes name.
        """
        doer = Doer(
            author=author,
            tenant=stored.requester.tenant,
            user_id=stored.requester.user_id,
            change_id=stored.id,
        )

        async def tell(connection: AsyncConnection) -> None:
            look = _Look(connection, stored.catalogue, self._clock())
            for named, package in packages.items():
                writes = [row.write for row in stored.writes if row.write.package_id == named]
                if package is not None:
                    await look.did(doer, package, writes)

        return tell

    async def saw(
        self, site: Site, packages: Iterable[Package], sight: Sight, *, baseline: bool = False
    ) -> None:
        """Compare these records, read in this sight, with what was known of them.

        At a `baseline` nothing is known yet, so that a new record is no news.
        """
        public = sight is Sight.EVERYONE
        by_id = {one.id: one for one in packages if one.is_public is public and not one.deleted}
        async with self._db.read() as connection:
            seen = await snapshots.modified(connection, site.catalogue, sight, by_id)
        fresh = {
            key: one for key, one in by_id.items() if one.metadata_modified > seen.get(key, "")
        }
        if not fresh:
            return
        names = {} if baseline else await authors(site, {key: seen.get(key, "") for key in fresh})
        async with self._db.write() as connection:
            look = _Look(connection, site.catalogue, self._clock())
            busy = await look.busy(fresh.values())
            known = await look.known(sight, list(fresh))
            for key in fresh.keys() - busy:
                before, doer = known.get(key), Doer(names.get(key, ""))
                if before is None and baseline:
                    await look.remember(fresh[key])
                # Meanwhile the bot itself may have seen it in a newer state.
                elif before is None or fresh[key].metadata_modified > before.metadata_modified:
                    await look.found(doer, before, fresh[key])

    async def gone(self, site: Site, found: Mapping[str, Package | None], sight: Sight) -> None:
        """Take note of records that are not seen any more: as they are now, None where hidden.

        Whether one that CKAN hides was deleted or made private nobody can say, so it is not told.
        """
        there = {key: one for key, one in found.items() if one is not None}
        async with self._db.read() as connection:
            seen = await snapshots.modified(connection, site.catalogue, sight, list(found))
        names = await authors(site, {key: seen[key] for key in there if key in seen})
        async with self._db.write() as connection:
            look = _Look(connection, site.catalogue, self._clock())
            known = await look.known(sight, list(found))
            busy = await look.busy(known.values())
            for key in known.keys() - busy:
                if key in there:
                    await look.found(Doer(names.get(key, "")), known[key], there[key])
                elif sight is Sight.EVERYONE:
                    await look.hidden(known[key])
                else:
                    await snapshots.forget(connection, site.catalogue, sight, [key])


class _Look:
    """One look at a catalogue's records, in one transaction."""

    def __init__(self, connection: AsyncConnection, catalogue: str, now: datetime) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._now = now
        self._allowed: bool | None = None

    async def known(self, sight: Sight, ids: Sequence[str]) -> dict[str, Package]:
        """The records as they were last seen; hidden ones maybe when they still were public."""
        found = await snapshots.known(self._connection, self._catalogue, sight, ids)
        missing = [one for one in ids if one not in found]
        if sight is Sight.ALLOWED and missing:
            found |= await snapshots.known(
                self._connection, self._catalogue, Sight.EVERYONE, missing
            )
        return found

    async def busy(self, packages: Iterable[Package]) -> set[str]:
        """Ids of those that a change of the bot's own is just writing."""
        ids = {named: one.id for one in packages for named in (one.id, one.name)}
        if not ids:
            return set()
        writing = (
            sa.select(change_write.c.package_id)
            .join(change, change.c.id == change_write.c.change_id)
            .where(change.c.state == State.APPLYING, change.c.catalogue == self._catalogue)
        )
        return {ids[one] for one in await self._connection.scalars(writing) if one in ids}

    async def did(self, doer: Doer, after: Package, writes: Sequence[Write]) -> None:
        """Tell what the writes did, and apart from it what others had done before them."""
        before = before_writes(after, writes)
        own = happenings(before, after)
        sight = Sight.EVERYONE if before and before.is_public else Sight.ALLOWED
        known = await self.known(sight, [after.id])
        if before is not None and after.id in known:
            others = _without(happenings(known[after.id], before), own)
            await self._write_down(others, NOBODY, known[after.id], before)
        await self._write_down(own, doer, before, after)
        await self.remember(after)

    async def found(self, doer: Doer, before: Package | None, after: Package) -> None:
        """Tell what others did."""
        await self._write_down(happenings(before, after), doer, before, after)
        await self.remember(after)

    async def remember(self, package: Package) -> None:
        """Keep the record as it is: what not everyone may see only where a channel may hear it."""
        sight = Sight.EVERYONE if package.is_public else Sight.ALLOWED
        other = Sight.ALLOWED if package.is_public else Sight.EVERYONE
        await snapshots.forget(self._connection, self._catalogue, other, [package.id])
        shown = as_seen(package, Channel(drafts=frozenset({package.owner_org})))
        if shown is None:
            await snapshots.forget(self._connection, self._catalogue, sight, [package.id])
        elif package.is_public or await self._anybody_allowed():
            await snapshots.put(self._connection, self._catalogue, sight, [shown])

    async def hidden(self, package: Package) -> None:
        """Keep a record that went out of everyone's sight for those who may be allowed it."""
        await snapshots.forget(self._connection, self._catalogue, Sight.EVERYONE, [package.id])
        if await self._anybody_allowed():
            await snapshots.put(self._connection, self._catalogue, Sight.ALLOWED, [package])

    async def _write_down(
        self,
        found: Iterable[Happening],
        doer: Doer,
        before: Package | None,
        after: Package,
    ) -> None:
        was_public = before is not None and before.is_public
        if after.is_public and not was_public:
            # What it was before is not for everyone.
            found = happenings(None, after) if found else ()
        made = [
            Event(
                catalogue=self._catalogue,
                subject=subject_of(after),
                happening=one,
                at=self._now,
                public=after.is_public or (was_public and one.kind is Kind.ARCHIVED),
                author=doer.author,
                tenant=doer.tenant,
                user_id=doer.user_id,
                change_id=doer.change_id,
            )
            for one in map(_told, found)
            if one.moved or one.kind is not Kind.CHANGED
        ]
        if any(not one.public for one in made) and not await self._anybody_allowed():
            made = [one for one in made if one.public]
        await events.add(self._connection, made)

    async def _anybody_allowed(self) -> bool:
        """Whether a channel may hear of what not everyone may see in this catalogue."""
        if self._allowed is None:
            asked = sa.select(
                sa.exists().where(
                    subscription.c.catalogue == self._catalogue,
                    subscription.c.restricted.is_(sa.true()),
                )
            )
            self._allowed = bool(await self._connection.scalar(asked))
        return self._allowed


def _told(happening: Happening) -> Happening:
    """The happening without contacts that are not for channels."""
    told = [as_told(FieldEdit(one.field, "", one.before, one.after)) for one in happening.moved]
    moved = tuple(
        replace(one, before=edit.before, after=edit.after)
        for one, edit in zip(happening.moved, told, strict=True)
        if not same(edit.before, edit.after)
    )
    return replace(happening, moved=moved)


def _without(others: Iterable[Happening], own: Iterable[Happening]) -> list[Happening]:
    """What others did: all that the bot's own writes did not touch."""
    touched = {(one.field, one.resource_id) for what in own for one in what.moved}
    files = {
        one.resource_id
        for what in own
        if what.kind in {Kind.FILE, Kind.ADDED, Kind.REMOVED}
        for one in what.moved
    }
    left: list[Happening] = []
    for what in others:
        moved = tuple(
            one
            for one in what.moved
            if (one.field, one.resource_id) not in touched and one.resource_id not in files
        )
        left += [replace(what, moved=moved)] if moved else []
    return left
