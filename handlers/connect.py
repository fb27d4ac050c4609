"""`/bcdc connect [catalogue]`: give the bot your API key, once, in a form only you see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import SecretStr

from bot.command import Arg, Question, Role, SettingCommand
from bot.context import Context
from bot.errors import UsageError
from bot.setting import BindKey
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    catalogue: Annotated[str, Arg("which catalogue, when not your usual one")] = ""


def question(ctx: Context, args: Args) -> Question:
    catalogue = chosen(ctx, args.catalogue)
    return Question(
        title=_("Connect your key"),
        intro=_(
            "The bot acts with your own rights, so it needs your API key. To find it, sign in to "
            "the catalogue, open the menu at the top right and choose Account Settings: "
            "the key is at the bottom left of your profile."
        ),
        link=(_("Open the catalogue ({name})").format(name=catalogue), ctx.catalogues[catalogue]),
        block_id="api_key",
        label=_("API key"),
        hint=_("Kept encrypted. Never type it in a message or after a command."),
        submit=_("Connect"),
        choice_block_id="catalogue",
        choice_label=_("Catalogue"),
        choices=tuple(ctx.catalogues),
        chosen=catalogue,
    )


def setting(ctx: Context, args: Args, given: SecretStr) -> BindKey:
    return BindKey(chosen(ctx, args.catalogue), given)


def chosen(ctx: Context, name: str) -> str:
    """The catalogue of that name, or the person's usual one.

    Raises UsageError naming the catalogues when there is none of that name.
    """
    if not name:
        return ctx.ckan.catalogue
    if name in ctx.catalogues:
        return name
    raise UsageError(
        _("There is no catalogue “{name}”. Choose one of: {names}.").format(
            name=name, names=", ".join(ctx.catalogues)
        )
    )


COMMAND = SettingCommand(
    name="connect",
    summary=_("Give the bot your API key, in a form"),
    args=Args,
    needs=Role.ANYONE,
    question=question,
    setting=setting,
    examples=("connect",),
)
