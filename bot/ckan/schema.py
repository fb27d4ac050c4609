"""A catalogue's live schema, as `scheming_dataset_schema_show` describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.change import Absent, Json, Value

_STAMP: Final = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d\.\d+$")
"""A moment as CKAN, whose clock is UTC, writes it."""

PRIVATE: Final = "private"
"""CKAN's own field for who may see a record, where no other field decides it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A state that a record may move to, and the roles that may move it."""

    to: str
    by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value, the label people read, and of a state the `moves` out of it.

    A `closed` one may be stored, and is not to be chosen anew. `also` are other words for it.
    """

    value: str
    label: str
    moves: tuple[Move, ...] = ()
    closed: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """The field is asked for only when `field` holds one of `values`."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Field:
    """A schema field; `subfields` makes it a composite (a list of objects)."""

    name: str
    label: str
    help: str = ""
    placeholder: str = ""
    preset: str = ""
    snippet: str = ""
    required: bool = False
    hidden: bool = False
    choices: tuple[Choice, ...] = ()
    choices_helper: str = ""
    validators: tuple[str, ...] = ()
    condition: Condition | None = None
    subfields: tuple[Field, ...] = ()

    @property
    def composite(self) -> bool:
        return bool(self.subfields)

    def choice(self, value: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)

    def describe(self, value: Value) -> str:
        """A value as people read it: labels of choices, parts of a composite named; "" for none."""
        if isinstance(value, list):
            between = "; " if self.composite else ", "
            return between.join(row for row in map(self.describe, value) if row)
        if isinstance(value, dict):
            if self.name in _NAMED:
                return str(value.get("name") or value.get("url") or "")
            if not self.composite:
                return json.dumps(value, ensure_ascii=False)
            return ", ".join(
                f"{sub.label}: {sub.describe(value[sub.name])}"
                for sub in self.subfields
                if value.get(sub.name)
            )
        if value is None or isinstance(value, Absent):
            return ""
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        choice = self.choice(text)
        return choice.label if choice else _STAMP.sub(r"\1 \2 UTC", text)


_NAMED = frozenset({"tags", "resources"})
"""Lists of CKAN's own, whose objects people know by their names."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Fields of a record and of its resources, in the order of the schema."""

    dataset_type: str
    dataset_fields: tuple[Field, ...]
    resource_fields: tuple[Field, ...]

    @property
    def titles_are_unique(self) -> bool:
        """Whether no two records share a title, as BCDC's own validator has it."""
        return "title_validator" in self.field("title", of_resource=False).validators

    def has(self, name: str) -> bool:
        """Whether records have a field of that name."""
        return any(field.name == name for field in self.dataset_fields)

    def part(self, path: str) -> Field | None:
        """The part of a record's composite that is named as `contacts.org`."""
        name, _dot, part = path.partition(".")
        parts = self.field(name, of_resource=False).subfields
        return next((one for one in parts if one.name == part), None)

    def field(self, name: str, *, of_resource: bool) -> Field:
        """The field of that name; one without label and choices when the schema has none."""
        fields = self.resource_fields if of_resource else self.dataset_fields
        return next((field for field in fields if field.name == name), Field(name, name))


def with_choices(
    fields: Sequence[Field], choices: Mapping[str, tuple[Choice, ...]]
) -> tuple[Field, ...]:
    """The fields with choices that the schema leaves to the server.

    By field name, or as `contacts.org` for a part of a composite, which names a helper for them.
    """
    return tuple(_with_choices(field, choices, field.name) for field in fields)


def _with_choices(field: Field, choices: Mapping[str, tuple[Choice, ...]], path: str) -> Field:
    subfields = tuple(
        _with_choices(sub, choices if sub.choices_helper else {}, f"{path}.{sub.name}")
        for sub in field.subfields
    )
    return replace(field, choices=field.choices or choices.get(path, ()), subfields=subfields)


def parse_schema(raw: Mapping[str, Json]) -> Schema:
    """The schema that `scheming_dataset_schema_show` answered."""
    return Schema(
        dataset_type=str(raw.get("dataset_type") or "dataset"),
        dataset_fields=_fields(raw.get("dataset_fields")),
        resource_fields=_fields(raw.get("resource_fields")),
    )


def _fields(raw: Json) -> tuple[Field, ...]:
    return (
        tuple(_field(row) for row in raw if isinstance(row, dict)) if isinstance(raw, list) else ()
    )


def _field(raw: Mapping[str, Json]) -> Field:
    name = _label(raw.get("field_name"))
    source = raw.get("conditional_field")
    values = raw.get("conditional_values")
    validators = tuple(_label(raw.get("validators")).split())
    return Field(
        name=name,
        label=_label(raw.get("label")) or name.replace("_", " ").capitalize(),
        help=_label(raw.get("help_text")),
        placeholder=_label(raw.get("form_placeholder")),
        preset=_label(raw.get("preset")),
        snippet=_label(raw.get("form_snippet")),
        required=raw.get("required") is True,
        hidden=_is_hidden(raw),
        choices=_choices(raw.get("choices")),
        choices_helper=_label(raw.get("choices_helper")),
        validators=validators,
        condition=Condition(source, frozenset(str(value) for value in values))
        if isinstance(source, str) and isinstance(values, list)
        else None,
        subfields=_fields(raw.get("repeating_subfields")),
    )


def _is_hidden(raw: Mapping[str, Json]) -> bool:
    """Whether the catalogue's own form leaves the field out, or gives it no name to ask by."""
    return raw.get("form_snippet", "") is None or raw.get("label") == ""


def _label(raw: Json) -> str:
    """A text of the schema, which may come in several languages."""
    if isinstance(raw, dict):
        raw = raw.get("en") or next(iter(raw.values()), "")
    return raw if isinstance(raw, str) else ""


def _choices(raw: Json) -> tuple[Choice, ...]:
    rows: Sequence[Json] = raw if isinstance(raw, list) else ()
    return tuple(
        Choice(
            str(row.get("value", "")),
            _label(row.get("label")) or str(row.get("value", "")),
            _moves(row.get("validTo")),
        )
        for row in rows
        if isinstance(row, dict)
    )


def _moves(raw: Json) -> tuple[Move, ...]:
    rows = raw if isinstance(raw, list) else []
    return tuple(
        Move(str(row["state"]), frozenset(map(str, by)))
        for row in rows
        if isinstance(row, dict) and row.get("state") and isinstance(by := row.get("by"), list)
    )
