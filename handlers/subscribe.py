"""`/bcdc subscribe org:<name> …`: let a channel hear what happens to records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context
from bot.notices.wanted import read
from bot.setting import Subscribe
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    words: Annotated[
        str,
        Arg(
            _("org:<name>, package:<name> or search:<words>, and filters such as event:published"),
            rest=True,
        ),
    ] = ""


async def setting(_ctx: Context, args: Args, _given: Given) -> Subscribe:
    return Subscribe(read(args.words))


COMMAND = SettingCommand(
    name="subscribe",
    summary=_("Let this channel hear what happens to records"),
    args=Args,
    needs=Role.ANYONE,
    setting=setting,
    examples=(
        "subscribe org:information-management-cfd event:published,archived",
        "subscribe search:health NOT format:pdf digest:weekly on:monday at:08:30",
        "subscribe package:bc-airports dry-run:yes",
    ),
)
