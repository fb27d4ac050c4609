"""Checks of a move in the publication workflow, all before anything is sent.

A refused save may still have sent its mails (docs/catalogue.md, "States and moves").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.change import Facts, Write
from bot.ckan.models import Package, Rights
from bot.ckan.moves import ASKED, GRANTED, SEEN, STATE, may_make, moves_of, states
from bot.ckan.schema import Move, Schema
from bot.errors import FieldErrors, GoneError
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


def targets_of(writes: Iterable[Write]) -> tuple[str, ...]:
    """The states that the writes move a record to, one after the other."""
    return tuple(
        str(edit.after)
        for write in writes
        for edit in write.edits
        if edit.field == STATE and not write.resource_id and edit.before != edit.after
    )


def moved_to(writes: Iterable[Write]) -> frozenset[str]:
    """Ids of the organizations that existing records are given to."""
    return frozenset(
        str(edit.after)
        for write in writes
        for edit in write.edits
        if edit.field == "owner_org" and edit.after and edit.before and edit.before != edit.after
    )


def facts_of(
    schema: Schema, rights: Rights, before: Package, after: Package, targets: Sequence[str]
) -> Facts:
    """What decides whether others are to approve; who they are is found out where it matters."""
    owner_org = before.owner_org or after.owner_org
    mine = [may_make(move, rights, owner_org) for move in _moves(schema, before, targets)]
    granted = GRANTED.get(targets[-1], "") if targets else ""
    then = next((one for one in moves_of(schema, after) if one.to == granted), None)
    return Facts(
        organization_id=owner_org,
        organization=before.organization_title or after.organization_title,
        published=bool(before.id) and before.is_published,
        public=before.is_public and after.is_public,
        reserved=not all(mine),
        asks=granted if then and not may_make(then, rights, owner_org) else "",
        role=rights.role(owner_org),
    )


def check_moves(schema: Schema, before: Package, after: Package, targets: Sequence[str]) -> Heeded:
    """What to heed and to confirm before the moves.

    Raises GoneError for a move that the workflow does not have, FieldErrors with all that a record
    lacks that others are to see.
    """
    if len(_moves(schema, before, targets)) < len(targets):
        raise GoneError(_no_such(schema, before))
    if SEEN.isdisjoint(targets):
        return Heeded()
    lacking = gaps(schema, after)
    if lacking:
        told = _(
            "The record is not complete yet, so nothing was sent. Correct it with "
            "/bcdc patch-package {name}, then ask again."
        ).format(name=after.name)
        raise FieldErrors(lacking.by_field, (told, *lacking.general))
    # What is public already was released: it is only taken back.
    released = before.is_published or ASKED not in targets
    return Heeded(doubts(schema, after), () if released else confirmations(after))


def _moves(schema: Schema, before: Package, targets: Sequence[str]) -> list[Move]:
    """The moves to these states one after the other, up to the first that there is none for."""
    ways = {one.value: {move.to: move for move in one.moves} for one in states(schema)}
    ways[before.publish_state] = {move.to: move for move in moves_of(schema, before)}
    found: list[Move] = []
    here = before.publish_state
    for target in targets:
        move = ways.get(here, {}).get(target)
        if move is None:
            break
        found.append(move)
        here = target
    return found


def _no_such(schema: Schema, package: Package) -> str:
    if not states(schema):
        return _("The records of this catalogue have no states.")
    field = schema.field(STATE, of_resource=False)
    ways = ", ".join(field.describe(move.to) for move in moves_of(schema, package))
    return _("From {state} a record can only move to: {ways}.").format(
        state=field.describe(package.publish_state) or _("no state"), ways=ways or _("nowhere")
    )
