"""Settings: asked for by words or by a form, and kept by the function that the table names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from cachetools import TTLCache

from bot.answer import Answer
from bot.change import Json
from bot.command import Given, Question, SettingCommand
from bot.context import Context, Person
from bot.errors import FieldErrors, GoneError
from bot.flow.accounts import Accounts
from bot.flow.commands.asking import Asking
from bot.flow.commands.bind import bind
from bot.flow.commands.call import Call
from bot.flow.deciding.policing import Policing
from bot.flow.leaks import Leaks
from bot.flow.operating import Operating
from bot.flow.pages import QuestionPage
from bot.flow.people import People, banner, permitted
from bot.flow.teams.subscribing import Subscribing
from bot.forms.build import build
from bot.forms.model import held
from bot.setting import (
    BindKey,
    Lift,
    Pause,
    Resume,
    SetPolicy,
    Setting,
    Subscribe,
    Suspend,
    UnbindKey,
    Unsubscribe,
    UseCatalogue,
)
from bot.text import _

REMEMBERED: Final = 3600
"""Seconds that it is known what a form showed when it was opened."""

Keepers: TypeAlias = Mapping[type[Setting], Callable[[Context, Any], Awaitable[Answer]]]
"""By the class of a setting, what keeps it with its audit entry, and tells what that means."""


def keepers(
    *,
    accounts: Accounts,
    people: People,
    operating: Operating,
    subscribing: Subscribing,
    policing: Policing,
) -> Keepers:
    """The one place that says which function keeps which setting."""
    return {
        BindKey: accounts.bind,
        UnbindKey: accounts.unbind,
        UseCatalogue: people.use,
        Subscribe: subscribing.subscribe,
        Unsubscribe: subscribing.unsubscribe,
        SetPolicy: policing.put,
        Pause: operating.pause,
        Resume: operating.resume,
        Suspend: operating.suspend,
        Lift: operating.lift,
    }


class Keeping:
    """Runs setting commands."""

    def __init__(
        self,
        *,
        people: People,
        asking: Asking,
        keepers: Keepers,
        leaks: Leaks,
    ) -> None:
        self._people = people
        self._asking = asking
        self._keepers = keepers
        self._leaks = leaks
        self._shown: TTLCache[str, Mapping[str, Json]] = TTLCache(maxsize=5000, ttl=REMEMBERED)

    async def keep(self, call: Call, given: Given | None = None, asked_id: str = "") -> Answer:
        """Keep what the words, and what was `given` in the form of that id, settle.

        Raises FieldErrors on the form's inputs, and what `permitted` and the command raise.
        """
        command, args, ctx = await self._ready(call)
        if given and (shown := self._shown.get(asked_id)):
            now = await _question(command, ctx, args)
            given = _over(now.values, shown, given) if now.edits else given
        settled = await command.setting(ctx, args, given or {})
        if isinstance(settled, Answer):
            return settled
        return await self._keepers[type(settled)](ctx, settled)

    async def ask(
        self, call: Call, given: Given | None = None, errors: FieldErrors | None = None
    ) -> QuestionPage:
        """The form of a setting; once more with what was given and what is wrong with it."""
        command, args, ctx = await self._ready(call)
        question = await _question(command, ctx, args)
        typed = {name: one for name, one in (given or {}).items() if name not in command.secret}
        form = build(
            question.fields,
            question.values,
            typed,
            errors=errors.by_field if errors else {},
            general=errors.general if errors else (),
        )
        asked_id = await self._asking.remember(call, ctx, args)
        if question.edits:
            self._shown[asked_id] = question.values
        # What is one's own may be of another catalogue than the one in use.
        told = "" if command.own else banner(ctx)
        return QuestionPage(asked_id, command.name, question, form, told)

    async def check(
        self, command: SettingCommand[Any], given: Given, person: Person
    ) -> Mapping[str, str]:
        """What is wrong with a form of a setting, by block id, without asking anybody outside."""
        shown = {name: one for name, one in given.items() if name not in command.secret}
        return {**command.check(given), **await self._leaks.wrong(person, shown)}

    async def _ready(self, call: Call) -> tuple[SettingCommand[Any], Any, Context]:
        command = call.command
        assert isinstance(command, SettingCommand)  # noqa: S101  # only these settle
        args = bind(command, call.words)
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        if not command.own:
            await ctx.operations.check_person()
        return command, args, permitted(ctx, command.needs)


async def _question(command: SettingCommand[Any], ctx: Context, args: Any) -> Question:
    if command.question is None:
        raise GoneError(_("This form is no longer valid. Start again."))
    return await command.question(ctx, args)


def _over(now: Mapping[str, Json], shown: Mapping[str, Json], given: Given) -> Given:
    """What was given, but where that is as the form showed it what somebody set meanwhile."""
    return {
        name: held(now.get(name)) if (typed or None) == (held(shown.get(name)) or None) else typed
        for name, typed in given.items()
    }
