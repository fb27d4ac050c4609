"""A catalogue's live schema, as `scheming_dataset_schema_show` describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.change import Json


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value and the label people read."""

    value: str
    label: str


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
    is_condition_source: bool = False
    subfields: tuple[Field, ...] = ()

    @property
    def composite(self) -> bool:
        return bool(self.subfields)

    def choice(self, value: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """Fields of a record and of its resources, in the order of the schema."""

    dataset_type: str
    dataset_fields: tuple[Field, ...]
    resource_fields: tuple[Field, ...]


def parse_schema(raw: Mapping[str, Json]) -> Schema:
    """The schema that `scheming_dataset_schema_show` answered."""
    return Schema(
        dataset_type=str(raw.get("dataset_type") or "dataset"),
        dataset_fields=_fields(raw.get("dataset_fields")),
        resource_fields=_fields(raw.get("resource_fields")),
    )


def _fields(raw: Json) -> tuple[Field, ...]:
    return tuple(_field(row) for row in raw if isinstance(row, dict)) if isinstance(raw, list) else ()


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
        hidden="form_snippet" in raw and raw["form_snippet"] is None,
        choices=_choices(raw.get("choices")),
        choices_helper=_label(raw.get("choices_helper")),
        validators=validators,
        condition=Condition(source, frozenset(str(value) for value in values))
        if isinstance(source, str) and isinstance(values, list)
        else None,
        is_condition_source=raw.get("is_conditional_source") is True,
        subfields=_fields(raw.get("repeating_subfields")),
    )


def _label(raw: Json) -> str:
    """A text of the schema, which may come in several languages."""
    if isinstance(raw, dict):
        raw = raw.get("en") or next(iter(raw.values()), "")
    return raw if isinstance(raw, str) else ""


def _choices(raw: Json) -> tuple[Choice, ...]:
    rows: Sequence[Json] = raw if isinstance(raw, list) else ()
    return tuple(
        Choice(str(row.get("value", "")), _label(row.get("label")) or str(row.get("value", "")))
        for row in rows
        if isinstance(row, dict)
    )
