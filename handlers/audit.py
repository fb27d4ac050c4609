"""`/bcdc audit [format:…] [since:…] [until:…] [org:…] [record:…] [person:…]`: what was done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from bot.answer import Answer
from bot.change import Json
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import NotAllowedError, NotFoundError, UsageError
from bot.text import _
from bot.trail import TRAIL, Span

_USER = re.compile(r"@?(?P<id>[UW][A-Z0-9]+)")


@dataclass(frozen=True, slots=True)
class Args:
    format: Annotated[str, Arg(_("csv or jsonl"), setting=True)] = "csv"
    since: Annotated[str, Arg(_("a day (UTC), like 2026-01-31"), setting=True)] = ""
    until: Annotated[str, Arg(_("the last day, like 2026-02-28"), setting=True)] = ""
    org: Annotated[str, Arg(_("records of this organization"), setting=True)] = ""
    record: Annotated[str, Arg(_("one record"), setting=True)] = ""
    person: Annotated[str, Arg(_("what this person asked or decided"), setting=True)] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    await wanted(ctx, args)
    return Answer(_("The audit comes as a file, in your direct messages with the bot."))


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[Json]]:
    async for row in ctx.trail.rows(await wanted(ctx, args)):
        yield row


def kind(args: Args) -> str:
    if args.format not in {"csv", "jsonl"}:
        raise UsageError(_("Choose format:csv or format:jsonl."))
    return args.format


async def wanted(ctx: Context, args: Args) -> Span:
    """The part of the audit that is asked for.

    Raises NotAllowedError unless the person runs the bot or is admin of the organization, by the
    catalogue's word; UsageError for what is no day, no format or no person.
    """
    kind(args)
    user = _USER.fullmatch(args.person)
    if args.person and not user:
        raise UsageError(
            _("Type @ and choose the person from the list that Slack offers: person:@name.")
        )
    return Span(
        since=_day(args.since),
        until=_day(args.until, after=timedelta(days=1)),
        catalogue=ctx.ckan.catalogue,
        organizations=await _organizations(ctx, args.org),
        package_id=await _package_id(ctx, args.record) if args.record else "",
        user_id=user["id"] if user else "",
    )


async def _organizations(ctx: Context, name: str) -> dict[str, str] | None:
    """Whose records are asked for, name by id; None for everything."""
    rights = await ctx.ckan.rights()
    if name:
        named = await ctx.ckan.organization(name)
        if not ctx.operator and not rights.may_approve(named.id):
            raise NotAllowedError(
                _("The audit of {title} is for its admins in the catalogue.").format(
                    title=named.title
                )
            )
        return {named.id: named.name}
    if ctx.operator:
        return None
    own = [one for one in await ctx.ckan.organizations() if rights.may_approve(one.id)]
    if not own:
        raise NotAllowedError(
            _("The audit is for admins of an organization in the catalogue. Ask one of them.")
        )
    return {one.id: one.name for one in own}


async def _package_id(ctx: Context, name: str) -> str:
    try:
        return (await ctx.ckan.package(name)).id
    except NotFoundError:
        return name  # of a record that is gone its id still says which it was


def _day(text: str, *, after: timedelta = timedelta()) -> datetime | None:
    """The beginning of the day in UTC, and as long `after` it; None for no day."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + after
    except (ValueError, OverflowError):
        raise UsageError(
            _("“{text}” is no day. Write it like 2026-01-31.").format(text=text)
        ) from None


COMMAND = ReadCommand(
    name="audit",
    summary=_("Send what was asked, decided and changed as a file, for admins"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    columns=TRAIL,
    rows=rows,
    sends=kind,
    examples=("audit", "audit org:geobc since:2026-01-01 format:jsonl", "audit person:@casey"),
)
