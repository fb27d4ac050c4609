from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.schema import Choice, Field
from bot.errors import FieldErrors
from bot.forms.inline import read_words
from tests.forms import odd
from tests.forms.bcdc import FIELDS, SCHEMA, document, field, geographic, record

PERIOD = {"beginning_date": "2018-04-01", "end_date": "2025-03-31"}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ({"description": "New"}, {"description": "New"}),
        ({"Resource Description": "New"}, {"description": "New"}),
        ({"resource_description": "New"}, {"description": "New"}),
        ({"DESCRIPTION": ""}, {"description": ""}),
        ({"description": "All years in one table."}, {}),
        ({"object_name": ""}, {}),
        ({"format": "XLSX"}, {"format": "xlsx"}),
        ({"format": "openapi–json"}, {"format": "openapi-json"}),
        ({"format": "csv"}, {}),
        ({"resource_update_cycle": "as needed"}, {"resource_update_cycle": "asNeeded"}),
        ({"bcdc_type": "document/tabular data"}, {}),
        (
            {"resource_storage_location": "BC Geographic Warehouse"},
            {"resource_storage_location": "bc geographic warehouse"},
        ),
        ({"url": "https://x.test/a?b=c"}, {"url": "https://x.test/a?b=c"}),
        (
            {"temporal_extent.0.end_date": "2026–03–31"},
            {"temporal_extent": [PERIOD | {"end_date": "2026-03-31"}]},
        ),
        (
            {"temporal_extent.end_date": "", "Data Collection Period.beginning_date": "2019-01-01"},
            {"temporal_extent": [{"beginning_date": "2019-01-01", "end_date": ""}]},
        ),
        (
            {"temporal_extent.end_date": "", "temporal_extent.beginning_date": ""},
            {"temporal_extent": []},
        ),
        ({"temporal_extent": ""}, {"temporal_extent": []}),
        ({"spatial_datatype": ""}, {}),
        ({"json_table_schema": '{"fields": [1]}'}, {"json_table_schema": {"fields": [1]}}),
        (
            {
                "bcdc_type": "geographic",
                "iso_topic_category": "Oceans, biota",
                "projection_name": "EPSG:3005 - NAD83/BC Albers",
            },
            {
                "bcdc_type": "geographic",
                "iso_topic_category": ["biota", "oceans"],
                "projection_name": "epsg3005",
            },
        ),
    ],
)
def test_words_become_values_of_what_they_change(
    words: dict[str, str], values: dict[str, Any]
) -> None:
    assert read_words(FIELDS, document(), tuple(words.items())) == values


def test_a_part_of_a_composite_leaves_the_other_parts_alone() -> None:
    stored = geographic()
    values = read_words(FIELDS, stored, [("preview_info.preview_zoom_level", "7")])
    assert values == {"preview_info": [stored["preview_info"][0] | {"preview_zoom_level": "7"}]}


def test_a_row_can_be_added_where_the_schema_means_several() -> None:
    words = [("dates.1.type", "Modified"), ("dates.1.date", "2020-01-01")]
    values = read_words(SCHEMA.dataset_fields, record(), words)
    assert values == {
        "dates": [
            {"type": "Created", "date": "2012-04-01"},
            {"type": "Modified", "date": "2020-01-01"},
        ]
    }


def refused(stored: dict[str, Any], *words: tuple[str, str]) -> dict[str, str]:
    with pytest.raises(FieldErrors) as caught:
        read_words(FIELDS, stored, words)
    return dict(caught.value.by_field)


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("descripton", "x", "no field “descripton”. Did you mean description?"),
        ("storage location", "x", "resource_storage_location"),
        ("zzz", "x", "Type /bcdc schema"),
        ("id", "x", "no field “id”"),
        ("package_id", "x", "no field “package_id”"),
        ("last_modified", "2020-01-01", "fills this in itself"),
        ("details", "x", "fills this in itself"),
        ("name", "", "mandatory"),
        ("format", "", "mandatory"),
        ("format", "zzz", "Choices: arcgis_rest"),
        ("resource_update_cycle", "yearly", "“yearly” is not a choice"),
        ("resource_update_cycle", "month", "Did you mean Monthly"),
        ("Type", "tabular", "Did you mean Document/Tabular Data?"),
        ("url", "ftp://x.test", "https:// or http://"),
        ("temporal_extent", "2018", "write temporal_extent.0.beginning_date=…"),
        ("temporal_extent.begin", "2018", "Did you mean beginning_date?"),
        ("temporal_extent.1.end_date", "2026-01-01", "has no row 1"),
        ("temporal_extent.x.end_date", "2026-01-01", "has no row x"),
        ("temporal_extent.0.end_date", "soon", "2020-01-31"),
        ("description.0", "x", "has no parts"),
        (
            "projection_name",
            "epsg3005",
            "when “Type” is Geographic Data or Webservice/API",
        ),
        ("json_table_schema", "[1]", "JSON in braces"),
    ],
)
def test_what_words_cannot_say_is_refused_with_a_way_out(word: str, text: str, said: str) -> None:
    (sentence,) = refused(document(), (word, text)).values()
    assert said in sentence


def test_the_link_of_an_uploaded_file_is_not_changed_by_hand() -> None:
    found = refused(document(url_type="upload"), ("url", "https://x.test"))
    assert "uploaded file" in found["url"]


def test_a_field_given_twice_is_refused() -> None:
    found = refused(document(), ("format", "csv"), ("Resource Storage Format", "xls"))
    assert "given twice" in found["Resource Storage Format"]


def test_several_rows_need_a_number() -> None:
    stored = document(temporal_extent=[PERIOD, PERIOD])
    found = refused(stored, ("temporal_extent.end_date", "2020-01-01"))
    assert "has 2 rows: say which, as in temporal_extent.0.end_date" in str(found)


def test_parts_of_another_shape_are_refused() -> None:
    found = refused(document(temporal_extent="2018"), ("temporal_extent.end_date", "2020-01-01"))
    assert "cannot be edited in parts" in found["temporal_extent.end_date"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = refused(document(), ("format", "x"), ("nothing", "x"), ("name", ""))
    assert set(found) == {"format", "nothing", "name"}


names = st.one_of(
    st.sampled_from([one.name for one in FIELDS]),
    st.sampled_from(["temporal_extent.0.end_date", "geographic_extent.9.x", "preview_info..", "."]),
    st.text(max_size=20),
)


@given(odd.objects, st.lists(st.tuples(names, st.text(max_size=30)), max_size=4))
def test_any_words_over_any_object_give_values_or_sentences(
    stored: dict[str, Any], words: list[tuple[str, str]]
) -> None:
    with suppress(FieldErrors):
        values = read_words(FIELDS, stored, words)
        assert set(values) <= {one.name for one in FIELDS if not one.hidden}


@given(st.sampled_from(field("format").choices), st.sampled_from([str.upper, str.title, str.lower]))
def test_choices_are_known_in_any_letter_case(choice: Any, shout: Any) -> None:
    values = read_words(FIELDS, document(format="other"), [("format", shout(choice.value))])
    assert values == ({} if choice.value == "other" else {"format": choice.value})


def test_a_choice_is_known_by_another_word_for_it_unless_two_share_it() -> None:
    bodies = (
        Choice("1", "Parks (Water)", also=("parks-w", "Parks")),
        Choice("2", "Parks (Land)", also=("parks-l", "Parks")),
    )
    fields = (Field("owner_org", "Published By", choices=bodies),)
    assert read_words(fields, {}, [("owner_org", "PARKS-L")]) == {"owner_org": "2"}
    with pytest.raises(FieldErrors, match="Parks"):
        read_words(fields, {}, [("owner_org", "Parks")])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([("+", "cats")], "ants, bees, cats"),
        ([("-", "ants"), ("+", "dogs, eels")], "bees, dogs, eels"),
        ([("tags", "xi,yo"), ("+", "zoo")], "xi, yo, zoo"),
        ([("tags", "+cats, +dogs")], "ants, bees, cats, dogs"),
        ([("tags", "cats, -dogs")], "cats, -dogs"),
        ([("Keywords", " xi yo ,xi yo")], "xi yo"),
    ],
)
def test_keywords_are_set_added_and_taken_away(words: list[tuple[str, str]], text: str) -> None:
    stored = {**record(), "tag_string": "ants, bees"}
    assert read_words(SCHEMA.dataset_fields, stored, words) == {"tag_string": text}


def test_keywords_are_suggested_by_the_name_that_people_type() -> None:
    with pytest.raises(FieldErrors, match=r"Did you mean tags\?"):
        read_words(SCHEMA.dataset_fields, record(), [("tag", "cats")])


def test_what_is_edited_elsewhere_says_where() -> None:
    with pytest.raises(FieldErrors) as caught:
        read_words(
            SCHEMA.dataset_fields, record(), [("private", "true")], elsewhere={"private": "By X."}
        )
    assert caught.value.by_field == {"private": "“private” cannot be changed here. By X."}
