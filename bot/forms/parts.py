"""A text longer than an input of Slack's, as several inputs that make the same text again.

The first part has the block id of the field (`notes`). The others say in theirs which of how many
they are and what stands before them: `notes.2of3.paragraph`. So the parts alone tell the whole
text, whatever the catalogue holds by then. A cut is made where nothing can get lost: no part begins
or ends with blanks, unless the text is of little else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.forms.model import FormValue

TEXT_LIMIT: Final = 3000
"""Characters that Slack takes in one input, as it counts them: in units of UTF-16."""
LONGEST: Final = 30_000
"""Characters of a text that is edited in parts; a page of four such texts still fits a view."""
_PART: Final = 2500
"""Characters a part begins with, so that some can be written into each."""
_PLACE = re.compile(r"(\d+)of(\d+)\.(paragraph|line|blank|joint)")


class Seam(StrEnum):
    """What stands between a part and the one before it."""

    PARAGRAPH = "paragraph"
    LINE = "line"
    BLANK = "blank"
    JOINT = "joint"
    MORE = "more"

    @property
    def text(self) -> str:
        return _BETWEEN[self]


_BETWEEN: Final[Mapping[Seam, str]] = {
    Seam.PARAGRAPH: "\n\n",
    Seam.LINE: "\n",
    Seam.BLANK: " ",
    Seam.JOINT: "",
    Seam.MORE: "\n\n",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a text: what it holds, and the seam before it; None for the first.

    Room for more text (`Seam.MORE`) is no part of those that are numbered.
    """

    block_id: str
    text: str
    seam: Seam | None = None


def units(text: str) -> int:
    """The length of a text as Slack counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def parts_of(
    block_id: str, text: str, typed: Mapping[str, FormValue], *, grows: bool
) -> list[Part]:
    """The inputs of a text: as they were typed in, else as the text is cut.

    With `grows` there is another one, empty, after a part that is nearly full.
    """
    parts = _series(block_id, typed)
    if not parts:
        given = typed.get(block_id, text)
        parts = _cut(block_id, given if isinstance(given, str) else "")
    more = _more(block_id, typed)
    if grows and units((more or parts)[-1].text) > _PART:
        more.append(Part(f"{block_id}.{Seam.MORE}.{len(more) + 1}", "", Seam.MORE))
    return parts + more


def joined(block_id: str, typed: Mapping[str, FormValue]) -> FormValue:
    """What was typed in an input or in the parts of one, as one value.

    Raises LookupError where some of the parts are not there.
    """
    numbered = any(key.startswith(f"{block_id}.") and _placed(block_id, key) for key in typed)
    more = _more(block_id, typed)
    if not numbered and not more:
        return typed.get(block_id)
    parts = _series(block_id, typed) if numbered else [Part(block_id, _text(typed.get(block_id)))]
    if not parts:
        raise LookupError(block_id)
    whole = ""
    for part in filter(lambda one: one.text, parts + more):
        whole += (part.seam.text if part.seam and whole else "") + part.text
    return whole or None


def is_as_cut(block_id: str, text: FormValue, typed: Mapping[str, FormValue]) -> bool:
    """Whether the parts of a text that are there hold what they began with."""
    return all(
        typed.get(part.block_id, part.text) == part.text for part in _cut(block_id, _text(text))
    )


def _series(block_id: str, typed: Mapping[str, FormValue]) -> list[Part]:
    """The numbered parts that were typed in, if all of them are there."""
    found: dict[tuple[int, int], Part] = {}
    for key, value in typed.items():
        if place := _placed(block_id, key):
            number, of, seam = place
            found[of, number] = Part(key, _text(value), seam)
    for of in {of for of, _number in found}:
        rest = [found.get((of, number)) for number in range(2, of + 1)]
        if block_id in typed and all(rest):
            return [Part(block_id, _text(typed[block_id])), *filter(None, rest)]
    return []


def _more(block_id: str, typed: Mapping[str, FormValue]) -> list[Part]:
    """What was typed in the inputs for more, up to the first that is empty."""
    found: list[Part] = []
    while text := _text(typed.get(key := f"{block_id}.{Seam.MORE}.{len(found) + 1}")):
        found.append(Part(key, text, Seam.MORE))
    return found


def _placed(block_id: str, key: str) -> tuple[int, int, Seam] | None:
    """Which part of the text an input is, of how many, after which seam."""
    if not key.startswith(f"{block_id}."):
        return None
    found = _PLACE.fullmatch(key, len(block_id) + 1)
    return (int(found[1]), int(found[2]), Seam(found[3])) if found else None


def _cut(block_id: str, text: str) -> list[Part]:
    pieces = [*_pieces(text)]
    return [
        Part(
            block_id if seam is None else f"{block_id}.{number}of{len(pieces)}.{seam}", piece, seam
        )
        for number, (seam, piece) in enumerate(pieces, start=1)
    ]


def _pieces(text: str) -> Iterator[tuple[Seam | None, str]]:
    seam: Seam | None = None
    if units(text) > TEXT_LIMIT:
        while units(text) > _PART:
            at, after = _cut_at(text)
            yield seam, text[:at]
            seam, text = after, text[at + len(after.text) :]
    yield seam, text


def _cut_at(text: str) -> tuple[int, Seam]:
    """Where the first part of a long text ends, and what comes between it and the rest."""
    end = _PART
    while units(text[:end]) > _PART:
        end -= (units(text[:end]) - _PART + 1) // 2
    for seam in (Seam.PARAGRAPH, Seam.LINE, Seam.BLANK):
        at = text.rfind(seam.text, end // 2, end)
        while at > 0:
            if _is_clean(text, at, seam):
                return at, seam
            at = text.rfind(seam.text, end // 2, at)
    at = next((at for at in range(end, 0, -1) if _is_clean(text, at, Seam.JOINT)), end)
    return at, Seam.JOINT


def _is_clean(text: str, at: int, seam: Seam) -> bool:
    """Whether a cut there leaves no blanks at the ends of its parts."""
    after = at + len(seam.text)
    return not text[at - 1 : at].isspace() and not text[after : after + 1].isspace()


def _text(value: FormValue) -> str:
    return value if isinstance(value, str) else ""
