"""Works on what was heard, and shows what comes of it; every error becomes a sentence here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace

from bot.answer import Answer, Entry, Go
from bot.command import ChangeCommand, ReadCommand, SettingCommand
from bot.context import Person, Place
from bot.errors import (
    CatalogueError,
    FieldErrors,
    NotConnectedError,
    UnsureError,
    UserError,
)
from bot.flow.applying.outcome import Outcomes
from bot.flow.commands.call import Call
from bot.flow.commands.picking import Picking
from bot.flow.commands.run import Spine
from bot.flow.deciding.approve import Approving
from bot.flow.deciding.cards import Cards
from bot.flow.deciding.decide import Deciding
from bot.flow.editing.edit import Editing
from bot.flow.index.type_ahead import TypeAhead
from bot.flow.leaks import Leaks
from bot.flow.pages import Filled, SharedPage
from bot.flow.people import People
from bot.flow.teams.links import Links
from bot.flow.teams.told import Told
from bot.forms.model import FormValue
from bot.log import logger, request_id
from bot.slack.notice_render import details
from bot.slack.surface import Modal, Shown, Surface
from bot.text import _

_log = logger(__name__)

PATIENCE = 2.0
"""Seconds after which a message says that it is being worked on."""
WATCHED = 90.0
"""Seconds a view follows a change; after that the outcome comes as a message."""


class Desk:
    """What each request of a person leads to, on the surface it is to be shown."""

    def __init__(
        self,
        *,
        spine: Spine,
        editing: Editing,
        deciding: Deciding,
        approving: Approving,
        cards: Cards,
        outcomes: Outcomes,
        people: People,
        type_ahead: TypeAhead,
        picking: Picking,
        links: Links,
        told: Told,
        leaks: Leaks,
    ) -> None:
        self.spine = spine
        self.editing = editing
        self.deciding = deciding
        self.approving = approving
        self.cards = cards
        self._outcomes = outcomes
        self._people = people
        self.type_ahead = type_ahead
        self.picking = picking
        self.links = links
        self.leaks = leaks
        self._told = told

    async def answer(self, call: Call, surface: Surface) -> None:
        """Answer a command that opens no form."""
        await self._show(surface, self.spine.answer(call), working=True)

    async def again(
        self,
        asked_id: str,
        person: Person,
        surface: Surface,
        *,
        step: int = 0,
        expanded: bool = False,
    ) -> None:
        """Answer once more: another page, or all that an answer holds."""
        await self._show(surface, self._again(asked_id, person, step, expanded=expanded))

    async def _again(self, asked_id: str, person: Person, step: int, *, expanded: bool) -> Shown:
        call = await self.spine.asking.again(asked_id, person, step=step)
        try:
            return await self.spine.answer(replace(call, expanded=expanded))
        except CatalogueError as error:
            # In the place of what was there before, so the way on stays with it.
            verb = "page:previous" if step < 0 else "page:next" if step else "more"
            retry = Go(_("Try again"), verb, asked_id)
            return Answer(_("No answer from the catalogue"), note=str(error), buttons=(retry,))

    async def details(self, event_id: str, person: Person, place: Place, surface: Surface) -> None:
        """Show what an event changed, to one who may see its record."""
        await self._show(surface, self._details(event_id, person, place))

    async def _details(self, event_id: str, person: Person, place: Place) -> Shown:
        event = await self._told.event(event_id)
        ctx = await self._people.context(person, place, event.catalogue)
        found = await self._told.differences(event, ctx.ckan)
        return details(event.subject.title, found)

    async def asked(self, asked_id: str, person: Person, surface: Surface) -> Call | None:
        """What a choice goes on with; None, and a sentence, when it no longer stands."""
        try:
            return await self.spine.asking.again(asked_id, person)
        except UserError as error:
            await self.say(str(error), surface)
            return None

    async def shared(self, asked_id: str, person: Person) -> SharedPage:
        """An answer for everyone in its channel. Raises UserError."""
        return await self.spine.asking.shared(asked_id, person)

    async def work(self, surface: Surface, work: Awaitable[Shown]) -> None:
        """Show what some work leads to; an error becomes its sentence."""
        await self._show(surface, work)

    async def open(self, call: Call, surface: Surface) -> None:
        """Fill the waiting view with the form of a command."""
        await self._show(surface, self.spine.form(call))

    async def pick(
        self,
        verb: str,
        typed: Mapping[str, FormValue],
        person: Person,
        place: Place,
        surface: Surface,
    ) -> None:
        """Open the form on what was picked, or ask again: on, or saying what is wrong with it."""
        await self._show(surface, self._pick(verb, typed, person, place))

    async def _pick(
        self, verb: str, typed: Mapping[str, FormValue], person: Person, place: Place
    ) -> Shown:
        command = self.spine.find(verb)
        assert not isinstance(command, SettingCommand)  # noqa: S101  # its view was opened by this verb
        place = await self.spine.asking.linked(person, place)
        picked, package = str(typed.get(command.pick) or ""), str(typed.get("package_id") or "")
        if command.pick == "resource" and not picked:
            page = await self.picking.page(command, person, place, package)
            if not page.resource_id:
                return page
            picked = page.resource_id
        return await self._picked(verb, picked or package, person, place)

    async def _picked(self, verb: str, typed: str, person: Person, place: Place) -> Shown:
        call = self.spine.picked(verb, typed, person, place)
        try:
            if isinstance(call.command, ReadCommand):
                return await self.spine.answer(call)
            return await self.spine.form(call)
        except NotConnectedError:
            raise
        except UserError as error:
            assert not isinstance(call.command, SettingCommand)  # noqa: S101  # as above
            chosen = typed if call.command.pick in {"package", "resource"} else ""
            page = await self.picking.page(call.command, person, place, chosen, str(error))
            return page if chosen else replace(page, typed=typed)

    async def narrow(
        self, verb: str, chosen: str, person: Person, place: Place, surface: Surface
    ) -> None:
        """Ask for one of the resources of the record that was chosen."""
        command = self.spine.find(verb)
        assert isinstance(command, ChangeCommand)  # noqa: S101  # only these pick
        await self._show(surface, self.picking.page(command, person, place, chosen))

    async def submit(self, filled: Filled, person: Person, surface: Surface) -> None:
        """Lead a form to its preview, or back with what is wrong."""
        await self.press(filled, ("submit", ""), person, surface)

    async def redraw(self, filled: Filled, person: Person, surface: Surface) -> None:
        """Draw a form again after a choice; a late one, after its person went on, does nothing."""
        try:
            page = await self.editing.redraw(filled, person)
        except UserError as error:
            _log.info("not_redrawn", why=type(error).__name__)
            return
        await surface.show(page)

    async def press(
        self, filled: Filled, pressed: tuple[str, str], person: Person, surface: Surface
    ) -> None:
        """Do what a button in a form says: which act, and on what."""
        page = self.editing.press(filled, person, *pressed)
        await self._show(surface, _or_again(page, filled.change_id))

    async def set(
        self, asked_id: str, given: Mapping[str, FormValue], person: Person, surface: Surface
    ) -> None:
        """Keep the setting of a form, or ask again saying what is wrong."""
        await self._show(surface, self._set(asked_id, given, person))

    async def _set(self, asked_id: str, given: Mapping[str, FormValue], person: Person) -> Shown:
        call = await self.spine.asking.again(asked_id, person)
        try:
            return await self.spine.keeping.keep(call, given, asked_id)
        except UserError as error:
            told = error.told if isinstance(error, UnsureError) else str(error)
            wrong = error if isinstance(error, FieldErrors) else FieldErrors({}, (told,))
            return await self.spine.keeping.ask(call, given, wrong)

    async def follow(self, change_id: str, surface: Surface) -> None:
        """Show how a change that was just decided goes on."""
        pages = self._outcomes.follow(change_id, WATCHED, live=isinstance(surface, Modal))
        # Ends of itself: after an error there are no more pages.
        while shown := await _sentence_for(anext(pages, "")):
            await surface.show(shown)

    async def reopen(self, change_id: str, person: Person, surface: Surface) -> None:
        """Open the form of a change again."""
        await self._show(surface, self.editing.reopen(change_id, person))

    async def undo(self, change_id: str, person: Person, place: Place, surface: Surface) -> None:
        """Preview the undo of a change, in its catalogue whichever the person uses by now."""
        await self._show(surface, self._undo(change_id, person, place), working=True)

    async def _undo(self, change_id: str, person: Person, place: Place) -> Shown:
        catalogue = await self.editing.catalogue_of(change_id, person)
        call = self.spine.call(f"undo {change_id}", person, place)
        return await self.spine.answer(replace(call, catalogue=catalogue))

    async def unconfirmed(
        self,
        change_id: str,
        person: Person,
        ticked: frozenset[int],
        refused: str,
        surface: Surface,
    ) -> None:
        """Show a preview again, with what is ticked in it and why it was not applied."""

        async def again() -> Shown:
            page = await self.editing.preview(change_id, person)
            return replace(page, ticked=ticked, refused=refused)

        await self._show(surface, again())

    async def preview(self, change_id: str, person: Person, surface: Surface) -> None:
        """Show a waiting preview again."""
        await self._show(surface, self.editing.preview(change_id, person))

    async def say(self, text: str, surface: Surface) -> None:
        """Show one sentence."""
        await self._show(surface, _given(text))

    async def _show(
        self, surface: Surface, work: Awaitable[Shown], *, working: bool = False
    ) -> None:
        task = asyncio.ensure_future(_sentence_for(work))
        if working:
            done, _late = await asyncio.wait({task}, timeout=PATIENCE)
            if not done:
                await surface.show(_("Working on it…"))
        await surface.show(await task)


async def _sentence_for(work: Awaitable[Shown]) -> Shown:
    """What the work leads to; an error becomes its sentence, or a reference to the log."""
    try:
        return await work
    except NotConnectedError as error:
        return Answer(
            _("Connect first"),
            (Entry("", text=str(error)),),
            buttons=(Go(_("Connect"), "connect", error.catalogue),),
        )
    except UserError as error:
        return str(error)
    except Exception:  # noqa: BLE001  # people hear of a defect too, by its reference
        reference = request_id() or ""
        _log.exception("unexpected_error")
        return _(
            "Something went wrong here, and nothing more is known yet. Please try again; "
            "if it stays, tell the people who run this bot: {reference}"
        ).format(reference=reference)


async def _or_again(work: Awaitable[Shown], change_id: str) -> Shown:
    """What comes of a form; the way back into it where the catalogue does not answer."""
    try:
        return await work
    except CatalogueError as error:
        back = Go(_("Go on"), "change:edit", change_id)
        return Answer(_("No answer from the catalogue"), note=str(error), buttons=(back,))


async def _given(text: str) -> Shown:
    return text
