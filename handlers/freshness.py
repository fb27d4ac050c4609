"""`/bcdc freshness [organization]`: what is late, what is due soon, and how many are on time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from bot.answer import Answer, Bar, Chart, Entry, Fact, Go, paged
from bot.ckan.links import resource_url
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import NoEditorError, NotConnectedError
from bot.notices.freshness import LATE, Dated, Standing, tally, today_at
from bot.notices.upkeep import NAMES, day, told
from bot.text import _, ngettext

SIZE = 5
BARS = 10


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[
        str,
        Arg(
            _("an organization (name, title, id or link), or mine"),
            names="organization",
            rest=True,
        ),
    ] = "mine"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Titles of the organizations by id, how they and theirs are told, and what they have."""

    titles: dict[str, str]
    title: str
    of: str
    rows: tuple[Dated, ...]
    today: date

    def by(self, standings: frozenset[Standing]) -> list[Dated]:
        """Those that stand so, the longest late first, then what is due first."""
        found = [one for one in self.rows if one.promise.standing(self.today) in standings]
        return sorted(found, key=lambda one: one.promise.due_on or self.today)


async def answer(ctx: Context, args: Args) -> Answer:
    asked = await _asked(ctx, args)
    counts = tally((one.promise for one in asked.rows), asked.today)
    rows = asked.by(LATE) + asked.by(frozenset({Standing.DUE}))
    rights = await ctx.ckan.rights()
    shown, part = paged(rows, ctx.page, SIZE)
    late = sum(counts[one] for one in LATE)
    promising = sum(counts.values()) - counts[Standing.OPEN]
    headline = (
        ngettext(
            "{late:,} of {n:,} resource {of} is late",
            "{late:,} of {n:,} resources {of} are late",
            promising,
        )
        if promising
        else _("No resource {of} says when it is to be updated")
    )
    summary = tuple(Fact(NAMES[one], f"{counts[one]:,}") for one in NAMES if counts[one])
    return Answer(
        headline=headline.format(late=late, n=promising, of=asked.of),
        entries=(
            *((Entry("", facts=summary),) if summary else ()),
            *(
                _entry(ctx, one, asked.today, may_edit=rights.may_edit(one.owner_org))
                for one in shown
            ),
        ),
        note=_("By what each resource promises, in working days of British Columbia."),
        part=part,
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    asked = await _asked(ctx, args)
    for one in asked.rows:
        promise, due_on = one.promise, one.promise.due_on
        yield (
            one.title,
            one.about,
            asked.titles.get(one.owner_org, one.owner_org),
            promise.cycle,
            day(promise.updated) if promise.updated else "",
            day(due_on) if due_on else "",
            str(promise.days_late(asked.today)),
            NAMES[promise.standing(asked.today)],
            resource_url(ctx.ckan.url, one.package_id, one.resource_id),
        )


async def chart(ctx: Context, args: Args) -> Chart:
    """The months where more than one is kept, else each organization today."""
    asked = await _asked(ctx, args)
    legend = tuple(NAMES[one] for one in NAMES if one is not Standing.OPEN)
    months = await ctx.upkeep.months(list(asked.titles))
    # One month is no course of things.
    course = [_bar(one.month, one.standings) for one in months] if len(months) > 1 else None
    title = _("Updates of data: {title}, {day}").format(title=asked.title, day=day(asked.today))
    return Chart(title, legend, tuple(course or _by_organization(asked)))


def _by_organization(asked: _Asked) -> list[Bar]:
    """Those with the most resources first."""
    standings: dict[str, Counter[Standing]] = defaultdict(Counter)
    for one in asked.rows:
        standings[one.owner_org][one.promise.standing(asked.today)] += 1
    named = [_bar(asked.titles[key], counted) for key, counted in standings.items()]
    return sorted((bar for bar in named if sum(bar.parts)), key=lambda bar: -sum(bar.parts))[:BARS]


def _bar(label: str, standings: Counter[Standing]) -> Bar:
    return Bar(label, tuple(standings[one] for one in NAMES if one is not Standing.OPEN))


async def _asked(ctx: Context, args: Args) -> _Asked:
    titles, title = await _organizations(ctx, args)
    of = _("of {organization}").format(organization=title) if title else _("where you may edit")
    kept = await ctx.upkeep.resources(list(titles))
    return _Asked(titles, title or of, of, tuple(kept), today_at(ctx.now))


async def _organizations(ctx: Context, args: Args) -> tuple[dict[str, str], str]:
    """Titles by id: the one named, with its title, and its branches; else where one may edit."""
    tree = await ctx.ckan.organizations()
    if args.organization.casefold() != "mine":
        named = await ctx.ckan.organization(args.organization)
        below = {row.id: row.title for row in tree if row.parent_name == named.name}
        return {named.id: named.title, **below}, named.title
    if ctx.account is None:
        raise NotConnectedError(
            _("Name an organization, or type /bcdc connect so that the bot knows which are yours.")
        )
    rights = await ctx.ckan.rights()
    if not rights.editor and not rights.sysadmin:
        raise NoEditorError
    return {row.id: row.title for row in tree if row.id in rights.editor}, ""


def _entry(ctx: Context, one: Dated, today: date, *, may_edit: bool) -> Entry:
    upload = Go(_("Upload the new file"), "update-resource", one.resource_id)
    return Entry(
        title=" · ".join(filter(None, (one.title, one.about))),
        url=resource_url(ctx.ckan.url, one.package_id, one.resource_id),
        text=told(one.promise, today),
        buttons=(upload,) if may_edit else (),
    )


COMMAND = ReadCommand(
    name="freshness",
    summary=_("Show which data is late, due soon or on time"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(
        _("Resource"),
        _("Record"),
        _("Organization"),
        _("Frequency"),
        _("Last updated"),
        _("Due by"),
        _("Working days late"),
        _("Standing"),
        _("Page"),
    ),
    rows=rows,
    chart=chart,
    examples=("freshness information-management-cfd",),
    also=("late", "overdue", "stale"),
)
