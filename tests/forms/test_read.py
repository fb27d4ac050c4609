from __future__ import annotations

from typing import Any

import pytest

from bot.errors import FieldErrors
from bot.forms.build import build
from bot.forms.model import FormValue
from bot.forms.read import read
from tests.forms.bcdc import FIELDS, SCHEMA, document, geographic, record


def typed_over(stored: dict[str, Any], **changes: FormValue) -> dict[str, FormValue]:
    """What Slack sends back for a form in which only `changes` were made (`__` for a dot)."""
    values = {block_id: one.value for block_id, one in build(FIELDS, stored).inputs.items()}
    return values | {name.replace("__", "."): value for name, value in changes.items()}


def refusals(stored: dict[str, Any], **changes: FormValue) -> dict[str, str]:
    with pytest.raises(FieldErrors) as caught:
        read(FIELDS, stored, typed_over(stored, **changes))
    return dict(caught.value.by_field)


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"description": "New"}, {"description": "New"}),
        ({"description": None}, {"description": ""}),
        ({"format": "xlsx", "name": "Tables"}, {"format": "xlsx", "name": "Tables"}),
        ({"url": " https://x.test/a "}, {"url": "https://x.test/a"}),
        ({"object_name": "WHSE.X  "}, {"object_name": "WHSE.X"}),
        ({"description": "Two\n\nparts\n"}, {"description": "Two\n\nparts\n"}),
        ({"object_name": None}, {}),
        ({"json_table_schema": '{"fields": [1]}'}, {"json_table_schema": {"fields": [1]}}),
        (
            {"temporal_extent__0__end_date": "2026-03-31"},
            {"temporal_extent": [{"beginning_date": "2018-04-01", "end_date": "2026-03-31"}]},
        ),
        (
            {"temporal_extent__0__end_date": None},
            {"temporal_extent": [{"beginning_date": "2018-04-01", "end_date": ""}]},
        ),
        (
            {"temporal_extent__0__end_date": None, "temporal_extent__0__beginning_date": None},
            {"temporal_extent": []},
        ),
    ],
)
def test_what_was_changed_is_read_and_nothing_else(
    changes: dict[str, FormValue], values: dict[str, Any]
) -> None:
    assert read(FIELDS, document(), typed_over(document(), **changes)) == values


def test_subfields_that_no_form_shows_are_kept() -> None:
    stored = geographic(preview_extra=1)
    stored["preview_info"] = [{"layer_name": "a", "secret": {"x": 1}, "preview_image_url": True}]
    values = read(FIELDS, stored, typed_over(stored, preview_info__0__layer_name="b"))
    assert values == {
        "preview_info": [{"layer_name": "b", "secret": {"x": 1}, "preview_image_url": True}]
    }


def test_choices_come_in_the_order_of_the_schema_and_old_ones_stay() -> None:
    stored = geographic() | {"iso_topic_category": ["OLD", "oceans"]}
    picked = ("OLD", "oceans", "biota")
    values = read(FIELDS, stored, typed_over(stored, iso_topic_category=picked))
    assert values == {"iso_topic_category": ["biota", "oceans", "OLD"]}


def test_the_order_in_which_choices_were_picked_is_no_change() -> None:
    stored = geographic()
    picked = tuple(reversed(stored["iso_topic_category"]))
    assert read(FIELDS, stored, typed_over(stored, iso_topic_category=picked)) == {}


def test_another_type_asks_for_its_fields() -> None:
    stored = document()
    typed = typed_over(stored) | {"bcdc_type": "geographic", "spatial_datatype": "NA"}
    assert read(FIELDS, stored, typed) == {"bcdc_type": "geographic", "spatial_datatype": "NA"}


def test_what_is_typed_in_a_field_that_has_no_place_any_more_is_dropped() -> None:
    stored = geographic()
    typed = typed_over(stored) | {"bcdc_type": "document", "spatial_datatype": "NA"}
    assert read(FIELDS, stored, typed) == {"bcdc_type": "document"}


def test_what_the_form_does_not_offer_cannot_be_set() -> None:
    stored = geographic(url_type="upload")
    typed: dict[str, FormValue] = {
        "last_modified": "2020",
        "url": "https://evil.test",
        "id": "x",
        "details.0.column_name": "x",
    }
    assert read(FIELDS, stored, typed) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": None}, "mandatory"),
        ({"name": "  "}, "mandatory"),
        ({"format": None}, "mandatory"),
        ({"format": "CSV"}, "Did you mean csv"),
        ({"format": "docx"}, "Choices: arcgis_rest, "),
        ({"temporal_extent__0__end_date": "2025-02-30"}, "2020-01-31"),
        ({"temporal_extent__0__end_date": "20250228"}, "2020-01-31"),
        ({"json_table_schema": "[1]"}, "JSON in braces"),
        ({"json_table_schema": "{"}, "is not JSON"),
        ({"json_table_schema": '{"a": NaN}'}, "NaN is no number"),
        ({"json_table_schema": '{"a":' * 50_000}, "too many brackets"),
        ({"url": "ftp://x.test/a"}, "https:// or http://"),
        ({"url": "https://"}, "https:// or http://"),
        ({"url": "https://x.test/a b"}, "https:// or http://"),
        ({"url": "http://[x"}, "https:// or http://"),
    ],
)
def test_what_cannot_be_sent_is_refused_on_its_field(
    changes: dict[str, FormValue], said: str
) -> None:
    (name,) = changes
    found = refusals(document(), **changes)
    assert list(found) == [name.replace("__", ".")]
    assert said in found[name.replace("__", ".")]


@pytest.mark.parametrize(
    ("value", "said"),
    [("north", "must be a number"), ("1e3", "must be a number"), ("90.5", "between -90 and 90")],
)
def test_a_coordinate_is_a_number_on_the_globe(value: str, said: str) -> None:
    found = refusals(geographic(), geographic_extent__0__north_bound_latitude=value)
    assert said in found["geographic_extent.0.north_bound_latitude"]


@pytest.mark.parametrize("value", ["60", "60.0", "60.00"])
def test_a_number_written_another_way_is_no_change(value: str) -> None:
    typed = typed_over(geographic(), geographic_extent__0__north_bound_latitude=value)
    assert read(FIELDS, geographic(), typed) == {}


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert set(refusals(document(), name=None, url="x", format="y")) == {"name", "url", "format"}


def dataset(stored: dict[str, Any], **changes: FormValue) -> dict[str, FormValue]:
    form = build(SCHEMA.dataset_fields, stored)
    values = {block_id: one.value for block_id, one in form.inputs.items()}
    return values | {name.replace("__", "."): value for name, value in changes.items()}


def test_rows_are_added_moved_and_dropped_by_their_ids() -> None:
    created, modified = {"type": "Created", "date": "2012-01-01"}, {"type": "Modified", "date": ""}
    stored = record(dates=[created, modified])
    fields = SCHEMA.dataset_fields
    typed = dataset(stored)
    assert read(fields, stored, typed, rows={"dates": (0, 1)}) == {}
    assert read(fields, stored, typed, rows={"dates": (1, 0)}) == {"dates": [modified, created]}
    assert read(fields, stored, typed, rows={"dates": (1,)}) == {"dates": [modified]}
    assert read(fields, stored, typed, rows={"dates": ()}) == {"dates": []}
    assert read(fields, stored, typed, rows={"dates": (0, 1, 2)}) == {}
    added = typed | {"dates.2.type": "Archived", "dates.2.date": "2020-01-01"}
    assert read(fields, stored, added, rows={"dates": (0, 1, 2)}) == {
        "dates": [created, modified, {"type": "Archived", "date": "2020-01-01"}]
    }


def test_a_row_that_is_emptied_altogether_is_taken_away() -> None:
    stored = record(contacts=[record()["contacts"][0], {"name": "Ann", "role": "custodian"}])
    typed = dataset(stored)
    ann = {name: None for name in typed if name.startswith("contacts.1.")}
    found = read(SCHEMA.dataset_fields, stored, typed | ann)
    assert found == {"contacts": stored["contacts"][:1]}
    with pytest.raises(FieldErrors, match="mandatory"):
        read(SCHEMA.dataset_fields, stored, typed | {"contacts.1.name": None})


def test_titles_names_and_addresses_of_a_record_are_held_to_their_form() -> None:
    stored = record()
    typed = dataset(stored, title="x" * 101, contacts__0__email="nobody", contacts__0__name=None)
    with pytest.raises(FieldErrors) as caught:
        read(SCHEMA.dataset_fields, stored, typed)
    found = caught.value.by_field
    assert set(found) == {"title", "contacts.0.email", "contacts.0.name"}
    assert "2 to 100 characters; it has 101" in found["title"]
