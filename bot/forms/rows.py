"""The rows of a composite as words of a command change them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.change import Json, Value
from bot.ckan.schema import Field
from bot.forms import traits
from bot.forms.look import Kept, look, rows_of
from bot.forms.model import FormValue
from bot.forms.typed import ValueRefusedError, folded, not_a_choice, value_of
from bot.text import _, clean, shorten

_ORDER: Final = re.compile(r"\d{1,4}(\s*,\s*\d{1,4})*", re.ASCII)


@dataclass(slots=True)
class Rows:
    """A composite at work: its rows by place, those that were stored first."""

    composite: Field
    rows: dict[int, Mapping[str, Json]]
    stored: int
    defaults: Mapping[str, Json]
    order: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, composite: Field, held: Value, defaults: Mapping[str, Json]) -> Rows:
        """The rows as they are stored."""
        rows = rows_of(composite, held) or {}
        at = f"{composite.name}."
        begun = {path.removeprefix(at): v for path, v in defaults.items() if path.startswith(at)}
        return cls(composite, dict(rows), len(rows), begun)

    def take(self, place: int | None, part: Field | None, text: str) -> None:
        """Take one word, of a part of a row, of a row, or of all. Raises ValueRefusedError."""
        if place is None:
            self._all(text)
        elif part is None:
            self._drop(place, text)
        else:
            row = self.rows.get(place, self.defaults)
            self.rows[place] = {**row, part.name: value_in_words(part, row.get(part.name), text)}

    def left(self) -> list[Json]:
        """The rows that hold anything, in their order. Raises ValueRefusedError for a gap."""
        several = "single_value_subfield" not in self.composite.validators
        for number, place in enumerate(sorted(self.rows)):
            if number != place or (place >= max(1, self.stored) and not several):
                raise ValueRefusedError(no_row(self.composite, str(place)))
        new = [place for place in sorted(self.rows) if place >= self.stored]
        places = [*(self.order or range(self.stored)), *new]
        rows = (self.rows[place] for place in places if place not in self.gone)
        return [dict(row) for row in rows if any(row.values())]

    def _all(self, text: str) -> None:
        if not text.strip():
            self.gone |= set(range(self.stored))
            return
        if self.stored <= 1 or not _ORDER.fullmatch(text.strip()):
            raise self._has_parts(0)
        order = [int(place) for place in text.split(",")]
        if sorted(order) != list(range(self.stored)):
            raise ValueRefusedError(
                _("Name each row of “{field}” once, counted from 0: there are {number}.").format(
                    field=self.composite.label, number=self.stored
                )
            )
        self.order = order

    def _drop(self, place: int, text: str) -> None:
        if text.strip():
            raise self._has_parts(place)
        if place >= self.stored:
            raise ValueRefusedError(no_row(self.composite, str(place)))
        self.gone.add(place)

    def _has_parts(self, place: int) -> ValueRefusedError:
        example = f"{self.composite.name}.{place}.{self.composite.subfields[0].name}"
        return ValueRefusedError(
            _("“{field}” has parts: write {example}=…").format(
                field=self.composite.label, example=example
            )
        )


def no_row(field: Field, place: str) -> str:
    """The sentence for a place that no row has."""
    return _("“{field}” has no row {place}; rows count from 0.").format(
        field=field.label, place=shorten(clean(place), 20)
    )


def value_in_words(field: Field, held: Value, text: str) -> Json:
    """CKAN's value for the text after `field=`. Raises ValueRefusedError."""
    before = look(field, held)
    given = _picked(field, text) if field.choices else text
    return value_of(
        field,
        given,
        # What is mandatory under a condition is checked once all words are in.
        required=field.required,
        before=None if isinstance(before, Kept) else before,
    )


def _picked(field: Field, text: str) -> FormValue:
    if not text.strip():
        return None
    if not traits.takes_many(field):
        return _choice(field, text)
    return tuple(_choice(field, part) for part in text.split(",") if part.strip())


def _choice(field: Field, text: str) -> str:
    """The choice meant, by value, label or another word for it, in any letter case.

    Raises ValueRefusedError with the nearest ones.
    """
    if field.choice(text.strip()):
        return text.strip()
    wanted = folded(text)
    by_label = {folded(choice.label): choice.value for choice in reversed(field.choices)}
    by_value = {folded(choice.value): choice.value for choice in reversed(field.choices)}
    if found := by_value.get(wanted) or by_label.get(wanted):
        return found
    # Branches of different ministries share titles.
    called = {choice.value for choice in field.choices if wanted in map(folded, choice.also)}
    if len(called) == 1:
        return called.pop()
    raise ValueRefusedError(not_a_choice(field, text))
