"""`/bcdc help [verb]`: what can be typed, by what it is for, with examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go
from bot.command import FIELDS, Arg, ChangeCommand, ReadCommand, Role, SettingCommand
from bot.context import Context, Described
from bot.errors import UnknownVerbError
from bot.text import _

LOOK_UP = _("Look up")
CHANGE = _("Change")
OWN = _("Your key and settings, and this bot")
RUN = _("For the people who run this bot")


@dataclass(frozen=True, slots=True)
class Args:
    verb: Annotated[str, Arg(_("the command to explain"))] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    if args.verb:
        return _explain(_named(ctx, args.verb))
    return Answer(
        headline=_("What you can type after /bcdc"),
        entries=(
            *((_BEGIN,) if ctx.account is None else ()),
            *(
                Entry(title=kind, facts=tuple(_line(command) for command in commands))
                for kind, commands in _by_kind(ctx).items()
                if commands
            ),
        ),
        note=_(
            "<…> is needed, […] is not. For examples type a command after help: /bcdc help find-org"
        ),
    )


def _by_kind(ctx: Context) -> dict[str, list[Described]]:
    """The commands under what they are for, as their declarations tell it."""
    kinds: dict[str, list[Described]] = {LOOK_UP: [], CHANGE: [], OWN: [], RUN: []}
    for command in ctx.commands:
        kinds[_kind(command)].append(command)
    return kinds


def _kind(command: Described) -> str:
    if isinstance(command, ChangeCommand):
        return CHANGE
    if isinstance(command, ReadCommand | SettingCommand) and command.needs is Role.OPERATOR:
        return RUN
    # A question that may name a thing is about the catalogue, even where it is not everybody's.
    about_a_thing = isinstance(command, ReadCommand) and (
        command.public or any(one.arg.names for one in command.parameters)
    )
    return LOOK_UP if about_a_thing else OWN


def _line(command: Described) -> Fact:
    return Fact(f"{command.name} {command.usage}".strip(), command.summary)


def _named(ctx: Context, verb: str) -> Described:
    for command in ctx.commands:
        if command.name == verb.lower():
            return command
    raise UnknownVerbError(verb, {command.name: command.also for command in ctx.commands})


def _explain(command: Described) -> Answer:
    return Answer(
        headline=f"/bcdc {command.name} {command.usage}".strip(),
        entries=(
            Entry(
                title=command.summary,
                facts=(
                    *_words(command),
                    *(
                        Fact(_("Example"), f"/bcdc {example}", code=True)
                        for example in command.examples
                    ),
                ),
            ),
        ),
    )


def _words(command: Described) -> Iterator[Fact]:
    """Each word that follows the verb, and what it is."""
    if isinstance(command, ReadCommand | ChangeCommand | SettingCommand):
        yield from (Fact(one.usage, one.arg.help) for one in command.parameters)
    if isinstance(command, ChangeCommand) and command.subject:
        yield Fact(
            FIELDS, _("what the form asks for, right in the line; without it the form opens")
        )


_BEGIN = Entry(
    title=_("Begin here"),
    text=_("To change records, and to see your drafts, give the bot your key once."),
    buttons=(Go(_("Connect"), "connect", ""),),
)
COMMAND = ReadCommand(
    name="help",
    summary=_("Show the commands, or explain one"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("help", "help find-org"),
    also=("?", "commands", "hello", "hi"),
)
