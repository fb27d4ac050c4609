"""The spine: from what was typed to the command that answers it."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from bot.answer import Answer
from bot.command import ChangeCommand, Command, ReadCommand, SettingCommand
from bot.context import Person, Place
from bot.errors import CatalogueError, NotFoundError
from bot.flow.accounts import Accounts
from bot.flow.asking import Asking
from bot.flow.bind import bind
from bot.flow.call import Call, understood
from bot.flow.edit import Editing
from bot.flow.pages import AnswerPage, FormPage, PickPage, PreviewPage, QuestionPage
from bot.flow.people import People, banner, connected
from bot.flow.picking import question
from bot.flow.words import Words
from bot.registry import Registry
from bot.setting import BindKey, Setting, UnbindKey, UseCatalogue


class Spine:
    """Runs calls: reads answer, changes lead to a form or a preview, settings are stored."""

    def __init__(
        self,
        *,
        registry: Registry,
        people: People,
        asking: Asking,
        editing: Editing,
        accounts: Accounts,
    ) -> None:
        self._registry = registry
        self._people = people
        self.asking = asking
        self._editing = editing
        self._accounts = accounts

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
        args = bind(call.command, call.words)
        match call.command:
            case ReadCommand():
                return await self.asking.answer(call)
            case ChangeCommand() as change:
                return await self._editing.inline(
                    change, args, call.words.fields, call.person, call.place, call.catalogue
                )
            case SettingCommand() as setting:
                ctx = await self._people.context(call.person, call.place)
                return await self._store(
                    setting.setting(ctx, args, _NOTHING), call.person, call.place
                )

    async def _store(self, setting: Setting, person: Person, place: Place) -> Answer:
        match setting:
            case BindKey():
                return await self._accounts.bind(person, place, setting)
            case UnbindKey():
                return await self._accounts.unbind(person, setting)
            case UseCatalogue():
                return await self._people.use(person, setting)

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
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        if isinstance(command, SettingCommand) and command.question:
            return QuestionPage(command.name, command.question(ctx, bind(command, call.words)))
        assert isinstance(command, ChangeCommand)  # noqa: S101  # `opens_form` said so
        connected(ctx)
        if command.pick and not call.words.positional:
            about = await self._editing.about_file(ctx)
            return question(command, " · ".join(filter(None, (about, banner(ctx)))))
        args = bind(command, call.words)
        return await self._editing.open(command, args, call.person, call.place, call.catalogue)

    async def set(
        self, verb: str, argument: str, given: SecretStr, person: Person, place: Place
    ) -> Answer:
        """Store the setting of a submitted question. Raises FieldErrors on its input."""
        command = self._registry.find(verb)
        assert isinstance(command, SettingCommand)  # noqa: S101  # its view was opened by this verb
        ctx = await self._people.context(person, place)
        args = bind(command, Words(verb, argument, (argument,) if argument else ()))
        return await self._store(command.setting(ctx, args, given), person, place)

    async def ask_again(
        self, verb: str, argument: str, person: Person, place: Place, error: str
    ) -> QuestionPage:
        """The form of a setting once more, with what was wrong; what was typed is not repeated."""
        command = self._registry.find(verb)
        assert isinstance(command, SettingCommand)  # noqa: S101  # its view was opened by this verb
        assert command.question  # noqa: S101  # as above
        ctx = await self._people.context(person, place)
        args = bind(command, Words(verb, argument, (argument,) if argument else ()))
        return QuestionPage(verb, command.question(ctx, args), error)

    def find(self, verb: str) -> Command:
        """The command of that name. Raises UsageError."""
        return self._registry.find(verb)


_NOTHING = SecretStr("")
