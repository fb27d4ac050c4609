"""`/bcdc unsubscribe [id]`: let a channel hear of something no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer
from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context
from bot.errors import UsageError
from bot.setting import Unsubscribe
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    subscription: Annotated[str, Arg(_("its id, where the channel has several"))] = ""


async def setting(ctx: Context, args: Args, _given: Given) -> Unsubscribe | Answer:
    if args.subscription:
        return Unsubscribe(args.subscription)
    here = await ctx.subscribed.here()
    if not here:
        return Answer(_("This channel is subscribed to nothing."))
    if len(here) > 1:
        raise UsageError(
            _("This channel has several subscriptions: choose one in /bcdc subscriptions.")
        )
    return Unsubscribe(here[0].id)


COMMAND = SettingCommand(
    name="unsubscribe",
    summary=_("End something that this channel hears of"),
    args=Args,
    needs=Role.ANYONE,
    setting=setting,
    examples=("unsubscribe",),
    also=("unfollow", "mute"),
)
