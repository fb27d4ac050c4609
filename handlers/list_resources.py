"""`/bcdc list-resources <package>`: what a record holds, with the ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, paged, to_edit
from bot.ckan.links import resource_url
from bot.ckan.models import Package, Resource
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.text import _, ngettext

SIZE = 10


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[
        str, Arg(_("the record's title, name, id or link"), rest=True, names="package")
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    package = await ctx.ckan.package(args.package)
    may_edit = (await ctx.ckan.rights()).may_edit(package.owner_org)
    number = len(package.resources)
    shown, part = paged(package.resources, ctx.page, SIZE)
    return Answer(
        headline=ngettext("{n} resource: {title}", "{n} resources: {title}", number).format(
            n=number, title=package.title
        ),
        entries=tuple(_entry(ctx, package, row, may_edit=may_edit) for row in shown),
        part=part,
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    package = await ctx.ckan.package(args.package)
    for row in package.resources:
        yield (row.title, row.text("format"), row.id, row.text("url"), row.text("description"))


def _entry(ctx: Context, package: Package, row: Resource, *, may_edit: bool) -> Entry:
    kind = [Fact(_("Format"), row.text("format"))] if row.text("format") else []
    return Entry(
        title=row.title,
        url=resource_url(ctx.ckan.url, package.id, row.id),
        facts=(*kind, Fact(_("Id"), row.id, code=True)),
        buttons=to_edit(row) if may_edit else (),
    )


COMMAND = ReadCommand(
    name="list-resources",
    summary=_("List the resources of a record"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(_("Name"), _("Format"), _("Id"), _("Link"), _("Description")),
    rows=rows,
    examples=("list-resources adoptions-and-children-in-care-by-service-delivery-area",),
    also=("list", "resources", "files"),
)
