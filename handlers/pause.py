"""`/bcdc pause [reason]`: hold all changes; nothing is sent to a catalogue until `resume`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context
from bot.setting import Pause
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    reason: Annotated[str, Arg(_("why; everybody whose change is held reads it"), rest=True)] = ""


async def setting(_ctx: Context, args: Args, _given: Given) -> Pause:
    return Pause(args.reason)


COMMAND = SettingCommand(
    name="pause",
    summary=_("Hold all changes until you resume; for the people who run this bot"),
    args=Args,
    needs=Role.OPERATOR,
    setting=setting,
    examples=("pause the catalogue is being upgraded",),
)
