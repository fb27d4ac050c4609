"""`/bcdc find-package <text>`: records by words, name, id or link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go, Part
from bot.ckan.links import package_url
from bot.ckan.models import Package
from bot.ckan.moves import state_title
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.text import _, ngettext

SIZE = 8
BATCH = 250


@dataclass(frozen=True, slots=True)
class Args:
    text: Annotated[
        str, Arg(_("words of the record, or its name, id or link"), rest=True, names="package")
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    listing = await ctx.ckan.find_packages(args.text, page=ctx.page, size=SIZE)
    if not listing.total:
        return Answer(
            headline=_("No record matches “{text}”.").format(text=args.text),
            note=_("Try fewer words, or whole ones: the catalogue finds no parts of words."),
        )
    return Answer(
        headline=ngettext(
            "{n:,} record matches “{text}”", "{n:,} records match “{text}”", listing.total
        ).format(n=listing.total, text=args.text),
        entries=tuple(_entry(ctx, package) for package in listing.packages),
        part=Part.of(listing.first, len(listing.packages), listing.total, SIZE),
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    page, known = 1, 1
    while (page - 1) * BATCH < known:
        listing = await ctx.ckan.find_packages(args.text, page=page, size=BATCH)
        for one in listing.packages:
            yield (
                one.title,
                one.name,
                one.id,
                one.publish_state,
                one.organization_title,
                package_url(ctx.ckan.url, one.name),
            )
        page, known = page + 1, listing.total


def _entry(ctx: Context, package: Package) -> Entry:
    facts = [Fact(_("Published by"), package.organization_title or package.owner_org)]
    if package.publish_state:
        facts.append(Fact(_("State"), state_title(package.publish_state)))
    facts += [
        Fact(_("Name"), package.name, code=True),
        Fact(_("Id"), package.id, code=True),
    ]
    return Entry(
        title=package.title,
        url=package_url(ctx.ckan.url, package.id),
        facts=tuple(facts),
        buttons=(Go(_("Show"), "show-package", package.id),),
    )


COMMAND = ReadCommand(
    name="find-package",
    summary=_("Find records by words"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(_("Title"), _("Name"), _("Id"), _("State"), _("Organization"), _("Page")),
    rows=rows,
    examples=("find-package foster homes",),
    also=("search", "find"),
)
