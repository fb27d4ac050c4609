"""`/bcdc pending [here]`: what waits for you, and what you asked of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.command import Arg, ReadCommand, Role
from bot.context import Context, Past
from bot.errors import CatalogueError, NotConnectedError, NotFoundError, UsageError
from bot.text import _, ngettext

_STANDS = {
    State.DRAFT: _("A form you have not finished"),
    State.PREVIEWED: _("Waits for you to apply it"),
    State.APPROVED: _("About to be applied"),
    State.APPLYING: _("Being applied now"),
    State.PENDING: _("Waits for others to approve it"),
}
HERE = "here"
_APPLIED = frozenset({State.APPROVED, State.APPLYING})
_HELD = _("You applied it; it is held, and saved when changes go on")


@dataclass(frozen=True, slots=True)
class Args:
    here: Annotated[str, Arg(_("“here” for what was asked in this channel"))] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    if args.here.casefold() == HERE:
        return await _here(ctx)
    if args.here:
        raise UsageError(_("Type /bcdc pending, or /bcdc pending here for this channel."))
    mine = await ctx.ledger.pending()
    asked, untold = await _to_decide(ctx)
    paused = await ctx.operations.paused()
    note = " ".join(filter(None, (paused.told if paused else "", untold)))
    if not mine and not asked:
        if ctx.account is None:
            note = _("Type /bcdc connect, so that the bot knows whose requests wait for you.")
        return Answer(headline=_("Nothing is waiting for you."), note=note)
    number, held = len(mine) + len(asked), paused is not None
    return Answer(
        headline=ngettext("{n} change is waiting", "{n} changes are waiting", number).format(
            n=number
        ),
        entries=(*map(_asked, asked), *(_entry(past, held=held) for past in mine)),
        note=note,
    )


async def _to_decide(ctx: Context) -> tuple[Sequence[Past], str]:
    """What waits for this person's decision, and why that cannot be told."""
    if ctx.account is None:
        return (), ""
    try:
        return await ctx.ledger.to_decide(await ctx.ckan.rights()), ""
    except (CatalogueError, NotConnectedError) as error:
        told = _("Whether others wait for you is not known just now: {why}")
        return (), told.format(why=error)


async def _here(ctx: Context) -> Answer:
    """What was asked in this channel, as far as this person may see the records."""
    found = []
    for past in await ctx.ledger.asked_in(ctx.place.channel or ""):
        try:
            package = await ctx.ckan.package(past.writes[0].package_id)
        except NotFoundError:
            continue
        edits = (await ctx.ckan.rights()).may_edit(package.owner_org)
        found.append(past.called_for(ctx.person, package.title, edits=edits))
    if not found:
        return Answer(headline=_("Nothing that was asked here waits, or you may not see it."))
    number = len(found)
    return Answer(
        headline=ngettext(
            "{n} change that was asked here waits",
            "{n} changes that were asked here wait",
            number,
        ).format(n=number),
        entries=tuple(map(_of_channel, found)),
    )


def _of_channel(past: Past) -> Entry:
    by = Fact(_("Asked by"), past.person.user_id, person=True)
    return Entry(
        title=past.title,
        text=_STANDS[State.PENDING],
        facts=(by, Fact(_("Waits for"), ", ".join(past.asked_of)), Fact(_("Asked"), past.at)),
        buttons=(Go(_("Look and decide"), "change:view", past.id),),
    )


def _asked(past: Past) -> Entry:
    return Entry(
        title=past.title,
        text=_("Waits for your decision"),
        facts=(Fact(_("Asked by"), past.person.user_id, person=True), Fact(_("Asked"), past.at)),
        buttons=(Go(_("Look and decide"), "change:view", past.id),),
    )


def _entry(past: Past, *, held: bool) -> Entry:
    asked_of = past.asked_of if past.state is State.PENDING else ()
    facts = (
        *((Fact(_("Fields"), ", ".join(past.touched)),) if past.touched else ()),
        *((Fact(_("Waits for"), ", ".join(asked_of)),) if asked_of else ()),
    )
    buttons = {
        State.DRAFT: (
            Go(_("Continue"), "change:edit", past.id),
            Go(_("Drop"), "change:cancel", past.id),
        ),
        State.PREVIEWED: (
            Go(_("Check and apply"), "change:preview", past.id),
            Go(_("Drop"), "change:cancel", past.id),
        ),
        State.PENDING: (Go(_("Withdraw"), "change:cancel", past.id),),
    }.get(past.state, ())
    return Entry(
        title=past.title,
        text=_HELD if held and past.state in _APPLIED else _STANDS.get(past.state, past.state),
        facts=facts,
        buttons=buttons,
    )


COMMAND = ReadCommand(
    name="pending",
    summary=_("List what waits for you, and what you asked of others"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("pending", "pending here"),
    also=("approve", "reject", "approvals", "requests", "drafts", "withdraw"),
)
