"""How a stored value of any shape looks in an input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.change import Absent, Json, Value
from bot.ckan.schema import Choice, Field
from bot.forms import traits
from bot.forms.model import FormValue, InputKind
from bot.forms.parts import LONGEST, TEXT_LIMIT, units
from bot.text import _, clean, shorten

OPTION_LIMIT: Final = 75
"""Characters that Slack takes as the value of an option."""
LISTED: Final = 100
"""Choices that Slack takes in one list; among more of them one types."""
CHECKBOXES: Final = 10
"""Boxes that Slack takes in one input; more choices become a list."""


@dataclass(frozen=True, slots=True)
class Look:
    """An input for a stored value.

    `value` is what it holds untouched, `odd` the stored text that it has no way to hold.
    """

    kind: InputKind
    value: FormValue
    choices: tuple[Choice, ...] = ()
    odd: str = ""


KEPT_SHOWN: Final = 500
"""Characters that a form shows of a text that stays as it is; all of it comes as a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored value that a form shows, if at all, and leaves as it is: why, and its text."""

    reason: str
    text: str = ""


def look(field: Field, stored: Value) -> Look | Kept:
    """The input for a stored value of any shape."""
    if isinstance(stored, bool) and traits.takes_yes_or_no(field):
        stored = json.dumps(stored)
    held = listed(stored) or ()
    if any(choice.value in held and not offerable(choice.value) for choice in field.choices):
        reason = _("Slack's lists cannot hold this choice; it stays as it is.")
        return Kept(reason, field.describe(stored))
    offered = tuple(
        choice
        for choice in field.choices
        if offerable(choice.value) and (not choice.closed or choice.value in held)
    )
    if offered and traits.takes_many(field):
        return _look_many(stored, offered)
    if offered:
        return _look_one(stored, offered)
    text = _as_text(field, stored)
    if text is None:
        return Kept(
            _("It has a shape that this form cannot edit; it stays as it is."), _dump(stored)
        )
    if units(text) > (TEXT_LIMIT if traits.lengths(field) else LONGEST):
        return Kept(_("It is too long to edit here; it stays as it is."), text)
    return Look(_kind(field, text), text or None)


def untouchable(field: Field, stored: Mapping[str, Json]) -> str:
    """Why the field cannot be edited at all; "" when it can."""
    if field.hidden or field.name == "last_modified":
        return _("The catalogue fills this in itself.")
    if field.preset == "resource_url_upload" and stored.get("url_type") == "upload":
        return _("An uploaded file. /bcdc update-resource replaces it, or puts a link there.")
    return ""


def rows_of(
    field: Field, stored: Value, ids: Sequence[int] | None = None
) -> dict[int, Mapping[str, Json]] | None:
    """The rows of a composite by row id, which is their place as stored; None for another shape.

    `ids` are the rows a form shows, new ones among them; by default all that are stored, and an
    empty one where the schema means a single row.
    """
    if stored is None or stored == "" or isinstance(stored, Absent):
        stored = []
    if not isinstance(stored, list):
        return None
    rows = {place: row for place, row in enumerate(stored) if isinstance(row, dict)}
    if len(rows) != len(stored):
        return None
    if ids is None:
        single = "single_value_subfield" in field.validators
        ids = [*rows] or ([0] if single else [])
    return {row_id: rows.get(row_id, {}) for row_id in ids}


def unchanged(before: Look, typed: FormValue) -> bool:
    """Whether an input still holds what it was opened with."""
    if before.kind is InputKind.NUMBER and isinstance(before.value, str) and isinstance(typed, str):
        # 60.0 may come back as 60.
        return traits.valid_number(typed) and Decimal(before.value) == Decimal(typed)
    return _plain(before.value) == _plain(typed)


def listed(stored: Value) -> list[str] | None:
    """The choices of a stored list, which may also be JSON text or one bare string.

    None for another shape.
    """
    if isinstance(stored, str) and stored.strip():
        try:
            parsed = json.loads(stored)
        except (ValueError, RecursionError):
            parsed = [stored]
        stored = parsed if isinstance(parsed, list) else [stored]
    if stored is None or isinstance(stored, (Absent, str)):
        return []
    if not isinstance(stored, list) or not all(isinstance(one, str) for one in stored):
        return None
    return [one for one in stored if isinstance(one, str) and one]


def _look_one(stored: Value, offered: tuple[Choice, ...]) -> Look:
    kind = InputKind.SELECT if len(offered) <= LISTED else InputKind.SEARCH
    if stored is None or isinstance(stored, Absent) or stored == "":
        return Look(kind, None, offered)
    if isinstance(stored, str) and any(choice.value == stored for choice in offered):
        return Look(kind, stored, offered)
    if isinstance(stored, str) and offerable(stored):
        return Look(kind, stored, (*offered, _legacy(stored)))
    return Look(kind, None, offered, odd=_dump(stored))


def _look_many(stored: Value, offered: tuple[Choice, ...]) -> Look:
    values = listed(stored)
    strange = values is None or not all(map(offerable, values))
    taken = tuple(dict.fromkeys(() if strange or values is None else values))
    known = {choice.value for choice in offered}
    offered += tuple(_legacy(value) for value in taken if value not in known)
    kind = InputKind.CHECKBOXES if len(offered) <= CHECKBOXES else InputKind.MULTI_SELECT
    return Look(kind, taken, offered, odd=_dump(stored) if strange else "")


def _legacy(value: str) -> Choice:
    label = _("{value} (not a choice any more)").format(value=shorten(value, 50))
    return Choice(value, label, closed=True)


def offerable(value: str) -> bool:
    """Whether a value can be an option's: Slack would refuse or change others."""
    plain = clean(value) == value and "\r" not in value
    return 0 < len(value) <= OPTION_LIMIT and bool(value.strip()) and plain


def _as_text(field: Field, stored: Value) -> str | None:
    if stored is None or isinstance(stored, Absent):
        return ""
    if isinstance(stored, str):
        # Slack gives text back with plain line ends and without control characters.
        return clean(stored).replace("\r\n", "\n").replace("\r", "\n")
    if traits.takes_json(field) and isinstance(stored, dict):
        text = json.dumps(stored, ensure_ascii=False, indent=2)
        return text if clean(text) == text else json.dumps(stored, indent=2)
    if isinstance(stored, (int, float)) and not isinstance(stored, bool):
        return json.dumps(stored)
    return None


def _kind(field: Field, text: str) -> InputKind:
    """How to ask; what a narrower input could not hold is asked for as text."""
    if traits.takes_files(field):
        return InputKind.FILE
    if traits.takes_paragraphs(field) or "\n" in text or units(text) > TEXT_LIMIT:
        return InputKind.LONG_TEXT
    if traits.takes_dates(field):
        return InputKind.DATE if not text or traits.valid_date(text) else InputKind.TEXT
    if traits.takes_numbers(field):
        return InputKind.NUMBER if not text or traits.valid_number(text) else InputKind.TEXT
    if traits.takes_urls(field):
        return InputKind.URL if not text or traits.valid_url(text) else InputKind.TEXT
    if traits.takes_emails(field):
        return InputKind.EMAIL if not text or traits.valid_email(text) else InputKind.TEXT
    return InputKind.TEXT


def _plain(value: FormValue) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n") if value.strip() else None
    return frozenset(value) if value else None


def _dump(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
