"""Forms, words and checks over CKAN's own fields."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.editable import edited_elsewhere, essentials_first, sections
from bot.ckan.moves import states
from bot.ckan.plain import plain_schema
from bot.errors import FieldErrors
from bot.forms.build import build
from bot.forms.check import check_object
from bot.forms.inline import read_words
from bot.forms.read import read

SCHEMA: Final = plain_schema()
FIELDS: Final = SCHEMA.dataset_fields
RECORD: Final[dict[str, Any]] = {
    "title": "A title",
    "name": "a-title",
    "notes": None,
    "tag_string": "one, two",
    "license_id": "cc-by",
    "owner_org": "71f384b9-7400-527f-9e21-18f85038d7d2",
    "private": False,
    "url": None,
    "version": "1.0",
    "author": "Éva",
    "author_email": "eva@gov.bc.ca",
    "maintainer": "",
    "maintainer_email": None,
    "extras": [{"key": "Area", "value": "Interior"}, {"key": "Years", "value": ""}],
}
lines = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=40)
records = st.fixed_dictionaries(
    {
        "notes": st.none() | lines,
        "private": st.booleans(),
        "url": st.sampled_from([None, "", "https://gov.bc.ca/a?b=c&d", "nonsense"]),
        "version": st.none() | lines,
        "author_email": st.sampled_from([None, "a@b", "eva@gov.bc.ca", "no address"]),
        "extras": st.dictionaries(lines.filter(bool), lines, max_size=3).map(
            lambda pairs: [{"key": key, "value": value} for key, value in pairs.items()]
        ),
    }
).map(lambda drawn: RECORD | drawn)


@given(records)
def test_an_untouched_form_changes_nothing(stored: dict[str, Any]) -> None:
    typed = {block: item.value for block, item in build(FIELDS, stored).inputs.items()}
    assert read(FIELDS, stored, typed) == {}


@given(records, records)
def test_what_a_form_is_filled_with_is_what_it_gives(
    stored: dict[str, Any], wanted: dict[str, Any]
) -> None:
    wanted = RECORD | {key: wanted[key] for key in ("notes", "private")}
    typed = {block: item.value for block, item in build(FIELDS, wanted).inputs.items()}
    values = read(FIELDS, stored | {"extras": RECORD["extras"], "author_email": None}, typed)
    assert values.get("private", stored["private"]) is wanted["private"]
    assert (values.get("notes", stored["notes"]) or "").strip() == (wanted["notes"] or "").strip()


def test_a_record_as_ckan_gives_it_is_in_order() -> None:
    assert check_object(FIELDS, RECORD, strict=False) == {}
    assert check_object(FIELDS, RECORD, strict=True) == {}
    assert check_object(FIELDS, RECORD | {"private": None}, strict=True).keys() == {"private"}


@pytest.mark.parametrize(
    ("extras", "refused", "said"),
    [
        ([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], "extras.1.key", "twice"),
        ([{"key": "title", "value": "1"}], "extras.0.key", "a field of its own"),
        ([{"key": "resources", "value": "1"}], "extras.0.key", "a field of its own"),
        ([{"key": "a"}], "extras.0.value", "mandatory"),
        ([{"key": "", "value": "1"}], "extras.0.key", "mandatory"),
    ],
)
def test_pairs_are_held_to_what_ckan_holds_them_to(
    extras: list[Any], refused: str, said: str
) -> None:
    found = check_object(FIELDS, RECORD | {"extras": extras}, strict=False)
    assert found.keys() == {refused}
    assert said in found[refused]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ({"private": "true"}, {"private": True}),
        ({"private": "Members of its organization"}, {"private": True}),
        ({"private": "everyone"}, {}),
        ({"version": "2", "author_email": ""}, {"version": "2", "author_email": ""}),
        ({"extras.1": ""}, {"extras": RECORD["extras"][:1]}),
    ],
)
def test_words_become_ckans_values(words: dict[str, str], values: dict[str, Any]) -> None:
    assert read_words(FIELDS, RECORD, tuple(words.items())) == values


@pytest.mark.parametrize(
    ("text", "kept"), [("text/csv", "csv"), ("csv", "csv"), ("weird/thing", "weird/thing")]
)
def test_a_media_type_is_written_as_the_format_it_is(text: str, kept: str) -> None:
    assert read_words(SCHEMA.resource_fields, {}, [("format", text)]) == {"format": kept}


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("private", "", "mandatory"),
        ("private", "perhaps", "is not a choice"),
        ("version", "v" * 101, "1 to 100 characters"),
        ("maintainer_email", "x", "e-mail address"),
        ("owner_org", "", "mandatory"),
    ],
)
def test_what_ckan_would_refuse_is_refused(word: str, text: str, said: str) -> None:
    with pytest.raises(FieldErrors, match=said):
        read_words(FIELDS, RECORD, [(word, text)])


def test_every_field_has_its_page_and_the_rest_a_reason() -> None:
    names = {field.name for field in FIELDS}
    for pages in (sections(FIELDS), essentials_first(FIELDS)):
        assert {name for page in pages for name in page.fields} == names
    elsewhere = edited_elsewhere(SCHEMA)
    assert names.isdisjoint(elsewhere)
    assert {"state", "resources", "plugin_data", "type", "id", "groups"} <= set(elsewhere)
    assert states(SCHEMA) == ()
