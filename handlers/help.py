"""`/bcdc help [verb]`: what can be typed, with examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact
from bot.command import Arg, ReadCommand, Role
from bot.context import Context, Described
from bot.errors import UnknownVerbError
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    verb: Annotated[str, Arg("the command to explain")] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    if args.verb:
        return _explain(_named(ctx, args.verb))
    return Answer(
        headline=_("What you can type after /bcdc"),
        entries=(
            Entry(
                title="",
                facts=tuple(
                    Fact(f"{command.name} {command.usage}".strip(), command.summary)
                    for command in ctx.commands
                ),
            ),
        ),
        note=_(
            "<…> is needed, […] is not. For examples type a command after help: /bcdc help find-org"
        ),
    )


def _named(ctx: Context, verb: str) -> Described:
    for command in ctx.commands:
        if command.name == verb.lower():
            return command
    raise UnknownVerbError(verb, (command.name for command in ctx.commands))


def _explain(command: Described) -> Answer:
    return Answer(
        headline=f"/bcdc {command.name} {command.usage}".strip(),
        entries=(
            Entry(
                title=command.summary,
                facts=tuple(
                    Fact(_("Example"), f"/bcdc {example}", code=True)
                    for example in command.examples
                ),
            ),
        ),
    )


COMMAND = ReadCommand(
    name="help",
    summary=_("Show the commands, or explain one"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("help", "help find-org"),
)
