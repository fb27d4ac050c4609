"""Checks of a move in the publication workflow, all before anything is sent.

A refused save may still have sent its mails (docs/catalogue.md, "States and moves").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.change import Write
from bot.ckan.models import Package
from bot.ckan.moves import ASKED, SEEN, STATE, may_make, moves_of, states
from bot.ckan.schema import Move, Schema
from bot.context import Context
from bot.errors import CatalogueError, FieldErrors, GoneError, NotAllowedError
from bot.forms.complete import confirmations, doubts, gaps
from bot.text import _


@dataclass(frozen=True, slots=True)
class Heeded:
    """What to heed before a change is applied, and what its person has to confirm."""

    warnings: tuple[str, ...] = ()
    confirmations: tuple[str, ...] = ()

    def __add__(self, other: Heeded) -> Heeded:
        confirmations = dict.fromkeys((*self.confirmations, *other.confirmations))
        return Heeded(self.warnings + other.warnings, tuple(confirmations))


def target_of(writes: Iterable[Write]) -> str:
    """The state that the writes move a record to; "" for none."""
    for write in writes:
        for edit in write.edits:
            if edit.field == STATE and not write.resource_id and edit.before != edit.after:
                return str(edit.after)
    return ""


async def check_move(
    ctx: Context, schema: Schema, before: Package, after: Package, target: str
) -> Heeded:
    """What to heed and to confirm before the move.

    Raises GoneError for a move that the workflow does not have, NotAllowedError for one that is
    not this person's, FieldErrors with all that a record lacks that others are to see.
    """
    move = next((one for one in moves_of(schema, before) if one.to == target), None)
    if move is None:
        raise GoneError(_no_such(schema, before))
    if not may_make(move, await ctx.ckan.rights(), before.owner_org):
        await _reserved(ctx, before, move)
    if target not in SEEN:
        return Heeded()
    lacking = gaps(schema, after)
    if lacking:
        told = _("The record is not complete yet. Nothing was sent.")
        raise FieldErrors(lacking.by_field, (told, *lacking.general))
    return Heeded(doubts(after), confirmations(after) if target == ASKED else ())


async def _reserved(ctx: Context, package: Package, move: Move) -> None:
    """Raise NotAllowedError for a move that is for others: the place where asking them begins."""
    names = await _admins(ctx, package)
    whom = _("Ask: {names}.").format(names=", ".join(names)) if names else ""
    raise NotAllowedError(
        _("Only an admin of {organization} may move this record to {state}. {whom}").format(
            organization=package.organization_title or _("its organization"),
            state=move.to.capitalize(),
            whom=whom or _("Ask one of them, or the catalogue's administrators."),
        )
    )


async def _admins(ctx: Context, package: Package) -> list[str]:
    try:
        organization = await ctx.ckan.organization(package.owner_org)
        members = await ctx.ckan.editors(organization)
    except CatalogueError:
        return []
    return [one.user.fullname or one.user.name for one in members if one.role == "admin"]


def _no_such(schema: Schema, package: Package) -> str:
    if not states(schema):
        return _("The records of this catalogue have no states.")
    field = schema.field(STATE, of_resource=False)
    ways = ", ".join(field.describe(move.to) for move in moves_of(schema, package))
    return _("From {state} a record can only move to: {ways}.").format(
        state=field.describe(package.publish_state) or _("no state"), ways=ways or _("nowhere")
    )
