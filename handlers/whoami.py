"""`/bcdc whoami`: whose key the bot uses for you, and what you may do with it."""

from __future__ import annotations

from bot.answer import Answer, Entry, Fact, roles
from bot.command import NoArgs, ReadCommand, Role
from bot.context import Context
from bot.errors import NotConnectedError
from bot.text import _


async def answer(ctx: Context, _args: NoArgs) -> Answer:
    await ctx.ckan.check_key()
    user = await ctx.ckan.user()
    if user is None or ctx.account is None:
        raise NotConnectedError(
            _("You have no key for {catalogue} here. Type /bcdc connect to give one.").format(
                catalogue=ctx.ckan.catalogue
            )
        )
    rights = await ctx.ckan.rights()
    titles = {row.id: row.title for row in await ctx.ckan.organizations()}
    facts = [
        Fact(_("Catalogue"), ctx.ckan.catalogue),
        Fact(_("User"), user.name, code=True),
        Fact(
            _("Key"),
            _("A token of the bot's own, which /bcdc disconnect revokes")
            if ctx.account.minted
            else _("The key you gave, kept encrypted"),
        ),
    ]
    if rights.sysadmin:
        facts.append(Fact(_("Role"), _("Catalogue administrator: may change everything")))
    else:
        facts += roles(rights, titles)
    return Answer(
        headline=_("You are {name}").format(name=user.fullname or user.name),
        entries=(Entry(title="", facts=tuple(facts)),),
    )


COMMAND = ReadCommand(
    name="whoami",
    summary=_("Show whose key the bot uses for you"),
    args=NoArgs,
    needs=Role.ANYONE,
    answer=answer,
    examples=("whoami",),
    also=("me",),
)
