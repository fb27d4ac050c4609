"""`/bcdc use [catalogue]`: which catalogue you work in from now on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Go
from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context
from bot.errors import UsageError
from bot.setting import UseCatalogue
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    catalogue: Annotated[str, Arg(_("the catalogue's name; without it, those there are"))] = ""


async def setting(ctx: Context, args: Args, _given: Given) -> UseCatalogue | Answer:
    if not args.catalogue:
        return Answer(
            _("You work in the catalogue “{name}”").format(name=ctx.ckan.catalogue),
            entries=tuple(
                Entry(name, url, buttons=(Go(_("Work here"), "use", name),))
                for name, url in ctx.catalogues.items()
                if name != ctx.ckan.catalogue
            ),
        )
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
    examples=("use", "use test"),
)
