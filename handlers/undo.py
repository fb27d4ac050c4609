"""`/bcdc undo [change]`: put back what a change replaced, unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from bot.change import Change, State, Value
from bot.command import Arg, ChangeCommand, Role
from bot.context import Context, Past
from bot.errors import GoneError, NotAllowedError
from bot.text import _

LOOKED_AT: Final = 20
"""Changes that ended last, some of them without an effect."""


@dataclass(frozen=True, slots=True)
class Args:
    change: Annotated[
        str, Arg(_("the change's id, as /bcdc history shows it; without it, your last change"))
    ] = ""


async def propose(ctx: Context, args: Args, _values: Mapping[str, Value]) -> Change:
    past = await (ctx.ledger.change(args.change) if args.change else _last(ctx))
    if past.person != ctx.person:
        raise NotAllowedError(_("Only the person who made this change can undo it here."))
    if past.undone:
        raise GoneError(_("This change has been undone already."))
    if past.state is not State.APPLIED:
        raise GoneError(_("This change was not applied, so there is nothing to undo."))
    writes = [write.reversed() for write in reversed(past.writes)]
    if None in writes:
        raise GoneError(
            _("A deleted resource or a replaced file is gone for good: this cannot be undone.")
        )
    return Change(
        title=past.title,
        writes=tuple(write for write in writes if write),
        reverts=past.id,
    )


async def _last(ctx: Context) -> Past:
    """The person's last change that still stands."""
    for past in await ctx.ledger.recent(LOOKED_AT):
        if past.state is State.APPLIED and not (past.undone or past.undoes):
            return past
    raise GoneError(_("There is no change of yours to undo."))


COMMAND = ChangeCommand(
    name="undo",
    summary=_("Put back what a change replaced"),
    args=Args,
    needs=Role.CONNECTED,
    propose=propose,
    examples=("undo", "undo 5f0c1b7e9a6d4c33b1a2d3e4f5a6b7c8"),
    also=("revert", "restore"),
)
