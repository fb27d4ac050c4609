"""`/bcdc disconnect`: make the bot forget your key, and revoke the token it minted."""

from __future__ import annotations

from bot.command import Given, NoArgs, Role, SettingCommand
from bot.context import Context
from bot.setting import UnbindKey
from bot.text import _


async def setting(ctx: Context, _args: NoArgs, _given: Given) -> UnbindKey:
    return UnbindKey(ctx.ckan.catalogue)


COMMAND = SettingCommand(
    name="disconnect",
    summary=_("Make the bot forget your key"),
    args=NoArgs,
    needs=Role.ANYONE,
    setting=setting,
    own=True,
    examples=("disconnect",),
    also=("logout",),
)
