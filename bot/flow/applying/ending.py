"""How applying a change ends before its time, in its person's words."""

from __future__ import annotations

from bot.change import State
from bot.ckan.explain import explain
from bot.ckan.faults import CKANAPIError
from bot.errors import UserError
from bot.text import _


class EndedError(Exception):
    """The change ends here, with this state and this reason for its person."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(state.value)
        self.state = state
        self.reason = reason


def unsent(fault: UserError | CKANAPIError | None) -> str:
    """That nothing was changed, and why."""
    return _("Nothing was changed. {why}").format(why=_told(fault)).strip()


def unsure(fault: UserError | CKANAPIError | None) -> str:
    """That nobody knows whether it was saved, and why."""
    return (
        _(
            "It could not be confirmed whether this was saved. "
            "Look at the record before you try again. {why}"
        )
        .format(why=_told(fault))
        .strip()
    )


def _told(fault: UserError | CKANAPIError | None) -> str:
    if fault is None:
        return ""
    return str(fault if isinstance(fault, UserError) else explain(fault))
