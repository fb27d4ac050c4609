"""`/bcdc history <package>`: what was changed through the bot, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.command import Arg, ReadCommand, Role
from bot.context import Context, Past
from bot.errors import GoneError, NotFoundError
from bot.text import _

_ENDED = {
    State.APPLIED: _("Applied"),
    State.FAILED: _("Not applied: {reason}"),
    State.STALE: _("Not applied, somebody else changed it first"),
    State.APPROVED: _("About to be applied"),
    State.APPLYING: _("Being applied now"),
}


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[
        str, Arg(_("a record or resource (id, name or link), or a change's id"), rest=True)
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    title, changes = await _changes(ctx, args.package)
    if not changes:
        return Answer(
            headline=_("Nothing was changed through this bot yet: {title}").format(title=title)
        )
    return Answer(
        headline=_("Changes of {title}").format(title=title),
        entries=tuple(_entry(ctx, past) for past in changes),
    )


async def _changes(ctx: Context, wanted: str) -> tuple[str, tuple[Past, ...]]:
    try:
        past = await ctx.ledger.change(wanted)
    except GoneError:
        pass
    else:
        for write in past.writes[:1]:
            await ctx.ckan.package(write.package_id)
        return past.title, (past,)
    try:
        package = await ctx.ckan.package(wanted)
    except NotFoundError:
        package, resource = await ctx.ckan.resource(wanted)
        found = await ctx.ledger.history(package_id=package.id, resource_id=resource.id)
        return resource.title, tuple(found)
    return package.title, tuple(await ctx.ledger.history(package_id=package.id, resource_id=None))


def _entry(ctx: Context, past: Past) -> Entry:
    # A reason may name what only those see who may edit, such as a contact that is not displayed.
    reason = past.reason if past.person == ctx.person else _("only who asked is told why")
    ended = _("Undone") if past.undone else _ENDED.get(past.state, past.state).format(reason=reason)
    facts = [
        Fact(_("By"), past.person.user_id, person=True),
        Fact(_("When"), past.at),
        Fact(_("Outcome"), ended),
        Fact(_("Fields"), ", ".join(_labels(past))),
        Fact(_("Change"), past.id, code=True),
    ]
    undoable = (
        past.state is State.APPLIED
        and past.person == ctx.person
        and not (past.undone or past.undoes)
        and all(write.reversed() for write in past.writes)
    )
    return Entry(
        title=past.title,
        facts=tuple(facts),
        buttons=(Go(_("Undo"), "change:undo", past.id),) if undoable else (),
    )


def _labels(past: Past) -> list[str]:
    return [edit.label for write in past.writes for edit in write.edits if edit.label]


COMMAND = ReadCommand(
    name="history",
    summary=_("Show what was changed through the bot"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("history adoptions-and-children-in-care-by-service-delivery-area",),
)
