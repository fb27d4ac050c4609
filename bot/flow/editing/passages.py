"""What differs between two long texts, passage by passage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

LONG: Final = 400
"""Characters from which a text is told by its passages."""
COMPARED: Final = 1000
"""Sentences that are compared with each other: where they repeat, time grows with their square."""
_AROUND: Final = 30
"""Characters of what stays that are shown before and after a passage."""
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s)|\n|$)\s*|\s+", re.DOTALL)


def passages(before: str, after: str) -> tuple[str, str]:
    """Both texts as far as they differ, one passage a line, with a little of what is around.

    Texts that are short, or that share nothing, are told whole.
    """
    if max(len(before), len(after)) < LONG or not before or not after:
        return before, after
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    found: list[tuple[str, str]] = []
    at = 0
    for kind, old_from, old_to, new_from, new_to in _compared(old, new):
        was, now = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind != "equal":
            start = sum(map(len, new[:new_from]))
            found.append(_around(before, after, (at, was), (start, now)))
        at += len(was)
    told = "\n".join(one for one, _other in found), "\n".join(other for _one, other in found)
    # Of blanks that differ nothing is seen in a passage.
    return told if told[0] != told[1] or before == after else (before, after)


def _compared(old: list[str], new: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What became of sentences, as difflib tells it; of too many what differs is one passage."""
    first = _shared(old, new)
    last = _shared(old[first:][::-1], new[first:][::-1])
    was, now = old[first : len(old) - last], new[first : len(new) - last]
    yield "equal", 0, first, 0, first
    if max(len(was), len(now)) > COMPARED:
        yield "replace", first, len(old) - last, first, len(new) - last
        return
    for kind, *places in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        old_from, old_to, new_from, new_to = (place + first for place in places)
        yield kind, old_from, old_to, new_from, new_to


def _around(before: str, after: str, old: tuple[int, str], new: tuple[int, str]) -> tuple[str, str]:
    """A passage on both sides, from a little before it begins to differ to a little after."""
    (old_at, was), (new_at, now) = old, new
    same = _shared(was, now)
    end = _shared(was[same:][::-1], now[same:][::-1])
    return (
        _cut(before, old_at + same, old_at + len(was) - end),
        _cut(after, new_at + same, new_at + len(now) - end),
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters, or sentences, both begin with."""
    both = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in both if a != b), min(len(one), len(other)))


def _cut(text: str, start: int, end: int) -> str:
    """A part of a text with what is around it, cut between words."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    if first:
        first = text.find(" ", first, start) + 1 or first
    if last < len(text):
        last = max(text.rfind(" ", end, last), end) if " " in text[end:last] else last
    lead, tail = "…" if first else "", "…" if last < len(text) else ""
    return f"{lead}{text[first:last].strip()}{tail}"
