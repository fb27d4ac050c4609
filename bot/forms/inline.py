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
from bot.forms.look import rows_of, untouchable
from bot.forms.rows import Rows, no_row, value_in_words
from bot.forms.typed import ValueRefusedError, folded, suggest
from bot.text import _, clean, shorten

ADD: Final = "+"
TAKE_AWAY: Final = "-"
_KEYWORDS: Final = frozenset({"tags", "keywords"})
_TYPED: Final[Mapping[str, str]] = MappingProxyType({TAG_STRING: "tags"})
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_NO_DEFAULTS: Final[Mapping[str, Json]] = MappingProxyType({})
_PLACE = re.compile(r"\d{1,4}", re.ASCII)


def read_words(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    words: Sequence[tuple[str, str]],
    *,
    elsewhere: Mapping[str, str] = _NOTHING,
    defaults: Mapping[str, Json] = _NO_DEFAULTS,
) -> Mapping[str, Value]:
    """CKAN's values of the fields that the words change; a word that changes nothing is left out.

    A field goes by its name or label, a part of a composite by `temporal_extent.0.end_date` (the
    row may be left out where there is one); choices by value or label; several choices with
    commas; an empty value empties. The number after the last row makes a new one, which starts
    with its `defaults`, by `contacts.org`; `contacts.1=` takes a row away, `contacts=1,0` puts the
    rows in that order, and both count the rows as they are stored. The words `+` and `-` add and
    take away a keyword. Raises `FieldErrors` by block id, or by the word where it names no field;
    `elsewhere` says of fields that are not edited here where they are.
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
    values = _values(stored, texts, defaults, errors)
    named = [target for target, _text in texts.values() if target.path not in errors]
    errors |= _unasked(fields, {**stored, **values}, named)
    if errors:
        raise FieldErrors(errors)
    return {name: value for name, value in values.items() if not same(stored.get(name), value)}


def _values(
    stored: Mapping[str, Json],
    texts: Mapping[str, tuple[_Target, str]],
    defaults: Mapping[str, Json],
    errors: dict[str, str],
) -> dict[str, Json]:
    """CKAN's values for the texts by path; what cannot be one goes to `errors`."""
    values: dict[str, Json] = {}
    rows: dict[str, Rows] = {}
    for path, (target, text) in texts.items():
        field = target.field
        try:
            if not field.composite:
                values[field.name] = value_in_words(field, stored.get(field.name), text)
                continue
            if field.name not in rows:
                rows[field.name] = Rows.of(field, stored.get(field.name), defaults)
            rows[field.name].take(target.row, target.sub, text)
        except ValueRefusedError as error:
            errors[path] = str(error)
    for name, of_field in rows.items():
        try:
            values[name] = of_field.left()
        except ValueRefusedError as error:
            errors[name] = str(error)
    return values


def _without_marks(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    words: Sequence[tuple[str, str]],
    errors: dict[str, str],
) -> list[tuple[str, str]]:
    """The words with `+` and `-` made one word that sets the keywords."""
    words = [word for each in words for word in _added(*each)]
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


def _added(name: str, text: str) -> list[tuple[str, str]]:
    """The word, or what it adds where all of it stands behind `+`, which no keyword begins with."""
    parts = [part.strip() for part in text.split(",")]
    if name not in _KEYWORDS or not all(part.startswith(ADD) for part in parts):
        return [(name, text)]
    return [(ADD, part.removeprefix(ADD)) for part in parts]


@dataclass(frozen=True, slots=True)
class _Target:
    """What a word names: a field, of a composite perhaps the row's place, and its subfield."""

    field: Field
    row: int | None = None
    sub: Field | None = None

    @property
    def path(self) -> str:
        row = () if self.row is None else (str(self.row),)
        return ".".join((self.field.name, *row, *((self.sub.name,) if self.sub else ())))


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
        if rest and folded(written) not in {folded(field.name), folded(field.label)}:
            raise ValueRefusedError(_("“{field}” has no parts.").format(field=field.label))
        return _Target(field)
    return _part(field, stored, rest)


def _part(field: Field, stored: Mapping[str, Json], rest: str) -> _Target:
    if not rest:
        return _Target(field)
    rows = rows_of(field, stored.get(field.name))
    if rows is None:
        raise ValueRefusedError(
            _("“{field}” has a shape that cannot be edited in parts.").format(field=field.label)
        )
    place, dot, sub_name = rest.partition(".")
    if not dot and _PLACE.fullmatch(place):
        return _Target(field, int(place))
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
    if not _PLACE.fullmatch(place):
        raise ValueRefusedError(no_row(field, place))
    return _Target(field, int(place), sub)


def _named(fields: Sequence[Field], written: str) -> Field | None:
    """The field of that name, else of that label."""
    wanted = folded(written)
    by_name = {folded(field.name): field for field in reversed(fields)}
    by_label = {folded(field.label): field for field in reversed(fields)}
    return by_name.get(wanted) or by_label.get(wanted)


def _unknown(fields: Sequence[Field], written: str) -> str:
    said = _("There is no field “{written}”.").format(written=shorten(clean(written), 60))
    open_fields = [field for field in fields if not field.hidden]
    # Keywords go by the name that people type.
    names = {_TYPED.get(field.name, field.name): field.label for field in open_fields}
    near = suggest(written, names)
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
