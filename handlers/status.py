"""`/bcdc status`: whether each catalogue answers and what it can do, and how the bot does."""

from __future__ import annotations

import asyncio

from bot.answer import Answer, Entry, Fact
from bot.ckan.models import Capabilities
from bot.command import NoArgs, ReadCommand, Role
from bot.context import Context
from bot.errors import UserError
from bot.text import _

_OFFERS = {
    "scheming_dataset_schema_show": _("forms of its own schema"),
    "whoami": _("dead keys noticed at once"),
    "api_token_create": _("tokens of the bot's own"),
    "organization_or_group_list_related": _("the tree of organizations in one call"),
    "package_activity_list": _("history"),
}


async def answer(ctx: Context, _args: NoArgs) -> Answer:
    catalogues = await asyncio.gather(*(_catalogue(ctx, name) for name in ctx.catalogues))
    bot = tuple(Fact(label, text) for label, text in await ctx.health.facts())
    return Answer(
        headline=_("How things are"),
        entries=(*catalogues, Entry(title=_("This bot"), facts=bot)),
    )


async def _catalogue(ctx: Context, name: str) -> Entry:
    reader = ctx.public(name)
    title = _("{name}, which you work in").format(name=name) if name == ctx.ckan.catalogue else name
    try:
        version = await reader.reach()
        facts = _able(version, await reader.capabilities())
    except UserError as error:
        facts = (Fact(_("Answers"), _("No. {why}").format(why=error)),)
    return Entry(title=title, url=reader.url, facts=facts)


def _able(version: str, able: Capabilities) -> tuple[Fact, ...]:
    offered = [told for ckan_action, told in _OFFERS.items() if able.has(ckan_action)]
    missing = [told for ckan_action, told in _OFFERS.items() if not able.has(ckan_action)]
    facts = [
        Fact(_("Answers"), _("Yes")),
        Fact(_("CKAN"), version or _("does not tell its version")),
        Fact(
            _("Changes"),
            _("Supported")
            if able.has("package_revise")
            else _("Not supported: that needs CKAN 2.9 or later. Looking up works."),
        ),
        Fact(_("Has"), ", ".join(offered) or _("nothing special")),
    ]
    return (*facts, *((Fact(_("Lacks"), ", ".join(missing)),) if missing else ()))


COMMAND = ReadCommand(
    name="status",
    summary=_("Show whether the catalogues and this bot work"),
    args=NoArgs,
    needs=Role.ANYONE,
    answer=answer,
    examples=("status",),
)
