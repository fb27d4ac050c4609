from __future__ import annotations

import pytest

from bot.change import ABSENT, Value
from bot.ckan.schema import Choice, Field, Schema, parse_schema

SCHEMA = parse_schema(
    {
        "dataset_type": "bcdc_dataset",
        "dataset_fields": [
            {
                "field_name": "resource_status",
                "label": {"fr": "État", "en": "Resource Status"},
                "required": True,
                "is_conditional_source": True,
                "validators": "scheming_required scheming_choices",
                "choices": [
                    {"value": "onGoing", "label": "Ongoing"},
                    {"value": "obsolete"},
                    "no choice",
                ],
            },
            {
                "field_name": "replacement_record",
                "conditional_field": "resource_status",
                "conditional_values": ["obsolete"],
            },
            {"field_name": "record_create_date", "form_snippet": None},
            {
                "field_name": "dates",
                "label": {"fr": "Dates"},
                "repeating_subfields": [
                    {"field_name": "type", "label": "Type"},
                    {"field_name": "date", "label": "Date"},
                ],
            },
            "no field",
        ],
    }
)


def field(name: str) -> Field:
    return SCHEMA.field(name, of_resource=False)


def test_a_schema_is_read_as_it_is_answered() -> None:
    status = field("resource_status")
    assert (status.label, status.required) == ("Resource Status", True)
    assert status.choices == (Choice("onGoing", "Ongoing"), Choice("obsolete", "obsolete"))
    assert status.validators == ("scheming_required", "scheming_choices")
    replacement = field("replacement_record")
    assert replacement.label == "Replacement record"
    assert replacement.condition
    assert replacement.condition.values == {"obsolete"}
    assert field("record_create_date").hidden
    assert field("dates").composite
    assert field("dates").label == "Dates"
    assert SCHEMA.resource_fields == ()


def test_a_field_the_schema_does_not_have_is_plain() -> None:
    assert SCHEMA.field("unheard_of", of_resource=True) == Field("unheard_of", "unheard_of")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("resource_status", "onGoing", "Ongoing"),
        ("resource_status", "older", "older"),
        ("resource_status", ["onGoing", "obsolete"], "Ongoing, obsolete"),
        ("resource_status", ABSENT, ""),
        ("resource_status", None, ""),
        ("size", 12, "12"),
        ("json_table_schema", {"a": "é"}, '{"a": "é"}'),
        (
            "dates",
            [{"type": "Created", "date": "2020-01-01"}, {"type": "Published", "date": ""}, {}],
            "Type: Created, Date: 2020-01-01; Type: Published",
        ),
    ],
)
def test_values_are_told_as_people_read_them(name: str, value: Value, words: str) -> None:
    assert field(name).describe(value) == words


def test_a_schema_without_fields_is_empty() -> None:
    assert parse_schema({}) == Schema("dataset", (), ())
