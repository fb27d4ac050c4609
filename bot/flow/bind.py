"""The words of a command, bound to the arguments its handler declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.command import ChangeCommand, Command
from bot.errors import UsageError
from bot.flow.words import Words
from bot.text import _


def bind(command: Command, words: Words) -> Any:
    """An instance of the command's `Args`.

    Raises UsageError with the usage when a word is missing or there is one too many.
    """
    values: dict[str, str | tuple[str, ...]] = {}
    given = list(words.positional)
    for parameter in command.parameters:
        if parameter.arg.rest:
            rest, given = words.rest.strip(), []
            if rest:
                values[parameter.name] = rest
        elif given and parameter.arg.many:
            values[parameter.name], given = tuple(given), []
        elif given:
            values[parameter.name] = given.pop(0)
    if given and isinstance(command, ChangeCommand) and words.fields:
        raise UsageError(
            _(
                "I do not know what to do with “{words}”. "
                "Put values with blanks in quotes, like this: {example}"
            ).format(words=" ".join(given), example=f"/bcdc {command.examples[0]}")
        )
    missing = [p for p in command.parameters if p.required and p.name not in values]
    fields = () if isinstance(command, ChangeCommand) and command.subject else words.fields
    if missing or given or fields:
        raise UsageError(usage(command))
    return command.args(**values)


def rebind(command: Command, values: Mapping[str, Any]) -> Any:
    """The arguments as a draft remembers them."""
    return command.args(
        **{parameter.name: values[parameter.name] for parameter in command.parameters}
    )


def usage(command: Command) -> str:
    """One sentence on how the command is typed."""
    return _("Type it like this: /bcdc {usage}. For example: /bcdc {example}").format(
        usage=f"{command.name} {command.usage}".strip(), example=command.examples[0]
    )
