"""The one place that writes to a catalogue.

A write happens once or not at all, and its person is told which. Every try starts by reading the
record: values as wanted mean that it is done, values as seen that it may be sent, anything else
that somebody else was here. So it may be called again after any crash (docs/catalogue.md, "Saving
with package_revise").
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from types import MappingProxyType
from typing import Final
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import FieldEdit, Json, State, WriteKind
from bot.ckan.faults import (
    ActionFailed,
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
    NotFound,
    Reason,
    Refused,
    SearchIndexError,
)
from bot.ckan.models import Package
from bot.ckan.standing import patiently
from bot.ckan.transport import Site
from bot.ckan.upload import Upload
from bot.ckan.visibility import OPENING
from bot.context import Operations, Person
from bot.errors import HeldError, NotAllowedError, UserError
from bot.flow.applying.effects import EFFECTS, Stands, moved, record_of
from bot.flow.applying.ending import EndedError, unsent, unsure
from bot.flow.applying.notify import Notify
from bot.flow.applying.refused import Refusals
from bot.flow.applying.second_look import AFTER, is_fragile
from bot.flow.applying.writer import TRIES, Writers
from bot.flow.deciding.consent import Consents
from bot.flow.deciding.onward import ask_onward, state_edit, withdraw
from bot.flow.editing.files import Files, Transfer
from bot.flow.people import Clock
from bot.flow.teams.witness import Witness
from bot.log import logger
from bot.store.changes import Changes, StoredChange
from bot.store.tables import Outcome
from bot.store.writes import StoredWrite
from bot.text import _

_log = logger(__name__)

PAUSES = (0.5, 1, 2, 4, 8, 15, 30, 60, 60, 60)
"""Seconds between looks: a save that may be under way is given minutes to show its effect."""
PATIENCE = 5
"""Looks before the bot gives up on a write it never sent."""
_SERVER_ERRORS: Final = (ActionFailed, SearchIndexError)
"""What a catalogue answers to some bodies, and saves nothing, but also to a passing fault."""
_NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})


class Applying:
    """Applies approved changes; called by the durable engine, at least once for each."""

    def __init__(
        self,
        *,
        changes: Changes,
        files: Files,
        writers: Writers,
        consents: Consents,
        refusals: Refusals,
        operations: Callable[[Person, str], Operations],
        notify: Notify,
        witness: Witness,
        wake: Callable[[], None],
        learn: Callable[[Person, str, Mapping[str, Package | None]], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._files = files
        self._writers = writers
        self._consents = consents
        self._refusals = refusals
        self._operations = operations
        self._notify = notify
        self._witness = witness
        self._wake = wake
        self._learn = learn
        self._clock = clock
        # One writer a record at a time; a lock goes when nobody holds or awaits it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, change_id: str) -> None:
        change = await self._changes.get(change_id)
        if change is None or change.state not in {State.APPROVED, State.APPLYING}:
            return
        await self._changes.move(change_id, State.APPLYING, now=self._clock())
        left = [stored for stored in change.writes if stored.outcome is not Outcome.APPLIED]
        packages = await self._made_before(change)
        try:
            # What was all made before a crash needs no key any more.
            if left:
                site = await self._writers.site(change)
                for stored in left:
                    packages[stored.write.package_id] = await self._write(site, change, stored)
        except EndedError as ended:
            await self._end(change, ended.state, ended.reason, packages)
        else:
            await self._end(change, State.APPLIED, "", packages)

    async def gave_up(self, change_id: str, reference: str) -> None:
        """End a change whose applying kept failing for a reason nobody foresaw."""
        change = await self._changes.get(change_id)
        if change is not None and change.state in {State.APPROVED, State.APPLYING}:
            await self._changes.move(change_id, State.APPLYING, now=self._clock())
            reason = _(
                "Something went wrong here, so look at the record before you try again. "
                "If it stays, tell the people who run this bot: {reference}"
            ).format(reference=reference)
            await self._end(change, State.FAILED, reason, {})

    async def _made_before(self, change: StoredChange) -> dict[str, Package | None]:
        """The records of what was written before a crash, as everyone reads them now.

        They tell where the change is confirmed; without those that nobody reads.
        """
        site, packages = self._writers.anyone(change), dict[str, Package | None]()
        for stored in change.writes:
            if stored.outcome is Outcome.APPLIED:
                with suppress(CKANAPIError):
                    look = partial(record_of, site, stored.write)
                    packages[stored.write.package_id] = await patiently(TRIES)(look)
        return packages

    async def _write(self, site: Site, change: StoredChange, stored: StoredWrite) -> Package | None:
        """The record after the write. Raises EndedError when it can or must not be made."""
        write = stored.write
        effect = EFFECTS[write.kind]
        package: Package | None = None
        # Whether a request may have happened whose end nobody knows.
        doubt = before = stored.sent_at is not None
        fault: CKANAPIError | None = None
        failures = 0
        async with self._locks.setdefault(write.package_id, asyncio.Lock()):
            for look, pause in enumerate(PAUSES):
                try:
                    package = await record_of(site, write)
                    stands = effect.stands(package, write)
                    if stands is Stands.DONE:
                        return await self._done(stored, package)
                    if stands is Stands.MOVED:
                        await self._settle(stored, Outcome.STALE)
                        raise EndedError(State.STALE, moved(package, write, doubt=doubt))
                    await self._may_send(site, change, stored, package, doubt=doubt)
                    before, doubt = doubt, True
                    async with self._file(change, stored, doubt=before) as upload:
                        await self._changes.mark_sent(stored.id, self._clock())
                        sent = await effect.send(site, package, write, upload)
                    return await self._done(stored, sent)
                except (Refused, NotAuthorized, NotFound, *_SERVER_ERRORS) as error:
                    fault = error
                    failures += isinstance(error, _SERVER_ERRORS)
                    if isinstance(error, Refused) and error.unmatched:
                        doubt = before
                    elif failures != 1 or not isinstance(error, _SERVER_ERRORS):
                        raise await self._refused(change, stored, package, error) from None
                except CKANAPIError as error:
                    fault = error
                    doubt = before or (doubt and _reason(error) not in _UNMADE)
                    if _reason(error) is Reason.UPLOAD_TOO_LARGE:
                        break
                _log.warning("write_in_doubt", write=stored.id, fault=type(fault).__name__)
                if not doubt and look >= PATIENCE:
                    break
                await asyncio.sleep(max(pause, min(60, getattr(fault, "retry_after", None) or 0)))
        await self._settle(stored, Outcome.FAILED)
        raise EndedError(State.FAILED, unsure(fault) if doubt else unsent(fault))

    async def _may_send(
        self,
        site: Site,
        change: StoredChange,
        stored: StoredWrite,
        package: Package | None,
        *,
        doubt: bool,
    ) -> None:
        """Ask what operators stopped, and what policy demands of the record as it is now.

        Raises HeldError while all is held, EndedError for what nobody may change any more.
        """
        operations = self._operations(change.requester, change.catalogue)
        if await operations.paused():
            raise HeldError
        if package and await self._consents.lacking(change, package, site):
            await self._settle(stored, Outcome.STALE)
            raise EndedError(
                State.STALE,
                _(
                    "Changes to this record have to be approved by now, and nobody was asked. "
                    "Start again to ask."
                ),
            )
        moved_to = {str(e.after) for e in stored.write.edits if e.field == "owner_org" and e.after}
        try:
            await operations.check_person()
            for owner in {package.owner_org if package else "", *moved_to}:
                await operations.check_organization(owner)
        except NotAllowedError as error:
            await self._settle(stored, Outcome.FAILED)
            told = unsure(error) if doubt else unsent(error)
            raise EndedError(State.FAILED, told) from None

    @asynccontextmanager
    async def _file(
        self, change: StoredChange, stored: StoredWrite, *, doubt: bool
    ) -> AsyncIterator[Upload | None]:
        """The file of a write, to be sent from its beginning; None for a write without one.

        Raises EndedError when there is nothing to send any more, or its person stopped it.
        """
        file = stored.write.file
        if file is None:
            yield None
            return

        async def note(sent: int) -> bool:
            return await self._changes.sending(stored.id, sent)

        if not await note(0):
            raise await self._stopped(stored)
        transfer: Transfer | None = None
        try:
            async with self._files.opened(file, change.requester) as source:
                transfer = Transfer(file, source, note)
                yield transfer.upload
        except UserError as error:
            await self._settle(stored, Outcome.FAILED)
            told = unsure(error) if doubt else unsent(error)
            raise EndedError(State.FAILED, told) from None
        except CatalogueUnavailable:
            if transfer and transfer.stopped:
                raise await self._stopped(stored) from None
            raise

    async def _refused(
        self,
        change: StoredChange,
        stored: StoredWrite,
        package: Package | None,
        error: CKANAPIError,
    ) -> EndedError:
        refusal = await self._refusals.of(change, stored.write, package, error)
        await self._settle(stored, Outcome.FAILED, detail=refusal.kept())
        return EndedError(State.FAILED, unsent(UserError(refusal.told)))

    async def _stopped(self, stored: StoredWrite) -> EndedError:
        await self._settle(stored, Outcome.FAILED)
        return EndedError(State.CANCELLED, _("Stopped. Nothing was changed."))

    async def _done(self, stored: StoredWrite, package: Package | None) -> Package | None:
        await self._settle(stored, Outcome.APPLIED, package)
        return package

    async def _settle(
        self,
        stored: StoredWrite,
        outcome: Outcome,
        package: Package | None = None,
        *,
        detail: Mapping[str, Json] = _NOTHING,
    ) -> None:
        # A record is known by its name until there is one.
        made = package if stored.write.kind is WriteKind.CREATE_PACKAGE else None
        await self._changes.settle(
            stored.id, outcome, detail, self._clock(), package_id=made.id if made else None
        )

    async def _end(
        self,
        change: StoredChange,
        state: State,
        reason: str,
        packages: Mapping[str, Package | None],
    ) -> None:
        await self._learn(change.requester, change.catalogue, packages)
        done = [stored.write for stored in change.writes]
        public = _for_all(change, packages)
        onward = await self._consents.next(change) if state is State.APPLIED else None
        author = await self._writers.author(change)
        tell = self._witness.of(change, author, packages)

        async def also(connection: AsyncConnection) -> None:
            await tell(connection)
            await self._notify.outcome(connection, change, state, public=public)
            if onward:
                await ask_onward(connection, change, onward, self._notify, self._clock())

        await self._changes.move(
            change.id,
            state,
            reason=reason,
            now=self._clock(),
            due_at=self._clock() + AFTER if state is State.APPLIED and is_fragile(done) else None,
            also=also,
        )
        if state is State.APPLIED:
            await self._supersede(change)
        self._wake()

    async def _supersede(self, change: StoredChange) -> None:
        """End what was asked for a record that is in another state by now."""
        moved_to = state_edit(change)
        if moved_to is None:
            return

        def is_settled(other: StoredChange, wanted: FieldEdit) -> bool:
            older = other.created_at < change.created_at
            return other.id != change.id and (older or wanted.before != moved_to.after)

        where = change.catalogue, change.writes[0].write.package_id
        await withdraw(self._changes, self._notify, where, is_settled, self._clock())


def _for_all(change: StoredChange, packages: Mapping[str, Package | None]) -> bool:
    """Whether everyone may see the records now, and could see what the change took the place of."""
    records = [packages.get(stored.write.package_id) for stored in change.writes]
    public = all(one and one.is_public for one in records)
    fields = {edit.field for stored in change.writes for edit in stored.write.edits}
    return public and (change.facts.public or fields <= OPENING)


def _reason(error: CKANAPIError) -> Reason | None:
    return error.reason if isinstance(error, CatalogueUnavailable) else None


_UNMADE: Final = frozenset({Reason.UPLOAD_BROKEN, Reason.UPLOAD_TOO_LARGE, Reason.REDIRECT})
"""Why the catalogue cannot have made a write: it had no whole file, or was not the one asked."""
