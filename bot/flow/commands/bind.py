"""The words of a command, bound to the arguments its handler declares."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.command import ChangeCommand, Command, Parameter
from bot.errors import UsageError
from bot.flow.commands.words import Words
from bot.text import _

_FIRST = re.compile(r"""(?:"([^"]*)"|'([^']*)'|(\S+))(?:\s+|$)""")


def bind(command: Command, words: Words) -> Any:
    """An instance of the command's `Args`.

    Raises UsageError with the usage when a word is missing or there is one too many.
    """
    if any(parameter.arg.rest for parameter in command.parameters):
        values = _of_text(command.parameters, words.rest)
        given: list[str] = []
    else:
        values, given = _of_words(command, words)
    if given and isinstance(command, ChangeCommand) and words.fields:
        raise UsageError(
            _(
                "I do not know what to do with “{words}”. "
                "Put values with spaces in quotes, like this: {example}"
            ).format(words=" ".join(given), example=f"/bcdc {command.examples[0]}")
        )
    missing = [p for p in command.parameters if p.required and p.name not in values]
    fields = () if isinstance(command, ChangeCommand) and command.subject else words.fields
    if missing or given or fields:
        raise UsageError(usage(command))
    return command.args(**values)


def _of_words(command: Command, words: Words) -> tuple[dict[str, Any], list[str]]:
    """The values of the parameters, and the words that are left over."""
    given = list(words.positional)
    settings = {one.word: one.name for one in command.parameters if one.arg.setting}
    values: dict[str, Any] = {}
    for key, value in words.settings:
        if key in settings:
            values[settings[key]] = value
        else:
            given.append(f"{key}:{value}")
    for parameter in command.parameters:
        if given and parameter.arg.many:
            values[parameter.name], given = tuple(given), []
        elif given and not parameter.arg.setting:
            values[parameter.name] = given.pop(0)
    return values, given


def _of_text(parameters: tuple[Parameter, ...], text: str) -> dict[str, str]:
    """The values that free text holds: settings anywhere, then words, then all that is left."""
    values: dict[str, str] = {}
    for parameter in parameters:
        if parameter.arg.setting:
            value, text = _setting_apart(parameter.word, text)
            values |= {parameter.name: value} if value else {}
    text = text.strip()
    for parameter in parameters:
        if parameter.arg.rest and text:
            values[parameter.name] = text
        elif not parameter.arg.setting and (first := _FIRST.match(text)):
            values[parameter.name] = next(group for group in first.groups() if group is not None)
            text = text[first.end() :].strip()
    return values


def _setting_apart(name: str, text: str) -> tuple[str, str]:
    """The value of `name:value` in the text, and the text without it."""
    found = re.search(
        rf"""(?<!\S){re.escape(name)}:(?:"([^"]*)"|'([^']*)'|(\S+))""", text, re.IGNORECASE
    )
    if not found:
        return "", text
    value = next(group for group in found.groups() if group is not None)
    return value.strip(), f"{text[: found.start()]}{text[found.end() :]}"


def spoken(command: Command, args: Any) -> str:
    """The command with these arguments as Slack would send it, to be understood again."""
    first, settings, last = [command.name], [], []
    for parameter in command.parameters:
        held = getattr(args, parameter.name)
        value = " ".join(map(_worded, held)) if parameter.arg.many else str(held)
        if not value:
            continue
        if parameter.arg.rest:
            last.append(value)
        elif parameter.arg.setting:
            settings.append(f"{parameter.word}:{_quoted(value)}")
        else:
            first.append(value if parameter.arg.many else _worded(value))
    return html.escape(" ".join([*first, *last, *settings]), quote=False)


def _worded(value: str) -> str:
    return _quoted(value) if re.search(r"[\s\"']", value) else value


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def rebind(command: Command, values: Mapping[str, Any]) -> Any:
    """The arguments as a draft remembers them."""
    return command.args(
        **{parameter.name: values[parameter.name] for parameter in command.parameters}
    )


def usage(command: Command) -> str:
    """One sentence on how the command is typed."""
    typed, example = f"{command.name} {command.usage}".strip(), command.examples[0]
    if typed == example:
        return _("Type it like this: /bcdc {usage}").format(usage=typed)
    return _("Type it like this: /bcdc {usage}. For example: /bcdc {example}").format(
        usage=typed, example=example
    )
