"""What a change changes, field by field, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.flow.pages import Difference
from bot.slack.blocks import Block, Element, headed, rich_text, words
from bot.text import _, shorten

SIDE: Final = 1500
"""Characters of each side of a difference in a preview."""
GLANCE: Final = 120
"""Characters of each side of a difference in a channel."""
TOLD: Final = 5
"""Differences a channel is shown."""
LEAD: Final = 30
"""Characters shown before the first that differs, where a long text is cut."""
_PART: Final = 2500
"""Characters of the fields that one block tells."""


def difference_blocks(differences: Sequence[Difference]) -> list[Block]:
    """Each field with both sides, one below the other: so they are read on a phone too.

    What is made or deleted has one side only, so its fields follow each other line by line.
    """
    return [
        *_whole([row for row in differences if row.whole]),
        *(_changed(row) for row in differences if not row.whole),
    ]


def glance(differences: Sequence[Difference]) -> tuple[list[tuple[str, str]], int]:
    """Labels with both sides on a line, for the first that changed; and how many more there are."""
    changed = [row for row in differences if not row.whole]
    told = [(row.label, " → ".join(map(_on_a_line, _sides(row, GLANCE)))) for row in changed[:TOLD]]
    return told, len(changed) - len(told)


def _changed(row: Difference) -> Block:
    before, after = _sides(row, SIDE)
    return rich_text(
        [words(row.label, bold=True)],
        [words(_("Before: {value}").format(value=before))],
        [words(_("After: {value}").format(value=after))],
    )


def _whole(rows: Sequence[Difference]) -> Iterator[Block]:
    lines: list[list[Element]] = []
    room = _PART
    for row in rows:
        value = shorten(row.after or row.before, SIDE)
        if lines and len(value) > room:
            yield rich_text(*lines)
            lines, room = [], _PART
        # A value of several lines, such as contacts, stands below its label.
        between = "\n" if "\n" in value else " "
        lines.append([words(headed(row.label, between), bold=True), words(value)])
        room -= len(value)
    if lines:
        yield rich_text(*lines)


def _on_a_line(side: str) -> str:
    return "; ".join(side.splitlines())


def _sides(row: Difference, limit: int) -> tuple[str, str]:
    """Both sides in at most `limit` characters each, from a little before they begin to differ."""
    both = list(zip(row.before, row.after, strict=False))
    same = next((at for at, (one, other) in enumerate(both) if one != other), len(both))
    start = same - LEAD if max(len(row.before), len(row.after)) > limit and same > LEAD else 0
    lead = "…" if start else ""

    def shown(side: str) -> str:
        return lead + shorten(side[start:], limit - len(lead)) if side else _("(empty)")

    return shown(row.before), shown(row.after)
