"""A command as it was typed: its words bound to a declaration, by whom and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.command import ChangeCommand, Command, ReadCommand, SettingCommand
from bot.context import Person, Place
from bot.errors import UsageError
from bot.flow.commands.words import Words, holds_key, parse, verb_and_rest, with_marks
from bot.flow.leaks import KEY_TYPED
from bot.registry import Registry


@dataclass(frozen=True, slots=True)
class Call:
    """A command to run; `catalogue` is None for the person's own choice.

    `expanded` shows what an answer keeps behind "More".
    """

    command: Command
    words: Words
    person: Person
    place: Place
    catalogue: str | None = None
    page: int = 1
    expanded: bool = field(default=False, kw_only=True)

    @property
    def opens_form(self) -> bool:
        """Whether the answer is a form or a preview in a view, known before anything is asked."""
        if isinstance(self.command, SettingCommand):
            # Free text is not split, so any of it may hold what the form would ask for.
            free = any(
                parameter.arg.rest and (not parameter.arg.pairs or ":" in self.words.rest)
                for parameter in self.command.parameters
            )
            told = self.words.settings or (free and self.words.rest)
            return self.command.question is not None and not told
        if isinstance(self.command, ReadCommand):
            return bool(self.command.pick) and not self.words.rest
        if self.words.fields:
            return False
        asks = bool(self.command.pick) and not self.words.positional
        return asks or self.command.subject is not None


def understood(registry: Registry, text: str, person: Person, place: Place) -> Call:
    """The call that the words mean. Raises UsageError, before anything is asked of anyone."""
    if holds_key(text):
        raise UsageError(KEY_TYPED)
    verb, rest = verb_and_rest(text)
    command = registry.find(verb or "help")
    takes_text = any(parameter.arg.rest for parameter in command.parameters)
    words = Words(verb, rest) if takes_text else parse(text)
    if isinstance(command, ChangeCommand) and command.subject:
        words = with_marks(words)
    return Call(command, words, person, place)
