"""What a reading command answers: plain data that `slack/render.py` turns into a message.

Every text here is data, never markup: the renderer escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.ckan.models import Resource, Rights
from bot.text import _

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value.

    `code` for what people copy, `person` for a Slack user id. A moment is told in the reader's own
    time zone.
    """

    label: str
    value: str | datetime
    code: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """A button that starts another verb on the thing with this id; `words` follow the id.

    `catalogue` is where that thing is, "" for the one that the person who presses uses.
    """

    label: str
    verb: str
    target: str
    words: str = ""
    catalogue: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing found: its name, its address, what is to know of it and what can be done.

    Its text is told in short, or `whole` as far as a message goes.
    """

    title: str
    url: str = ""
    facts: tuple[Fact, ...] = ()
    text: str = ""
    buttons: tuple[Go, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: how long each of its parts is, in the order of the legend."""

    label: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars whose parts are counts of the same things, such as one for each month."""

    title: str
    legend: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def text(self) -> str:
        """All that the picture says, one bar a line, for those who read instead of looking."""
        return "\n".join(
            f"{bar.label}: "
            + ", ".join(
                f"{number:,} {name.lower()}"
                for name, number in zip(self.legend, bar.parts, strict=True)
                if number
            )
            for bar in self.bars
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is shown: its first and last place, from 1, and how many there are."""

    first: int
    last: int
    total: int
    page: int

    @classmethod
    def of(cls, first: int, shown: int, total: int, size: int) -> Part:
        """So many of a list that has pages of `size`, from the place `first` on."""
        return cls(first, first + shown - 1, total, (first - 1) // size + 1)


def paged(rows: Sequence[T], page: int, size: int) -> tuple[Sequence[T], Part]:
    """The rows of a page, of the last for one beyond the end, and which part of all they are."""
    start = min(page - 1, max(0, len(rows) - 1) // size) * size
    shown = rows[start : start + size]
    return shown, Part.of(start + 1, len(shown), len(rows), size)


@dataclass(frozen=True, slots=True)
class Answer:
    """A headline, what was found, and a closing note on what to do next.

    `more` is what is shown on demand only, after the entries.
    """

    headline: str
    entries: tuple[Entry, ...] = ()
    note: str = ""
    buttons: tuple[Go, ...] = ()
    part: Part | None = None
    more: tuple[Entry, ...] = ()


def placed(answer: Answer, catalogue: str) -> Answer:
    """The answer with buttons that mean this catalogue, whichever the person uses by then."""

    def entries(some: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(replace(one, buttons=placed_buttons(one.buttons, catalogue)) for one in some)

    return replace(
        answer,
        entries=entries(answer.entries),
        more=entries(answer.more),
        buttons=placed_buttons(answer.buttons, catalogue),
    )


def placed_buttons(buttons: Iterable[Go], catalogue: str) -> tuple[Go, ...]:
    """The same of buttons: those on a thing that is in no other catalogue."""
    return tuple(
        replace(go, catalogue=catalogue) if go.target and not go.catalogue else go for go in buttons
    )


def roles(rights: Rights, titles: Mapping[str, str]) -> list[Fact]:
    """Where somebody may approve and edit, by the titles of the organizations."""
    admin = sorted(titles.get(one, one) for one in rights.admin)
    editor = sorted(titles.get(one, one) for one in rights.editor - rights.admin)
    facts = [Fact(_("Admin of"), ", ".join(admin))] if admin else []
    facts += [Fact(_("Editor of"), ", ".join(editor))] if editor else []
    return facts or [Fact(_("Role"), _("No organization to edit in"))]


def to_edit(resource: Resource) -> tuple[Go, ...]:
    """What whoever may edit a resource does with it, each with one press."""
    edit = Go(_("Edit"), "patch-resource", resource.id)
    replaces = Go(_("Replace file"), "update-resource", resource.id)
    return (edit, replaces) if resource.is_upload else (edit,)
