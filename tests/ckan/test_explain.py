from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.explain import explain
from bot.ckan.faults import (
    ActionFailed,
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
    NotFound,
    Reason,
    Refused,
    SearchError,
    SearchIndexError,
)
from bot.ckan.models import Package
from bot.ckan.plain import plain_schema
from bot.ckan.refusal import foreign_contact
from bot.ckan.schema import parse_schema
from bot.errors import (
    CatalogueError,
    FieldErrors,
    GoneError,
    NotAllowedError,
    NotFoundError,
    UserError,
)

SCHEMA = parse_schema(
    {
        "dataset_fields": [
            {"field_name": "title", "label": "Title"},
            {
                "field_name": "contacts",
                "label": "Contacts",
                "repeating_subfields": [{"field_name": "email", "label": "E-mail"}],
            },
        ],
        "resource_fields": [{"field_name": "format", "label": "Storage Format"}],
    }
)
RECORD = Package(
    {
        "contacts": [{"name": "Jo"}],
        "resources": [{"id": "r1", "name": "Lakes"}, {"id": "r2", "name": "Rivers"}],
    }
)
JARGON = re.compile(r"<|__|Error\b|Exception|HTTP|JSON|None|\{|\}|\[|'\w+'")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (CatalogueUnavailable(Reason.TIMEOUT), CatalogueError, "too slow"),
        (CatalogueUnavailable(Reason.CONNECTION), CatalogueError, "cannot be reached"),
        (CatalogueUnavailable(Reason.BUSY), CatalogueError, "a few minutes"),
        (CatalogueUnavailable(Reason.BUSY, retry_after=0.2), CatalogueError, "in 1 second."),
        (CatalogueUnavailable(Reason.BUSY, retry_after=30), CatalogueError, "in 30 seconds."),
        (CatalogueUnavailable(Reason.BUSY, retry_after=600), CatalogueError, "in 10 minutes."),
        (CatalogueUnavailable(Reason.GATEWAY, status=502), CatalogueError, "not available"),
        (CatalogueUnavailable(Reason.NOT_JSON, status=200), CatalogueError, "web page"),
        (CatalogueUnavailable(Reason.REDIRECT), CatalogueError, "another address"),
        (CatalogueUnavailable(Reason.UPLOAD_TOO_LARGE), CatalogueError, "larger"),
        (CatalogueUnavailable(Reason.UPLOAD_BROKEN), CatalogueError, "Attach it again"),
        (CatalogueUnavailable(Reason.ANSWER_TOO_LARGE), CatalogueError, "Ask for less"),
        (CatalogueUnavailable(Reason.NOT_SERVED), CatalogueError, "/bcdc use"),
        (CatalogueUnavailable(Reason.ANOTHER), CatalogueError, "something else"),
        (ActionFailed(500, "Internal Server Error"), CatalogueError, "did not say why"),
        (ActionFailed(400, "Integrity Error"), CatalogueError, "could not store"),
        (ActionFailed(400, ""), CatalogueError, "does not offer"),
        (NotAuthorized("Authorization Error"), NotAllowedError, "editor or admin"),
        (NotFound("Not Found Error"), NotFoundError, "does not have"),
        (SearchError("Search Error"), CatalogueError, "other words"),
        (SearchIndexError("x"), CatalogueError, "into its search"),
        (Refused({"__type": "Validation Error"}), CatalogueError, "another resource"),
        (Refused({"match": ["notes"]}), GoneError, "in the meantime"),
        (Refused({"message": [{"match": ["notes"]}]}), GoneError, "in the meantime"),
    ],
)
def test_each_fault_has_its_sentence(
    error: CKANAPIError, kind: type[UserError], words: str
) -> None:
    told = explain(error)
    assert type(told) is kind
    assert words in str(told)
    assert not JARGON.search(str(told))


def test_no_reason_is_without_a_sentence() -> None:
    assert all(str(explain(CatalogueUnavailable(reason))) for reason in Reason)


def test_complaints_stand_on_the_fields_of_the_form() -> None:
    said = {
        "title": ["That Title is already in use."],
        "contacts": [{}, {"email": ["Missing value"]}],
        "resources": [{}, {"format": ["Value must be one of ['a', 'b']"]}],
        "__type": "Validation Error",
    }
    told = explain(Refused(said), schema=SCHEMA, package=RECORD)
    assert isinstance(told, FieldErrors)
    assert set(told.by_field) == {"title", "contacts.1.email"}
    assert told.general == ("Resource “Rivers”, Storage Format: Choose one of the listed values.",)


def test_complaints_about_a_resource_stand_on_its_own_form() -> None:
    said = {
        "title": ["Missing value"],
        "resources": [{"format": ["Missing value"]}, {"format": ["Missing value"]}],
    }
    told = explain(Refused(said), schema=SCHEMA, package=RECORD, resource_id="r2")
    assert isinstance(told, FieldErrors)
    assert told.by_field == {"format": "The catalogue needs a value here."}
    assert told.general == (
        "The record, Title: The catalogue needs a value here.",
        "Resource “Lakes”, Storage Format: The catalogue needs a value here.",
    )


def test_without_a_form_every_complaint_names_its_field() -> None:
    said = {
        "publish_state": ["Missing value"],
        "resources__abc__format": ["Unmatched key resources__abc"],
        "update": ["Not understood"],
        "resources": [{}, {"format": ["Missing value"]}],
    }
    assert str(explain(Refused(said), resource_id="r2")).splitlines() == [
        "The record, Publish state: The catalogue needs a value here.",
        "The resource is no longer part of the record.",
        "The catalogue says: Not understood",
        "Resource 2, Format: The catalogue needs a value here.",
    ]


def test_a_contact_of_elsewhere_is_named_with_its_organization() -> None:
    said = {"contacts": [{"org": ['unexpected choice "o1"']}]}
    told = explain(Refused(said), package=RECORD, organizations={"o1": "BC Parks"})
    assert "“Jo” is a contact from BC Parks" in str(told)
    assert "o1" not in str(told)
    assert "cannot find" in foreign_contact({"name": "", "org": "o2"}, {})


def test_what_else_is_wrong_with_a_contact_of_elsewhere_is_told_too() -> None:
    rows = [
        {"org": ['unexpected choice "o1"'], "email": ["Missing value"]},
        {"org": ["Missing value"]},
    ]
    told = explain(Refused({"contacts": rows}), schema=SCHEMA, package=RECORD)
    assert isinstance(told, FieldErrors)
    assert set(told.by_field) == {"contacts.0.email", "contacts.0.org", "contacts.1.org"}
    assert told.general == ()
    assert "refuses every save by you" in told.by_field["contacts.0.org"]
    of_resource = explain(
        Refused({"contacts": rows[:1]}), schema=SCHEMA, package=RECORD, resource_id="r1"
    )
    assert isinstance(of_resource, FieldErrors)
    assert of_resource.by_field == {}
    assert "refuses every save by you" in of_resource.general[0]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('Title "x" length is less than minimum 2', "Too short: at least 2 characters."),
        ("Name must be a maximum of 100 characters long", "Too long: at most 100 characters."),
        ("Version must be a maximum of 100 characters long", "Too long: at most 100 characters."),
        ("Email x is not a valid format", "Write an e-mail address."),
        ("Invalid integer", "Write a whole number."),
        ('Duplicate key "Area"', "“Area” stands there twice."),
        ("There is a schema field with the same name", "The record has a field of that name."),
        ("Must be purely lowercase alphanumeric", "Use lower-case letters, digits, - and _ only."),
        ('unexpected choice "x<y"', "“x<y” is not one of the choices."),
        ("Required when ('resource_status',) is set to x", "Needed when resource status is “x”."),
        ("Invalid JSON string", "Write it as JSON in braces, as in { }."),
        ("Must be a natural number", "Write a whole number."),
        ("Not a string: 3", "Write text here."),
        ("An organization must be provided", "Choose the organization that publishes the record."),
        ("That URL is already in use.", "This name is taken: choose another one."),
        (
            "The input field x was not expected.",
            "The catalogue does not know this field: leave it out.",
        ),
        ("Something <b>quite</b>\n new", "The catalogue says: Something quite new"),
    ],
)
def test_what_the_catalogue_says_is_put_in_plain_words(said: str, sentence: str) -> None:
    told = explain(Refused({"title": [said]}), schema=SCHEMA)
    assert isinstance(told, FieldErrors)
    assert told.by_field == {"title": sentence}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["title", "contacts", "resources", "message", "__junk"]) | st.text()


@given(
    st.dictionaries(keys, json_like, max_size=4),
    st.sampled_from([None, "r1", "gone"]),
    st.booleans(),
)
def test_whatever_the_catalogue_refuses_has_an_explanation(
    said: dict[str, object], resource_id: str | None, with_schema: bool
) -> None:
    told = explain(
        Refused(dict(said)),
        schema=SCHEMA if with_schema else None,
        package=RECORD,
        resource_id=resource_id,
    )
    assert str(told)


def test_what_ckan_says_of_all_pairs_is_told_on_them() -> None:
    said = {"extras_validation": ['Duplicate key "Area"']}
    told = explain(Refused(said), schema=plain_schema(), package=RECORD)
    assert isinstance(told, FieldErrors)
    assert told.by_field == {"extras": "“Area” stands there twice."}
