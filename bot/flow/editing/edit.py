"""From an editor's words or form to a preview."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from cachetools import TTLCache

from bot.change import LIVE, Json, State, Value
from bot.ckan.schema import Choice, Field
from bot.command import ChangeCommand, Subject
from bot.context import Context, Person, Place
from bot.errors import (
    CatalogueError,
    FieldErrors,
    GoneError,
    NotAllowedError,
    NotConnectedError,
)
from bot.flow.editing.drafts import (
    begun_again,
    fields_of,
    form_of,
    in_words,
    kept_text,
    offered,
    placed,
    pressed,
    sections_of,
    sheet_of,
    still_kept,
    unmoved,
)
from bot.flow.editing.files import Files, begun, described, with_file
from bot.flow.editing.preview import Previews
from bot.flow.editing.work import Work, Working
from bot.flow.leaks import Leaks
from bot.flow.pages import Filled, FormPage, PreviewPage
from bot.flow.people import People, banner
from bot.forms.model import FormValue
from bot.forms.read import read
from bot.forms.sheet import Sheet
from bot.registry import Registry
from bot.store.changes import Changes, StoredChange
from bot.text import _

KEPT = timedelta(days=7)
"""How long a form or a preview waits for its person."""
REMEMBERED = 3600
"""Seconds that the fields of a form, and what it edits, are known without asking anybody."""

_BLANK = Sheet()
_TO_TRY_AGAIN = frozenset(State) - LIVE - {State.APPLIED, State.CANCELLED}


class Editing:
    """Opens forms, checks what was typed, and leads to previews. Writes to no catalogue."""

    def __init__(
        self,
        people: People,
        changes: Changes,
        registry: Registry,
        files: Files,
        previews: Previews,
        leaks: Leaks,
    ) -> None:
        self._people = people
        self._changes = changes
        self._working = Working(people, registry)
        self._files = files
        self._previews = previews
        self._leaks = leaks
        self._asked: TTLCache[str, tuple[Field, ...]] = TTLCache(maxsize=5000, ttl=REMEMBERED)
        self._edited: TTLCache[str, str] = TTLCache(maxsize=5000, ttl=REMEMBERED)
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(
        self,
        command: ChangeCommand[Any],
        args: Any,
        person: Person,
        place: Place,
        catalogue: str | None = None,
    ) -> FormPage | PreviewPage:
        """A form over what the arguments name, prefilled with what the catalogue holds now.

        Where there is nothing to ask, the preview. None for the catalogue of the person's choice.
        """
        work = await self._working.begin(command, args, person, place, catalogue)
        if work.subject is None:
            return await self._preview(work, {}, draft=None)
        sheet = await begun(self._files, work.ctx, work.subject)
        return await self._draft(work, work.subject, sheet)

    async def about_file(self, ctx: Context) -> str:
        """The file or link a request is about in a few words, "" for none. Raises UserError."""
        file_id = ctx.place.file_id
        return ctx.place.link or (
            file_id and described(await self._files.given(file_id, ctx.person, ctx.place.team))
        )

    async def inline(
        self,
        command: ChangeCommand[Any],
        args: Any,
        words: tuple[tuple[str, str], ...],
        person: Person,
        place: Place,
        catalogue: str | None = None,
    ) -> PreviewPage:
        """The preview of `field=value` words, or of a change that needs no fields.

        Raises FieldErrors, UsageError and what `Reader` raises.
        """
        work = await self._working.begin(command, args, person, place, catalogue)
        values = in_words(work.subject, words) if work.subject else {}
        return await self._preview(work, values, draft=None)

    async def check_now(self, filled: Filled, person: Person) -> FieldErrors | None:
        """What is wrong with the typed values, as far as can be told without asking anyone.

        Meant for the seconds before the acknowledgement: it reads the database only, and knows
        the fields of forms that this process has shown.
        """
        draft = await self._open_draft(filled.change_id, person)
        sheet, leaks = await self._typed(draft, filled.typed)
        fields = self._asked.get(draft.id)
        if leaks or fields is None:
            return leaks
        try:
            read(fields, draft.seen, sheet.typed, rows=sheet.rows)
        except FieldErrors as errors:
            return errors
        return None

    async def _submitted(
        self, draft: StoredChange, sheet: Sheet, *, onward: bool
    ) -> PreviewPage | FormPage:
        """The next page of the form, or the preview after the last and where not `onward`."""
        work, subject = await self._form_of(draft)
        last = len(sections_of(subject)) - 1
        here = fields_of(subject, sheet.page) if onward else subject.fields
        try:
            values = read(here, draft.seen, sheet.typed, rows=sheet.rows)
            if onward and sheet.page < last:
                sheet = sheet.at(sheet.page + 1)
                await self._keep(draft, sheet)
                return self._page(work, subject, draft.id, draft.seen, sheet)
            if last:
                values = read(subject.fields, draft.seen, sheet.typed, rows=sheet.rows)
            unmoved(subject, draft.seen, values)
        except FieldErrors as errors:
            return await self._again(work, subject, draft, sheet, errors)
        try:
            return await self._preview(work, values, draft=draft, sheet=sheet)
        except FieldErrors as errors:
            wrong = placed(subject, draft.seen, sheet, errors)
            return await self._again(work, subject, draft, sheet, wrong)

    async def _again(
        self,
        work: Work,
        subject: Subject,
        draft: StoredChange,
        sheet: Sheet,
        errors: FieldErrors,
    ) -> FormPage:
        """The form with what is wrong; from now on it is compared with the record as it is now."""
        page = self._page(work, subject, draft.id, draft.seen, sheet, errors)
        # Rows go by their place, so a composite that somebody changed is compared as it was seen.
        rows = {name: draft.seen[name] for name in sheet.rows if name in draft.seen}
        await self._keep(draft, sheet.at(page.page), seen={**subject.stored, **rows})
        return page

    async def redraw(self, filled: Filled, person: Person) -> FormPage:
        """The form with the fields that the choices just made ask for; what was typed stays.

        Raises GoneError when the person went on meanwhile, so that it would show what was before.
        """
        async with self._line(filled.change_id):
            draft = await self._open_draft(filled.change_id, person)
            sheet, leaks = await self._typed(draft, filled.typed)
            if sheet.turn != filled.turn:
                raise _gone()
            await self._keep(draft, sheet)
        work, subject = await self._form_of(draft)
        page = self._page(work, subject, draft.id, draft.seen, sheet, leaks)
        if (await self._open_draft(draft.id, person)).typed != sheet.kept():
            raise _gone()
        return page

    async def press(
        self, filled: Filled, person: Person, act: str, on: str = ""
    ) -> FormPage | PreviewPage:
        """The form after a button in it, every value kept, with what is wrong at its field.

        `submit` leads to the next page or the preview, `preview` to that. `act` and `on` as in
        `bot.flow.editing.drafts.pressed`; `save` keeps what was typed.
        """
        async with self._line(filled.change_id):
            stored = await self._own(filled.change_id, person)
            if stored.state is State.PREVIEWED:
                return await self.preview(stored.id, person)
            return await self._worked(_open(stored), filled.typed, act, on)

    def _line(self, change_id: str) -> asyncio.Lock:
        """Where what comes of one form waits for what came before, so that both count."""
        return self._lines.setdefault(change_id, asyncio.Lock())

    async def _worked(
        self, draft: StoredChange, typed: Mapping[str, FormValue], act: str, on: str
    ) -> FormPage | PreviewPage:
        """What an act in a form leads to, once what was typed is kept."""
        sheet, leaks = await self._typed(draft, typed)
        sheet = sheet.turned()
        await self._keep(draft, sheet)
        try:
            if act in {"submit", "preview"} and not leaks:
                return await self._submitted(draft, sheet, onward=act == "submit")
            work, subject = await self._form_of(draft)
        except (CatalogueError, NotConnectedError) as error:
            raise still_kept(error) from None
        if leaks:
            return self._page(work, subject, draft.id, draft.seen, sheet, leaks)
        sheet = pressed(subject, draft.seen, sheet, act, on)
        await self._keep(draft, sheet)
        page = self._page(work, subject, draft.id, draft.seen, sheet)
        return replace(page, saved=act == "save")

    async def _typed(
        self, draft: StoredChange, typed: Mapping[str, FormValue]
    ) -> tuple[Sheet, FieldErrors | None]:
        """The sheet with what was typed now, but for keys, and at which inputs those are."""
        wrong = await self._leaks.wrong(draft.requester, typed, draft.seen)
        clean = {block_id: held for block_id, held in typed.items() if block_id not in wrong}
        return sheet_of(draft, clean), FieldErrors(wrong) if wrong else None

    async def offered(
        self, change_id: str, person: Person, block_id: str, text: str
    ) -> tuple[Choice, ...]:
        """Choices for what is typed in an input of the person's own form."""
        draft = await self._open_draft(change_id, person)
        fields = self._asked.get(change_id) or (await self._form_of(draft))[1].fields
        return offered(fields, block_id, text)

    async def kept_text(self, change_id: str, person: Person, block_id: str) -> tuple[str, str]:
        """A text that the person's own form cannot hold, whole, under its label."""
        draft = await self._open_draft(change_id, person)
        _work, subject = await self._form_of(draft)
        return kept_text(subject, draft.seen, block_id)

    async def _form_of(self, draft: StoredChange) -> tuple[Work, Subject]:
        work = await self._working.resume(draft)
        if work.subject is None:
            raise GoneError(_("This form is no longer valid. Start again."))
        return work, work.subject

    async def _keep(
        self, draft: StoredChange, sheet: Sheet, seen: Mapping[str, Json] | None = None
    ) -> None:
        """Keep the sheet, before anything is asked of the catalogue, which may not answer."""
        ctx = await self._people.context(draft.requester, draft.place, draft.catalogue)
        if not await self._changes.save_typed(
            draft.id, draft.requester, sheet.kept(), ctx.now, seen=seen
        ):
            raise _gone()

    async def reopen(self, change_id: str, person: Person) -> FormPage:
        """A form with the values of a draft, a preview, or a change that could not be applied.

        A preview makes way for the new form: its buttons do nothing any more.
        """
        async with self._line(change_id):
            return await self._reopened(await self._newest(change_id, person))

    async def _newest(self, change_id: str, person: Person) -> StoredChange:
        """The form in which the change is being edited already, else the change itself."""
        found = await self._own(self._edited.get(change_id, change_id), person)
        return found if found.state is State.DRAFT else await self._own(change_id, person)

    async def _reopened(self, old: StoredChange) -> FormPage:
        work = await self._working.resume(old)
        if work.subject is None:
            raise GoneError(_("This change has no form. Undo it, or start again."))
        if old.state is State.DRAFT:
            return self._page(work, work.subject, old.id, old.seen, Sheet.of(old.typed))
        again = old.state in _TO_TRY_AGAIN or (old.state is State.APPLIED and old.reason)
        if not again and not await self._drop(old, State.PREVIEWED, work.ctx.now):
            raise GoneError(_("This change was decided already, so it cannot be edited."))
        page = await self._draft(work, work.subject, *begun_again(work.subject, old))
        self._edited[old.id] = page.change_id
        return page

    async def catalogue_of(self, change_id: str, person: Person) -> str | None:
        """The catalogue of the person's own change; None when it is none."""
        stored = await self._changes.get(change_id)
        return stored.catalogue if stored is not None and stored.requester == person else None

    async def _drop(self, old: StoredChange, since: State, now: datetime) -> bool:
        """Let a change go that stands there still; False when it was decided meanwhile."""
        return await self._changes.move(
            old.id, State.CANCELLED, person=old.requester, since=since, now=now
        )

    async def preview(self, change_id: str, person: Person) -> PreviewPage:
        """A preview that still waits, as it was made."""
        stored = await self._own(change_id, person)
        if stored.state is not State.PREVIEWED:
            raise GoneError(
                _("This preview is no longer valid. See /bcdc pending and /bcdc history.")
            )
        work = await self._working.resume(stored)
        return await self._previews.page(work.ctx, stored, editable=work.subject is not None)

    async def _own(self, change_id: str, person: Person) -> StoredChange:
        stored = await self._changes.get(change_id)
        if stored is None:
            raise GoneError(_("This form is no longer valid. Start again."))
        if stored.requester != person:
            raise NotAllowedError(_("This is somebody else's change, so nothing was done."))
        return stored

    async def _open_draft(self, change_id: str, person: Person) -> StoredChange:
        return _open(await self._own(change_id, person))

    async def _draft(
        self, work: Work, subject: Subject, sheet: Sheet, errors: FieldErrors | None = None
    ) -> FormPage:
        change_id = await self._changes.open_draft(
            work.origin,
            title=subject.title,
            seen=subject.stored,
            typed=sheet.kept(),
            package_id=subject.package.id or None,
            now=work.ctx.now,
            due_at=work.ctx.now + KEPT,
        )
        return self._page(work, subject, change_id, subject.stored, sheet, errors)

    def _page(
        self,
        work: Work,
        subject: Subject,
        change_id: str,
        stored: Mapping[str, Json],
        sheet: Sheet,
        errors: FieldErrors | None = None,
    ) -> FormPage:
        self._asked[change_id] = subject.fields
        form, at = form_of(subject, stored, sheet, errors)
        titles = tuple(section.title for section in sections_of(subject))
        return FormPage(
            change_id, work.command.name, form, banner(work.ctx), titles, at, sheet.turn
        )

    async def _preview(
        self,
        work: Work,
        values: Mapping[str, Value],
        draft: StoredChange | None,
        sheet: Sheet = _BLANK,
    ) -> PreviewPage:
        ctx, values = await with_file(self._files, work.ctx, values)
        proposed = await work.command.propose(ctx, work.args, values)
        change = await self._previews.proposed(ctx, proposed)
        seen = work.subject.stored if work.subject else {}
        change_id = await self._changes.preview(
            draft.id if draft else None,
            work.origin,
            change,
            typed=sheet.kept(),
            seen=seen,
            now=ctx.now,
            due_at=ctx.now + KEPT,
        )
        stored = await self._changes.get(change_id)
        if stored is None:
            raise GoneError(_("This preview is no longer valid. Start again."))
        return await self._previews.page(work.ctx, stored, editable=work.subject is not None)


def _open(stored: StoredChange) -> StoredChange:
    """The draft that it is. Raises GoneError when it is none any more."""
    if stored.state is not State.DRAFT:
        raise _gone()
    return stored


def _gone() -> GoneError:
    return GoneError(_("This form was sent or dropped already. See /bcdc pending."))
