"""`/bcdc org-tree [org]`: ministries, their branches, and how many records each has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, paged
from bot.ckan.links import organization_url
from bot.ckan.models import Organization
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import CatalogueError
from bot.text import _, ngettext

SIZE = 12


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[str, Arg(_("a ministry or branch, for its part only"), rest=True)] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    rows = await _rows(ctx, args.organization)
    counts = await _counts(ctx)
    shown, part = paged(rows, ctx.page, SIZE)
    return Answer(
        headline=ngettext("{n} organization", "{n} organizations", len(rows)).format(n=len(rows)),
        entries=tuple(_entry(ctx, row, rows, counts) for row in shown),
        note="" if counts is not None else _("How many records each has is not known just now."),
        part=part,
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    found = await _rows(ctx, args.organization)
    counts = await _counts(ctx) or {}
    for row in found:
        number = str(counts.get(row.name, 0)) if counts else ""
        yield (row.title, row.parent_title or row.parent_name, number, row.name, row.id)


async def _rows(ctx: Context, wanted: str) -> list[Organization]:
    """Each ministry before its branches, in alphabetical order."""
    tree = await ctx.ckan.organizations()
    by_name = {row.name: row for row in tree}
    if wanted:
        named = await ctx.ckan.organization(wanted)
        tree = [row for row in tree if named.name in {row.name, row.parent_name}]

    def place(row: Organization) -> tuple[str, str, bool, str]:
        above = by_name.get(row.parent_name, row)
        return above.title.casefold(), above.name, row is not above, row.title.casefold()

    return sorted(tree, key=place)


async def _counts(ctx: Context) -> Mapping[str, int] | None:
    """None while the catalogue does not say, which the tree does not wait for."""
    try:
        return await ctx.ckan.organization_counts()
    except CatalogueError:
        return None


def _entry(
    ctx: Context, row: Organization, tree: list[Organization], counts: Mapping[str, int] | None
) -> Entry:
    above = row.parent_title or row.parent_name
    facts = [Fact(_("Part of"), above)] if above else []
    if counts is not None:
        own = counts.get(row.name, 0)
        below = sum(counts.get(one.name, 0) for one in tree if one.parent_name == row.name)
        told = _("{own}, and {more} in its branches") if below else "{own}"
        facts.append(Fact(_("Records"), told.format(own=own, more=below)))
    facts.append(Fact(_("Name"), row.name, code=True))
    return Entry(row.title, organization_url(ctx.ckan.url, row.name), tuple(facts))


COMMAND = ReadCommand(
    name="org-tree",
    summary=_("List ministries and their branches"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(_("Title"), _("Part of"), _("Records"), _("Name"), _("Id")),
    rows=rows,
    examples=("org-tree", "org-tree ministry-of-forests"),
)
