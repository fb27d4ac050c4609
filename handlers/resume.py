"""`/bcdc resume`: let the changes that `pause` held go on."""

from __future__ import annotations

from bot.command import Given, NoArgs, Role, SettingCommand
from bot.context import Context
from bot.setting import Resume
from bot.text import _


async def setting(_ctx: Context, _args: NoArgs, _given: Given) -> Resume:
    return Resume()


COMMAND = SettingCommand(
    name="resume",
    summary=_("Let changes that are held go on; for the people who run this bot"),
    args=NoArgs,
    needs=Role.OPERATOR,
    setting=setting,
    examples=("resume",),
)
