"""`/bcdc use <catalogue>`: which catalogue you work in from now on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context
from bot.errors import UsageError
from bot.setting import UseCatalogue
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    catalogue: Annotated[str, Arg(_("the catalogue's name"))]


async def setting(ctx: Context, args: Args, _given: Given) -> UseCatalogue:
    names = {name.casefold(): name for name in ctx.catalogues}
    name = names.get(args.catalogue.casefold())
    if name is None:
        raise UsageError(
            _("There is no catalogue “{name}”. Choose one of: {names}.").format(
                name=args.catalogue, names=", ".join(ctx.catalogues)
            )
        )
    return UseCatalogue(name)


COMMAND = SettingCommand(
    name="use",
    summary=_("Choose the catalogue you work in"),
    args=Args,
    needs=Role.ANYONE,
    setting=setting,
    own=True,
    examples=("use test",),
)
