"""The spine: from what was typed to the command that answers it."""

from __future__ import annotations

from dataclasses import replace

from bot.answer import Answer
from bot.command import ChangeCommand, Command, ReadCommand, SettingCommand
from bot.context import Person, Place
from bot.errors import CatalogueError, NotFoundError
from bot.flow.commands.asking import Asking
from bot.flow.commands.bind import bind
from bot.flow.commands.call import Call, understood
from bot.flow.commands.keeping import Keeping
from bot.flow.commands.picking import question
from bot.flow.commands.words import Words
from bot.flow.editing.edit import Editing
from bot.flow.pages import AnswerPage, FormPage, PickPage, PreviewPage, QuestionPage
from bot.flow.people import People, connected
from bot.registry import Registry


class Spine:
    """Runs calls: reads answer, changes lead to a form or a preview, settings are kept."""

    def __init__(
        self,
        *,
        registry: Registry,
        people: People,
        asking: Asking,
        editing: Editing,
        keeping: Keeping,
    ) -> None:
        self._registry = registry
        self._people = people
        self.asking = asking
        self._editing = editing
        self.keeping = keeping

    def call(self, text: str, person: Person, place: Place) -> Call:
        """The call that the words mean. Raises UsageError, before anything is asked of anyone."""
        return understood(self._registry, text, person, place)

    def picked(self, verb: str, typed: str, person: Person, place: Place) -> Call:
        """The call of a verb on the one thing that its form was given. Raises UsageError."""
        call = self.call(f"{verb} {typed}", person, place)
        return replace(call, words=Words(verb, typed, (typed,)))

    async def answer(self, call: Call) -> AnswerPage | Answer | PreviewPage:
        """What a call without a form leads to; a choice when a name in it may mean several."""
        try:
            return await self._answer(call)
        except NotFoundError as error:
            return await self.asking.meant(call, error)
        except CatalogueError as error:
            return await self.asking.remembered(call, error)

    async def _answer(self, call: Call) -> AnswerPage | Answer | PreviewPage:
        match call.command:
            case ReadCommand():
                return await self.asking.answer(call)
            case ChangeCommand() as change:
                args = bind(change, call.words)
                return await self._editing.inline(
                    change, args, call.words.fields, call.person, call.place, call.catalogue
                )
            case SettingCommand():
                return await self.keeping.keep(call)

    async def form(
        self, call: Call
    ) -> AnswerPage | FormPage | PickPage | QuestionPage | PreviewPage:
        """The form a call opens, the preview where there is nothing to ask, or a choice."""
        try:
            return await self._form(call)
        except NotFoundError as error:
            return await self.asking.meant(call, error)

    async def _form(self, call: Call) -> FormPage | PickPage | QuestionPage | PreviewPage:
        command = call.command
        if isinstance(command, SettingCommand):
            return await self.keeping.ask(call)
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        if isinstance(command, ReadCommand):
            return question(command, ctx)
        connected(ctx)
        if command.pick and not call.words.positional:
            return question(command, ctx, await self._editing.about_file(ctx))
        args = bind(command, call.words)
        return await self._editing.open(command, args, call.person, call.place, call.catalogue)

    def find(self, verb: str) -> Command:
        """The command of that name. Raises UsageError."""
        return self._registry.find(verb)
