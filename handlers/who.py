"""`/bcdc who <org>`: who may edit there, and who may approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact
from bot.ckan.links import organization_url
from bot.ckan.models import Member
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.text import _, ngettext

NAMED = 60


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[
        str,
        Arg(_("the organization's name, title, id or link"), rest=True, names="organization"),
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    organization = await ctx.ckan.organization(args.organization)
    members = await ctx.ckan.editors(organization)
    own = [one for one in members if one.organization.id == organization.id]
    above = [one for one in members if one.organization.id != organization.id]
    facts = [
        Fact(_("May edit and approve"), _names([one for one in own if one.role == "admin"])),
        Fact(_("May edit"), _names([one for one in own if one.role == "editor"])),
    ]
    if above:
        label = _("Also by way of {title}").format(title=above[0].organization.title)
        facts.append(Fact(label, _names(above)))
    return Answer(
        headline=_("Who works on {title}").format(title=organization.title),
        entries=(
            Entry(
                title=_("Open in the catalogue"),
                url=organization_url(ctx.ckan.url, organization.name),
                facts=tuple(facts),
            ),
        ),
        note=_("Catalogue administrators may do all of it everywhere."),
    )


def _names(members: Sequence[Member]) -> str:
    names = sorted(f"{one.user.fullname or one.user.name} ({one.user.name})" for one in members)
    shown, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more > 0:
        told = ngettext("{names} and {n} more", "{names} and {n} more", more)
        return told.format(names=shown, n=more)
    return shown or _("Nobody")


COMMAND = ReadCommand(
    name="who",
    summary=_("Show who may edit and approve in an organization"),
    args=Args,
    needs=Role.CONNECTED,
    answer=answer,
    examples=("who information-management-cfd",),
    also=("admins", "members", "editors"),
)
