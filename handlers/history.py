"""`/bcdc history [package]`: what was changed, through the bot and in the catalogue itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.ckan.models import Deed, Package
from bot.command import Arg, ReadCommand, Role
from bot.context import Context, Past
from bot.errors import CatalogueError, GoneError, NotFoundError
from bot.text import _

_ENDED = {
    State.APPLIED: _("Applied"),
    State.FAILED: _("Not applied: {reason}"),
    State.STALE: _("Not applied, somebody else changed it first"),
    State.PENDING: _("Waits for approval"),
    State.REJECTED: _("Sent back by those who decide"),
    State.WITHDRAWN: _("Withdrawn"),
    State.EXPIRED: _("Nobody decided in time"),
    State.CANCELLED: _("Stopped"),
    State.APPROVED: _("About to be applied"),
    State.APPLYING: _("Being applied now"),
}

_DEEDS = {
    "new package": _("Created in the catalogue"),
    "deleted package": _("Deleted in the catalogue"),
}
SHOWN = 20
NEAR = timedelta(seconds=15)
"""Between a save of the bot's and the catalogue's own note of it."""


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[
        str,
        Arg(
            _("a record or resource (id, name or link), or a change's id; none for your own"),
            rest=True,
            names="package",
        ),
    ] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    if not args.package:
        return await _own(ctx)
    title, changes, package = await _changes(ctx, args.package)
    deeds, note = await _elsewhere(ctx, package, changes) if package else ((), "")
    if not changes and not deeds:
        return Answer(headline=_("Nothing was changed yet: {title}").format(title=title), note=note)
    told = [(past.at, _entry(ctx, past)) for past in changes]
    told += [(deed.at, _deed(deed)) for deed in deeds]
    told.sort(key=lambda one: one[0], reverse=True)
    return Answer(
        headline=_("Changes of {title}").format(title=title),
        entries=tuple(entry for _at, entry in told[:SHOWN]),
        note=note,
    )


async def _own(ctx: Context) -> Answer:
    changes = await ctx.ledger.recent(SHOWN)
    if not changes:
        return Answer(headline=_("You have changed nothing yet."))
    return Answer(
        headline=_("What you changed last"),
        entries=tuple(_entry(ctx, past) for past in changes),
    )


async def _elsewhere(
    ctx: Context, package: Package, changes: Sequence[Past]
) -> tuple[Sequence[Deed], str]:
    """What was done elsewhere: each change of the bot's own is one of the catalogue's deeds."""
    try:
        deeds = list(await ctx.ckan.deeds(package))
    except CatalogueError as error:
        return (), _("What was done in the catalogue itself is not told: {why}").format(why=error)
    for saved in sorted(moment for past in changes for moment in past.saved):
        near = [deed for deed in deeds if abs(deed.at - saved) < NEAR]
        if near:
            deeds.remove(min(near, key=lambda deed: abs(deed.at - saved)))
    return deeds, ""


def _deed(deed: Deed) -> Entry:
    return Entry(
        title=_DEEDS.get(deed.kind, _("Changed in the catalogue")),
        facts=(Fact(_("By"), deed.name or _("somebody")), Fact(_("When"), deed.at)),
    )


async def _changes(ctx: Context, wanted: str) -> tuple[str, tuple[Past, ...], Package | None]:
    try:
        past = await ctx.ledger.change(wanted)
    except GoneError:
        pass
    else:
        for write in past.writes[:1]:
            (past,) = await _seen(ctx, await ctx.ckan.package(write.package_id), [past])
        return past.title, (past,), None
    try:
        package = await ctx.ckan.package(wanted)
    except NotFoundError as unknown:
        try:
            package, resource = await ctx.ckan.resource(wanted)
        except NotFoundError:
            raise unknown from None
        found = await ctx.ledger.history(package_id=package.id, resource_id=resource.id)
        return resource.title, await _seen(ctx, package, found), None
    found = await ctx.ledger.history(package_id=package.id, resource_id=None)
    return package.title, await _seen(ctx, package, found), package


async def _seen(ctx: Context, package: Package, changes: Sequence[Past]) -> tuple[Past, ...]:
    """The changes, without what was called how while not everyone could see the record."""
    edits = (await ctx.ckan.rights()).may_edit(package.owner_org)
    return tuple(past.called_for(ctx.person, package.title, edits=edits) for past in changes)


def _entry(ctx: Context, past: Past) -> Entry:
    # A reason may name what only those see who may edit, such as a contact that is not displayed.
    reason = past.reason if past.person == ctx.person else _("only who asked is told why")
    ended = _("Undone") if past.undone else _ENDED.get(past.state, past.state).format(reason=reason)
    facts = [
        Fact(_("By"), past.person.user_id, person=True),
        Fact(_("When"), past.at),
        Fact(_("Outcome"), ended),
        *((Fact(_("Approved by"), ", ".join(past.agreed)),) if past.agreed else ()),
        Fact(_("Fields"), ", ".join(past.touched)),
        Fact(_("Change"), past.id, code=True),
    ]
    undoable = past.undoable and past.person == ctx.person
    return Entry(
        title=past.title,
        facts=tuple(facts),
        buttons=(Go(_("Undo"), "change:undo", past.id),) if undoable else (),
    )


COMMAND = ReadCommand(
    name="history",
    summary=_("Show what was changed, by whom, and how it ended"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("history adoptions-and-children-in-care-by-service-delivery-area", "history"),
    also=("changes", "log"),
)
