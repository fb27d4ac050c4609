"""From the schema and the stored values to a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bot.change import Json, Value
from bot.ckan.offered import DISPLAYED
from bot.ckan.schema import Field
from bot.forms import traits
from bot.forms.look import KEPT_SHOWN, Kept, Look, listed, look, rows_of, untouchable
from bot.forms.model import (
    Act,
    Acts,
    Form,
    FormValue,
    Heading,
    Input,
    InputKind,
    Item,
    Note,
)
from bot.forms.parts import TEXT_LIMIT, Part, Seam, parts_of
from bot.text import _

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_ROWS: Final[Mapping[str, Sequence[int]]] = MappingProxyType({})


def build(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    typed: Mapping[str, FormValue] | None = None,
    *,
    errors: Mapping[str, str] = _NONE,
    heed: Mapping[str, str] = _NONE,
    general: Sequence[str] = (),
    title: str = "",
    rows: Mapping[str, Sequence[int]] = _NO_ROWS,
    sources: Sequence[Field] = (),
) -> Form:
    """The form over an object, prefilled with what is stored; what was typed wins.

    Only fields whose condition holds are asked for. `errors` (by block id) stand above their
    inputs, since Slack marks inputs with the acknowledgement only; `general` ones and those of
    fields that are not asked for come first. `heed` says, by block id, what to know of a choice
    that would not be taken again, while it stands. `rows` are the row ids of composites, in order.
    `sources` are all fields of a form of which this is one page.
    """
    making = _Making(stored, typed or {}, errors, heed, rows, _sources(sources or fields))
    items = [item for field in fields for item in making.field(field)]
    said = {item.text for item in items if isinstance(item, Note)}
    lost = [sentence for sentence in errors.values() if sentence not in said]
    top = [Note(sentence, warning=True) for sentence in dict.fromkeys((*general, *lost))]
    return Form(title, (*top, *items))


@dataclass(frozen=True, slots=True)
class _Making:
    stored: Mapping[str, Json]
    typed: Mapping[str, FormValue]
    errors: Mapping[str, str]
    heed: Mapping[str, str]
    rows: Mapping[str, Sequence[int]]
    sources: frozenset[str]

    def field(self, field: Field) -> Iterator[Item]:
        value = self.stored.get(field.name)
        if not traits.asked(field, self.stored, self.typed):
            return
        if reason := untouchable(field, self.stored):
            # What the catalogue fills in itself is no concern of a form; that there is a file is.
            if value and field.preset == "resource_url_upload":
                yield from _kept(field, field.name, Kept(reason, field.describe(value)))
        elif field.composite:
            yield from self._composite(field, value)
        else:
            yield from self._one(field, field.name, look(field, value))

    def _composite(self, field: Field, value: Value) -> Iterator[Item]:
        rows = rows_of(field, value, self.rows.get(field.name))
        if rows is None:
            reason = _("It has a shape that this form cannot edit; it stays as it is.")
            yield from _kept(field, field.name, Kept(reason, field.describe(value)))
            return
        several = "single_value_subfield" not in field.validators
        if field.name in self.errors:
            yield Note(self.errors[field.name], warning=True)
        if not rows:
            yield Heading(field.label)
        for number, (row_id, row) in enumerate(rows.items(), start=1):
            title = field.label if len(rows) == 1 else f"{field.label} {number}"
            hidden = self._is_hidden(field, row_id, row)
            yield Heading(_("{row} (hidden)").format(row=title) if hidden else title)
            for sub in field.subfields:
                block_id = f"{field.name}.{row_id}.{sub.name}"
                # A row that cannot be taken away may be left empty, whatever its parts demand.
                part = sub if several else replace(sub, required=False)
                yield from self._one(part, block_id, look(sub, row.get(sub.name)))
            if several:
                yield _row_acts(field, row_id, number, len(rows))
        if several:
            add = _("Add another") if rows else _("Add one")
            about = _("Add: {label}").format(label=field.label)
            yield Acts(field.name, (Act("add", add, about),))

    def _is_hidden(self, field: Field, row_id: int, row: Mapping[str, Json]) -> bool:
        """Whether a contact is without the tick that shows it to everybody."""
        name, _dot, part = DISPLAYED.partition(".")
        if field.name != name or all(sub.name != part for sub in field.subfields):
            return False
        stored = tuple(listed(row.get(part)) or ())
        return not self.typed.get(f"{name}.{row_id}.{part}", stored)

    def _one(self, field: Field, block_id: str, seen: Look | Kept) -> Iterator[Item]:
        if isinstance(seen, Kept):
            yield from _kept(field, block_id, seen)
            return
        if block_id in self.errors:
            yield Note(self.errors[block_id], warning=True)
        elif block_id in self.heed and self._is_closed(block_id, seen):
            yield Note(self.heed[block_id], warning=True)
        if seen.odd:
            yield Note(
                _("“{field}” holds something that is not one of its choices:").format(
                    field=field.label
                ),
                seen.odd,
            )
        value = self.typed.get(block_id, seen.value)
        if seen.kind is InputKind.FILE and isinstance(value, tuple):
            yield Note(f"{field.label}: {value[-1]}")
            yield Acts(block_id, (Act("another", _("Choose another")),))
            return
        if seen.kind is InputKind.LONG_TEXT:
            yield from self._texts(field, block_id, seen.value)
            return
        yield Input(
            block_id=block_id,
            label=field.label,
            kind=_wide_enough(seen.kind, value),
            value=value,
            help=field.help,
            placeholder=field.placeholder,
            choices=seen.choices,
            required=traits.demanded(field),
            max_length=_longest(field, seen.kind, value),
            redraws=field.name in self.sources,
        )

    def _is_closed(self, block_id: str, seen: Look) -> bool:
        """Whether the choice of now is one that cannot be chosen anew."""
        now = self.typed.get(block_id, seen.value)
        return any(choice.closed and choice.value == now for choice in seen.choices)

    def _texts(self, field: Field, block_id: str, stored: FormValue) -> Iterator[Item]:
        """A long text, in as many inputs as it needs."""
        grows = traits.takes_paragraphs(field)
        held = stored if isinstance(stored, str) else ""
        parts = parts_of(block_id, held, self.typed, grows=grows)
        several = sum(part.seam is not Seam.MORE for part in parts)
        for number, part in enumerate(parts, start=1):
            yield Input(
                block_id=part.block_id,
                label=_part_label(field, part, number, several),
                kind=InputKind.LONG_TEXT,
                value=part.text or None,
                help=field.help if part.seam is None else _SEAMS[part.seam],
                placeholder=field.placeholder if part.seam is None else "",
                required=traits.demanded(field) and part.seam is None,
                max_length=_longest(field, InputKind.LONG_TEXT, part.text),
                redraws=field.name in self.sources and part.seam is None,
            )


_SEAMS: Final[Mapping[Seam, str]] = MappingProxyType(
    {
        Seam.PARAGRAPH: _("It follows the part above as a new paragraph."),
        Seam.LINE: _("It follows the part above on a new line."),
        Seam.BLANK: _("It follows the part above after a space."),
        Seam.JOINT: _("It follows the part above without a space."),
        Seam.MORE: _("Room for more. It follows the part above as a new paragraph."),
    }
)


def _part_label(field: Field, part: Part, number: int, several: int) -> str:
    if part.seam is Seam.MORE:
        return _("{label} (continued)").format(label=field.label)
    if several == 1:
        return field.label
    return _("{label} (part {number} of {all})").format(
        label=field.label, number=number, all=several
    )


def _row_acts(field: Field, row_id: int, number: int, rows: int) -> Acts:
    about = f"{field.label} {number}"
    acts = [Act("remove", _("Remove"), _("Remove {row}").format(row=about))]
    if number > 1:
        acts.append(Act("up", _("Move up"), _("Move up {row}").format(row=about)))
    if number < rows:
        acts.append(Act("down", _("Move down"), _("Move down {row}").format(row=about)))
    return Acts(f"{field.name}.{row_id}", tuple(acts))


def _sources(fields: Sequence[Field]) -> frozenset[str]:
    """Fields on whose value it hangs whether others are asked for, or how a row is headed."""
    shows = DISPLAYED.rpartition(".")[2]
    return frozenset(
        field.condition.field for field in fields if field.condition and not field.hidden
    ) | {shows}


def _kept(field: Field, block_id: str, kept: Kept) -> Iterator[Item]:
    yield Note(f"{field.label}: {kept.reason}", kept.text)
    if len(kept.text) > KEPT_SHOWN:
        about = _("Send me all of: {label}").format(label=field.label)
        yield Acts(block_id, (Act("whole", _("Send me all of it"), about),))


def _wide_enough(kind: InputKind, value: FormValue) -> InputKind:
    """The kind, or text where the value typed before is none that Slack would take in it."""
    valid = {
        InputKind.DATE: traits.valid_date,
        InputKind.NUMBER: traits.valid_number,
        InputKind.URL: traits.valid_url,
        InputKind.EMAIL: traits.valid_email,
    }.get(kind)
    return InputKind.TEXT if valid and isinstance(value, str) and not valid(value) else kind


def _longest(field: Field, kind: InputKind, value: FormValue) -> int | None:
    if kind not in {InputKind.TEXT, InputKind.LONG_TEXT}:
        return None
    bounds = traits.lengths(field)
    if bounds is None:
        return TEXT_LIMIT
    # Slack refuses an input that starts with more than it allows.
    held = len(value) if isinstance(value, str) else 0
    return min(TEXT_LIMIT, max(bounds[1], held))
