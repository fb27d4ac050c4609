"""`/bcdc find-org <text>`: an organization's id, by its name, its title or a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact
from bot.ckan.links import organization_url
from bot.command import Arg, ReadCommand, Role
from bot.context import Context, Found
from bot.text import _, ngettext


@dataclass(frozen=True, slots=True)
class Args:
    text: Annotated[str, Arg(_("the organization's name, title or a part of it"), rest=True)]


async def answer(ctx: Context, args: Args) -> Answer:
    found = await ctx.ckan.find_organizations(args.text)
    if not found:
        return Answer(
            headline=_("No organization matches “{text}”.").format(text=args.text),
            note=_("Try one word of its title, such as “forests”."),
        )
    return Answer(
        headline=ngettext(
            "{n} organization matches “{text}”", "{n} organizations match “{text}”", len(found)
        ).format(n=len(found), text=args.text),
        entries=tuple(_entry(ctx, row) for row in found),
        note=""
        if ctx.account
        else _("Connect your key with /bcdc connect to see your role there."),
    )


def _entry(ctx: Context, found: Found) -> Entry:
    organization = found.organization
    facts = [
        Fact(_("Id"), organization.id, code=True),
        Fact(_("Name"), organization.name, code=True),
    ]
    if organization.parent_name:
        facts.append(Fact(_("Part of"), organization.parent_title or organization.parent_name))
    if found.role:
        facts.append(Fact(_("Your role"), _ROLES.get(found.role, found.role)))
    if organization.package_count is not None:
        facts.append(Fact(_("Records"), str(organization.package_count)))
    return Entry(
        title=organization.title,
        url=organization_url(ctx.ckan.url, organization.name),
        facts=tuple(facts),
    )


_ROLES = {"admin": _("Admin"), "editor": _("Editor")}

COMMAND = ReadCommand(
    name="find-org",
    summary=_("Find an organization and its id"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    examples=("find-org information-management-cfd", "find-org forest analysis"),
    also=("find", "org", "organization", "organizations"),
)
