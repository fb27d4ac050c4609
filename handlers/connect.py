"""`/bcdc connect [catalogue]`: give the bot your API key, once, in a form only you see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import SecretStr

from bot.ckan.schema import Choice, Field
from bot.command import Arg, Given, Question, Role, SettingCommand
from bot.context import Context
from bot.errors import UsageError
from bot.setting import BindKey
from bot.text import _

SHORTEST_KEY = 20


@dataclass(frozen=True, slots=True)
class Args:
    catalogue: Annotated[str, Arg(_("which catalogue, when not your usual one"))] = ""


async def question(ctx: Context, args: Args) -> Question:
    catalogue = chosen(ctx, args.catalogue)
    which = Field(
        "catalogue",
        _("Catalogue"),
        required=True,
        choices=tuple(Choice(name, name) for name in ctx.catalogues),
    )
    key = Field(
        "api_key",
        _("API key"),
        help=_("Kept encrypted. Never type it in a message or after a command."),
        required=True,
    )
    return Question(
        title=_("Connect your key"),
        intro=_(
            "The bot acts with your own rights, so it needs your API key. To find it, sign in to "
            "the catalogue, open the menu at the top right and choose Account Settings: "
            "the key is at the bottom left of your profile."
        ),
        link=(_("Open the catalogue ({name})").format(name=catalogue), ctx.catalogues[catalogue]),
        fields=(which, key) if len(ctx.catalogues) > 1 else (key,),
        values={"catalogue": catalogue},
        submit=_("Connect"),
    )


def check(given: Given) -> Mapping[str, str]:
    key = str(given.get("api_key") or "").strip()
    if len(key) < SHORTEST_KEY or any(blank in key for blank in " \t\n"):
        return {"api_key": _("This is not an API key: copy the whole key, without spaces.")}
    return {}


async def setting(ctx: Context, args: Args, given: Given) -> BindKey:
    key = SecretStr(str(given.get("api_key") or "").strip())
    return BindKey(chosen(ctx, str(given.get("catalogue") or args.catalogue)), key)


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
    check=check,
    setting=setting,
    secret=frozenset({"api_key"}),
    own=True,
    examples=("connect",),
    also=("login", "key", "token"),
)
