"""From `field=value` words of a command to CKAN's values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.change import Json, Value, same
from bot.ckan import keywords
from bot.ckan.keywords import TAG_STRING
from bot.ckan.schema import Field
from bot.errors import FieldErrors
from bot.forms import traits
from bot.forms.look import Kept, look, rows_of, untouchable
from bot.forms.model import FormValue
from bot.forms.typed import ValueRefusedError, not_a_choice, suggest, value_of
from bot.text import _, clean, shorten

ADD: Final = "+"
TAKE_AWAY: Final = "-"
_KEYWORDS: Final = frozenset({"tags", "keywords"})
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def read_words(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    words: Sequence[tuple[str, str]],
    *,
    elsewhere: Mapping[str, str] = _NOTHING,
) -> Mapping[str, Value]:
    """CKAN's values of the fields that the words change; a word that changes nothing is left out.

    A field goes by its name or label, a part of a composite by `temporal_extent.0.end_date` (the
    row may be left out where there is one); choices by value or label; several choices with
    commas; an empty value empties. The words `+` and `-` add and take away a keyword. Raises
    `FieldErrors` by block id, or by the word where it names no field; `elsewhere` says of fields
    that are not edited here where they are.
    """
    errors: dict[str, str] = {}
    texts: dict[str, tuple[_Target, str]] = {}
    for written, text in _without_marks(fields, stored, words, errors):
        try:
            if reason := elsewhere.get(written.casefold()):
                raise ValueRefusedError(  # noqa: TRY301  # told like all that is wrong
                    _("“{field}” cannot be changed here. {reason}").format(
                        field=written, reason=reason
                    )
                )
            target = _target(fields, stored, written)
        except ValueRefusedError as error:
            errors[written] = str(error)
            continue
        if target.path in texts:
            errors[written] = _("“{field}” is given twice.").format(field=target.field.label)
        texts[target.path] = (target, text)
    values: dict[str, Json] = {}
    for path, (target, text) in texts.items():
        try:
            _set(values, stored, target, text)
        except ValueRefusedError as error:
            errors[path] = str(error)
    named = [target for target, _text in texts.values() if target.path not in errors]
    errors |= _unasked(fields, {**stored, **values}, named)
    if errors:
        raise FieldErrors(errors)
    emptied = {name: _rows_left(value) for name, value in values.items()}
    return {name: value for name, value in emptied.items() if not same(stored.get(name), value)}


def _without_marks(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    words: Sequence[tuple[str, str]],
    errors: dict[str, str],
) -> list[tuple[str, str]]:
    """The words with `+` and `-` made one word that sets the keywords."""
    marks = [(mark, text) for mark, text in words if mark in {ADD, TAKE_AWAY}]
    plain = [(TAG_STRING if name in _KEYWORDS else name, text) for name, text in words]
    others = [word for word in plain if word[0] not in {ADD, TAKE_AWAY}]
    if not marks:
        return others
    if _named(fields, TAG_STRING) is None:
        errors |= {f"{mark}{text}": _("There are no keywords here.") for mark, text in marks}
        return others
    given = [text for name, text in others if _named(fields, name) is _named(fields, TAG_STRING)]
    held = keywords.split(given[0] if given else str(stored.get(TAG_STRING) or ""))
    for mark, text in marks:
        if mark == ADD:
            held += [word for word in keywords.split(text) if word not in held]
        elif text in held:
            held.remove(text)
        else:
            errors[f"{mark}{text}"] = _("“{word}” is none of the keywords: {keywords}").format(
                word=shorten(clean(text), 60), keywords=keywords.joined(held) or _("none")
            )
    rest = [word for word in others if word[0] != TAG_STRING]
    return [*rest, (TAG_STRING, keywords.joined(held))]


@dataclass(frozen=True, slots=True)
class _Target:
    """What a word names: a field, and in a composite its subfield and the row's place."""

    field: Field
    sub: Field | None = None
    row: int = 0

    @property
    def path(self) -> str:
        return f"{self.field.name}.{self.row}.{self.sub.name}" if self.sub else self.field.name


def _target(fields: Sequence[Field], stored: Mapping[str, Json], written: str) -> _Target:
    name, _dot, rest = written.partition(".")
    field = _named(fields, written) or _named(fields, name)
    if field is None:
        raise ValueRefusedError(_unknown(fields, written))
    if reason := untouchable(field, stored):
        raise ValueRefusedError(
            _("“{field}” cannot be changed here. {reason}").format(field=field.label, reason=reason)
        )
    if not field.composite:
        if rest and _folded(written) not in {_folded(field.name), _folded(field.label)}:
            raise ValueRefusedError(_("“{field}” has no parts.").format(field=field.label))
        return _Target(field)
    return _part(field, stored, rest)


def _part(field: Field, stored: Mapping[str, Json], rest: str) -> _Target:
    if not rest:
        return _Target(field)
    place, dot, sub_name = rest.partition(".")
    rows = rows_of(field, stored.get(field.name))
    if rows is None:
        raise ValueRefusedError(
            _("“{field}” has a shape that cannot be edited in parts.").format(field=field.label)
        )
    if not dot:
        place, sub_name = "0", rest
        if len(rows) > 1:
            raise ValueRefusedError(
                _("“{field}” has {number} rows: say which, as in {example}.").format(
                    field=field.label, number=len(rows), example=f"{field.name}.0.{rest}"
                )
            )
    sub = _named(field.subfields, sub_name)
    if sub is None:
        raise ValueRefusedError(_unknown(field.subfields, sub_name))
    one_more = "single_value_subfield" not in field.validators
    if not re.fullmatch(r"\d{1,4}", place, re.ASCII) or int(place) >= len(rows) + one_more:
        raise ValueRefusedError(
            _("“{field}” has no row {place}; rows count from 0.").format(
                field=field.label, place=shorten(clean(place), 20)
            )
        )
    return _Target(field, sub, int(place))


def _set(values: dict[str, Json], stored: Mapping[str, Json], target: _Target, text: str) -> None:
    field, sub = target.field, target.sub
    held = values.get(field.name, stored.get(field.name))
    if sub is None and not field.composite:
        values[field.name] = _value(field, held, text)
        return
    if sub is None:
        if text.strip():
            raise ValueRefusedError(
                _("“{field}” has parts: write {example}=…").format(
                    field=field.label, example=f"{field.name}.0.{field.subfields[0].name}"
                )
            )
        values[field.name] = []
        return
    rows: dict[int, Mapping[str, Json]] = rows_of(field, held) or {}
    row = rows.get(target.row, {})
    rows[target.row] = {**row, sub.name: _value(sub, row.get(sub.name), text)}
    values[field.name] = [dict(one) for one in rows.values()]


def _rows_left(value: Json) -> Json:
    """A composite without the rows that hold nothing any more."""
    if not isinstance(value, list):
        return value
    return [row for row in value if not isinstance(row, dict) or any(row.values())]


def _value(field: Field, held: Value, text: str) -> Json:
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
    """The choice meant, by value or label in any letter case.

    Raises ValueRefusedError with the nearest ones.
    """
    if field.choice(text.strip()):
        return text.strip()
    wanted = _folded(text)
    by_label = {_folded(choice.label): choice.value for choice in reversed(field.choices)}
    by_value = {_folded(choice.value): choice.value for choice in reversed(field.choices)}
    if found := by_value.get(wanted) or by_label.get(wanted):
        return found
    raise ValueRefusedError(not_a_choice(field, text))


def _named(fields: Sequence[Field], written: str) -> Field | None:
    """The field of that name, else of that label."""
    wanted = _folded(written)
    by_name = {_folded(field.name): field for field in reversed(fields)}
    by_label = {_folded(field.label): field for field in reversed(fields)}
    return by_name.get(wanted) or by_label.get(wanted)


def _folded(text: str) -> str:
    """Text without letter case, blanks, dashes and underscores, which people mix up."""
    return re.sub(r"[\s_-]+", "", text.translate(_DASHES).casefold())


def _unknown(fields: Sequence[Field], written: str) -> str:
    said = _("There is no field “{written}”.").format(written=shorten(clean(written), 60))
    open_fields = [field for field in fields if not field.hidden]
    near = suggest(written, {field.name: field.label for field in open_fields})
    if near:
        return said + " " + _("Did you mean {near}?").format(near=_(" or ").join(near))
    return said + " " + _("Type /bcdc schema to see all there are.")


def _unasked(
    fields: Sequence[Field], after: Mapping[str, Json], named: Sequence[_Target]
) -> dict[str, str]:
    """Sentences for fields that have no place on this object, unless they are emptied."""
    found: dict[str, str] = {}
    for target in named:
        field = target.field
        condition = field.condition
        if condition is None or traits.asked(field, after) or not after.get(field.name):
            continue
        source = next((one for one in fields if one.name == condition.field), field)
        labels = sorted(source.describe(value) for value in condition.values)
        found[target.path] = _(
            "“{field}” has no place here: it is asked for when “{source}” is {values}."
        ).format(field=field.label, source=source.label, values=_(" or ").join(labels))
    return found
