from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Package
from bot.ckan.schema import parse_schema
from bot.errors import FieldErrors
from bot.forms.check import check_object, check_record
from tests.forms import odd
from tests.forms.bcdc import FIELDS, SCHEMA, document, geographic, record

CFD = "71f384b9-7400-527f-9e21-18f85038d7d2"
GEOBC = "520a0276-13e3-5725-a2f3-4bc5cff6104c"
TITLES = {CFD: "Information Management - CFD", GEOBC: "GeoBC"}


def checked(
    package: dict[str, Any],
    *,
    edited: str | None,
    organizations: frozenset[str] | None = frozenset({CFD}),
    titles: dict[str, str] = TITLES,
    siblings: bool = True,
) -> tuple[FieldErrors | None, tuple[str, ...]]:
    return check_record(
        SCHEMA,
        Package(package),
        edited_resource=edited,
        contact_organizations=organizations,
        organization_titles=titles,
        siblings=siblings,
    )


@pytest.mark.parametrize("resource", [document(), geographic()])
@pytest.mark.parametrize("strict", [True, False])
def test_a_complete_resource_passes(resource: dict[str, Any], strict: bool) -> None:
    assert check_object(FIELDS, resource, strict=strict) == {}


# As CKAN 2.12 and 2.9 with BCDC's schema were seen to answer a save of the same values.
@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"format": "CSV"}, "format"),
        ({"format": ""}, "format"),
        ({"format": None}, "format"),
        ({"format": 7}, "format"),
        ({"resource_type": ""}, "resource_type"),
        ({"resource_update_cycle": "As Needed"}, "resource_update_cycle"),
        ({"iso_topic_category": ["odd"]}, "iso_topic_category"),
        ({"iso_topic_category": {"a": 1}}, "iso_topic_category"),
        ({"json_table_schema": [1]}, "json_table_schema"),
        ({"json_table_schema": "text"}, "json_table_schema"),
        ({"json_table_schema": "[" * 100_000}, "json_table_schema"),
        ({"temporal_extent": "text"}, "temporal_extent"),
        ({"temporal_extent": [{"beginning_date": "soon"}]}, "temporal_extent.0.beginning_date"),
        ({"temporal_extent": [{"end_date": "9" * 20}]}, "temporal_extent.0.end_date"),
        ({"temporal_extent": [{"beginning_date": "2020"}]}, "temporal_extent.0.beginning_date"),
        ({"temporal_extent": [{}, {"end_date": "2020-13-01"}]}, "temporal_extent.1.end_date"),
        ({"temporal_extent": [{"end_date": "2020-01-01T10:00:0x"}]}, "temporal_extent.0.end_date"),
        ({"temporal_extent": [{"end_date": 2020}]}, "temporal_extent.0.end_date"),
    ],
)
def test_what_the_server_refuses_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert list(check_object(FIELDS, document(**changes), strict=False)) == [refused]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"url": "not a url"},
        {"bcdc_type": "geographic"},
        {"spatial_datatype": "odd"},
        {"iso_topic_category": '["biota"]'},
        {"json_table_schema": '{"a": 1}'},
        {"json_table_schema": ""},
        {"temporal_extent": []},
        {"temporal_extent": [{"beginning_date": "2020-01-01", "end_date": ""}]},
        {"temporal_extent": [{"beginning_date": "2020-01-01T10:00:00.25"}]},
        {"temporal_extent": [{"beginning_date": "2020/01/01"}]},
        {"geographic_extent": [{"north_bound_latitude": "north"}]},
    ],
)
def test_what_the_server_takes_passes(changes: dict[str, Any]) -> None:
    assert check_object(FIELDS, document(**changes), strict=False) == {}


def test_one_of_several_choices_is_demanded_where_the_schema_demands_it() -> None:
    raw = {"field_name": "topics", "preset": "multiple_checkbox", "required": True}
    raw |= {"validators": "scheming_multiple_choice", "choices": [{"value": "a", "label": "A"}]}
    fields = parse_schema({"dataset_fields": [raw]}).dataset_fields
    assert list(check_object(fields, {"topics": []}, strict=False)) == ["topics"]
    assert check_object(fields, {"topics": ["a"]}, strict=False) == {}


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        (document(name=" "), {"name"}),
        (
            document(bcdc_type="geographic"),
            {"spatial_datatype", "projection_name", "iso_topic_category"},
        ),
        (document(bcdc_type="webservice"), {"projection_name"}),
        (geographic() | {"spatial_datatype": "odd"}, {"spatial_datatype"}),
        (geographic() | {"projection_name": "EPSG:3005"}, {"projection_name"}),
        (document(spatial_datatype="odd"), set()),
    ],
)
def test_the_resource_at_hand_is_held_to_more(resource: dict[str, Any], asked: set[str]) -> None:
    assert set(check_object(FIELDS, resource, strict=True)) == asked
    assert check_object(FIELDS, resource, strict=False) == {}


def test_a_complete_record_passes() -> None:
    package = record(document(), geographic(id="other"))
    assert checked(package, edited=document()["id"]) == (None, ())
    assert checked(package, edited=None) == (None, ())


def test_what_is_wrong_with_the_edited_resource_is_told_on_its_fields() -> None:
    errors, _warnings = checked(record(geographic(name="")), edited=document()["id"])
    assert errors is not None
    assert errors.general == ()
    assert errors.by_field == {"name": "“Name” is mandatory and holds nothing."}


def test_another_resource_that_blocks_the_save_is_named_with_the_way_out() -> None:
    other = document(id="b2", name="Dictionary", resource_type="", format="PDF")
    errors, warnings = checked(record(document(), other), edited=document()["id"])
    assert errors is not None
    assert errors.by_field == {}
    assert warnings == ()
    told = "\n".join(errors.general)
    assert "“Dictionary”" in told
    assert "“Resource Type” is mandatory" in told
    assert "“PDF” is not a choice of “Resource Storage Format”. Did you mean pdf?" in told
    assert told.count("/bcdc patch-resource b2") == 2


def test_where_other_resources_are_not_checked_it_is_a_warning() -> None:
    other = document(id="b2", name="Dictionary", resource_type="")
    errors, warnings = checked(record(document(), other), edited=document()["id"], siblings=False)
    assert errors is None
    assert "“Dictionary”, is not in order" in warnings[0]


def test_another_resource_is_not_held_to_what_the_server_lets_pass() -> None:
    other = document(id="b2", bcdc_type="geographic", name="")
    assert checked(record(document(), other), edited=document()["id"]) == (None, ())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a"}, "title"),
        ({"title": None}, "title"),
        ({"name": "Bad Name"}, "name"),
        ({"notes": ""}, "notes"),
        ({"license_id": ""}, "license_id"),
        ({"publish_state": None}, "publish_state"),
        ({"security_class": "LOW-PUBLIC"}, "security_class"),
        ({"resource_status": "obsolete"}, "replacement_record"),
        (
            {"resource_status": "historicalArchive", "source_data_path": "p"},
            "retention_expiry_date",
        ),
        ({"dates": [{"type": "Created", "date": ""}]}, "dates.0.date"),
        ({"dates": [{"type": "Odd", "date": "2012-01-01"}]}, "dates.0.type"),
        ({"record_publish_date": "odd"}, "record_publish_date"),
    ],
)
def test_what_is_wrong_with_the_record_is_told_on_its_fields_or_in_a_sentence(
    changes: dict[str, Any], field: str
) -> None:
    package = record(document(), **changes)
    errors, _warnings = checked(package, edited=None)
    assert errors is not None
    assert list(errors.by_field) == [field]
    errors, _warnings = checked(package, edited=document()["id"])
    assert errors is not None
    assert errors.by_field == {}
    assert errors.general[0].startswith("The record of this resource cannot be saved as it is: ")


def contact(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Data Custodian",
        "email": "custodian@example.test",
        "org": GEOBC,
        "role": "custodian",
        "displayed": [],
        **changes,
    }


def test_a_foreign_contact_is_named_with_whose_it_is_and_what_to_do() -> None:
    package = record(document(), contacts=[contact(org=CFD), contact()])
    errors, _warnings = checked(package, edited=document()["id"])
    assert errors is not None
    (sentence,) = errors.general
    assert sentence.startswith("Data Custodian is listed as a contact for GeoBC, where you may not")
    assert "somebody who may edit in both organizations has to save the record" in sentence
    errors, _warnings = checked(package, edited=None)
    assert errors is not None
    assert list(errors.by_field) == ["contacts.1.org"]


def test_a_contact_blocks_nobody_who_may_edit_in_its_organization() -> None:
    package = record(document(), contacts=[contact()])
    assert checked(package, edited=None, organizations=frozenset({GEOBC})) == (None, ())
    assert checked(package, edited=None, organizations=None) == (None, ())
    # While nobody knows which organizations there are, none is taken for one that is gone.
    assert checked(package, edited=None, organizations=None, titles={}) == (None, ())


@pytest.mark.parametrize("organizations", [None, frozenset({CFD})])
def test_a_contact_of_an_organization_that_is_gone_blocks_everybody(
    organizations: frozenset[str] | None,
) -> None:
    package = record(document(), contacts=[contact(org="gone", name="")])
    errors, _warnings = checked(package, edited=document()["id"], organizations=organizations)
    assert errors is not None
    assert "custodian@example.test is listed" in errors.general[-1]
    assert "does not have any more (gone)" in errors.general[-1]


def test_a_contact_without_an_organization_is_incomplete_not_foreign() -> None:
    errors, _warnings = checked(record(document(), contacts=[contact(org="")]), edited=None)
    assert errors is not None
    assert errors.by_field == {
        "contacts.0.org": "Contacts 1: “Organization” is mandatory and holds nothing."
    }


@given(odd.objects, st.booleans())
def test_any_object_can_be_checked(stored: dict[str, Any], strict: bool) -> None:
    found = check_object(FIELDS, stored, strict=strict)
    assert all(found.values())
    assert set(check_object(FIELDS, stored, strict=False)) <= set(
        check_object(FIELDS, stored, strict=True)
    )


def test_a_resource_that_is_to_be_copied_blocks_on_every_generation() -> None:
    copied = {key: value for key, value in document(format="CSV").items() if key != "id"}
    errors, _warnings = checked(record(copied), edited=None, siblings=False)
    assert errors is not None
    assert "“Children in care (CSV)” cannot be copied as it is" in errors.general[0]
