"""What a person confirms by ticks before a change may be applied."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

from bot.slack.blocks import OPTION, Block, Element, option, plain, section
from bot.text import _

BLOCK_ID: Final = "confirmations"
ACTION_ID: Final = "bcdc:change:confirm"
"""A tick alone does nothing: what is ticked comes along when Apply is pressed."""


def checklist(
    confirmations: Sequence[str], ticked: Collection[int] = (), refused: str = ""
) -> list[Block]:
    """The boxes, with what was ticked already; none where nothing has to be confirmed.

    `refused` says why a change was not applied. A box is known by its place, and the words stand
    with the boxes, so that they are their name for who cannot see them.
    """
    if not confirmations:
        return []
    options = [_box(place, sentence) for place, sentence in enumerate(confirmations)]
    boxes = {"type": "checkboxes", "action_id": ACTION_ID, "options": options}
    if taken := [one for place, one in enumerate(options) if place in ticked]:
        boxes["initial_options"] = taken
    asked = _("Only you can know these. Tick what is true; all of it has to be.")
    said = f"⚠️ {refused}" if refused else asked
    return [section(said, accessory=boxes) | {"block_id": BLOCK_ID}]


def _box(place: int, sentence: str) -> Element:
    """A box with its sentence, whose end goes below where Slack gives a line no more room."""
    first, *rest = wrap(sentence, OPTION) or [""]
    box = option(str(place), first)
    return box | {"description": plain(" ".join(rest), OPTION)} if rest else box


def ticked_in(body: Mapping[str, Any]) -> frozenset[int]:
    """The places that are ticked where a button was pressed, in a view or in a message."""
    state = (body.get("view") or body).get("state") or {}
    boxes = state.get("values", {}).get(BLOCK_ID, {}).get(ACTION_ID, {})
    taken = (str(one.get("value")) for one in boxes.get("selected_options") or ())
    return frozenset(int(place) for place in taken if place.isdecimal())
