"""The publication workflow: which state a record may move to, and whose move it is.

Read from the live schema: each choice of `publish_state` names the states it leads to, and the
roles that may go there in the organization that owns the record (docs/catalogue.md, "States and
moves").
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.ckan.models import Package, Rights
from bot.ckan.schema import Choice, Move, Schema

STATE: Final = "publish_state"
FIRST: Final = "DRAFT"
"""The state in which a record is made."""
ASKED: Final = "PENDING PUBLISH"
"""Where an editor asks for a record to be published."""
GRANTED: Final[Mapping[str, str]] = MappingProxyType(
    {ASKED: "PUBLISHED", "PENDING ARCHIVE": "ARCHIVED"}
)
"""By the state in which something is asked of the admins, the state in which it is granted."""
SEEN: Final = frozenset({ASKED, "PUBLISHED"})
"""States in which a record is to be complete: it is looked at, or seen by everybody."""


def state_title(state: str) -> str:
    """A state as BCDC's schema writes it, where that schema may be away: "Pending Publish"."""
    return state.title()


def states(schema: Schema) -> tuple[Choice, ...]:
    """All states of the catalogue's records; none where it has no workflow."""
    return schema.field(STATE, of_resource=False).choices


def moves_of(schema: Schema, package: Package) -> tuple[Move, ...]:
    """The moves out of the state a record is in, whoever may make them.

    A record from before the workflow has none, and becomes a draft before anything else.
    """
    known = {one.value: one.moves for one in states(schema)}
    if not package.publish_state and FIRST in known:
        return (Move(FIRST, frozenset({"editor", "admin", "sysadmin"})),)
    return known.get(package.publish_state, ())


def path_to(schema: Schema, package: Package, target: str) -> tuple[Move, ...]:
    """The moves that lead a record to that state: one, or two by way of asking for it."""
    moves = {move.to: move for move in moves_of(schema, package)}
    if target in moves:
        return (moves[target],)
    ways = {one.value: {move.to: move for move in one.moves} for one in states(schema)}
    for asked, granted in GRANTED.items():
        if granted == target and asked in moves and target in ways.get(asked, {}):
            return (moves[asked], ways[asked][target])
    return ()


def may_make(move: Move, rights: Rights, owner_org: str) -> bool:
    """Whether a person with these rights may make the move on a record of that organization."""
    if rights.sysadmin:
        return bool(move.by & {"sysadmin", "admin", "editor"})
    if "editor" in move.by and rights.may_edit(owner_org):
        return True
    return "admin" in move.by and rights.may_approve(owner_org)
