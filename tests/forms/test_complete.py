from __future__ import annotations

from typing import Any

import pytest

from bot.ckan.models import Package
from bot.forms.complete import doubts, gaps
from tests.forms.bcdc import SCHEMA, document, geographic, record

CONTACT = record()["contacts"][0]
WHOLE: dict[str, Any] = {"tags": [{"name": "care"}]}


def report(package: Package) -> str:
    """All that the completeness report says of a record."""
    found = gaps(SCHEMA, package)
    sentences = [*found.by_field.values(), *found.general] if found else []
    return "\n".join([*sentences, *doubts(SCHEMA, package)])


@pytest.mark.parametrize("flag", [["displayed"], "displayed"], ids=["now", "of old"])
def test_of_a_complete_record_nothing_is_said(flag: object) -> None:
    shown = {"contacts": [{**CONTACT, "displayed": flag}]}
    assert report(Package(record(document(), geographic(), **WHOLE, **shown))) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "x"}, "“Title” must have 2 to 100 characters"),
        ({"name": "Not a name"}, "“URL” takes lower-case letters"),
        ({"owner_org": ""}, "“Published By” is mandatory"),
        ({"notes": ""}, "“Description” is mandatory"),
        ({"license_id": ""}, "“Licence” is mandatory"),
        ({"contacts": []}, "at least one contact that everybody can see"),
        ({"contacts": [{**CONTACT, "displayed": []}]}, "at least one contact that everybody"),
        ({"contacts": [{**CONTACT, "name": ""}]}, "Contacts 1: “Name” is mandatory"),
        ({"contacts": [{**CONTACT, "email": ""}]}, "Contacts 1: “Email” is mandatory"),
        ({"contacts": [{**CONTACT, "org": ""}]}, "Contacts 1: “Organization” is mandatory"),
        ({"contacts": [{**CONTACT, "role": "boss"}]}, "“boss” is not a choice of “Role”"),
        ({"security_class": "LOW-PUBLIC"}, "is not a choice of “Security Classification”"),
        ({"view_audience": ""}, "“Who can view this data?” is mandatory"),
        ({"download_audience": ""}, "“Who can download this data?” is mandatory"),
        ({"metadata_visibility": ""}, "“Who can view this record?” is mandatory"),
        ({"tags": []}, "“Keywords” is mandatory"),
        ({"resource_status": ""}, "“Resource Status” is mandatory"),
        ({"resource_status": "obsolete"}, "“Replacement Record” is mandatory"),
        ({"resource_status": "historicalArchive"}, "“Retention Expiry Date” is mandatory"),
        ({"resource_status": "historicalArchive"}, "“Source Data Path” is mandatory"),
        ({"dates": [{"type": "Created", "date": ""}]}, "Lifecycle Event 1: “Date” is mandatory"),
        ({"dates": []}, "names no date"),
        ({"contacts": [{**CONTACT, "role": "custodian"}]}, "No contact is the point of contact"),
        ({"contacts": [{**CONTACT, "email": "desk"}]}, "“Contacts, Email” holds what it is not"),
        ({"more_info": [{"url": "somewhere"}]}, "holds what it is not meant for: “somewhere”"),
        (
            {"resource_status": "historicalArchive", "retention_expiry_date": "in May"},
            "“Retention Expiry Date” holds what it is not meant for: “in May”",
        ),
    ],
)
def test_each_rule_of_a_record_is_in_the_report(changes: dict[str, Any], said: str) -> None:
    assert said in report(Package(record(document(), **(WHOLE | changes))))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "“Name” is mandatory"),
        ({"bcdc_type": ""}, "“Type” is mandatory"),
        ({"resource_update_cycle": ""}, "“Frequency of Resource Update” is mandatory"),
        ({"format": "CSV"}, "“CSV” is not a choice of “Resource Storage Format”"),
        ({"resource_storage_location": ""}, "“Resource Storage Location” is mandatory"),
        ({"resource_type": ""}, "“Resource Type” is mandatory"),
        ({"resource_access_method": ""}, "“Resource Access Method” is mandatory"),
        ({"bcdc_type": "geographic"}, "“Spatial Datatype” is mandatory"),
        ({"bcdc_type": "geographic"}, "“Spatial Reference System” is mandatory"),
        ({"bcdc_type": "geographic"}, "“ISO Topic Category” is mandatory"),
        ({"bcdc_type": "webservice"}, "“Spatial Reference System” is mandatory"),
        (
            {"bcdc_type": "webservice", "projection_name": "epsg1"},
            "“epsg1” is not a choice of “Spatial Reference System”",
        ),
        ({"json_table_schema": "[]"}, "“JSON Table Schema” must be JSON in braces"),
        ({"temporal_extent": [{"end_date": "May"}]}, "holds what it is not meant for: “May”"),
        ({"temporal_extent": [{"end_date": "2020-01-01"}] * 2}, "is meant to be given once"),
        ({"object_name": "WHSE.ONE "}, "“Children in care (CSV): Object Name” holds what"),
        ({"url": "http://data.example.test"}, "starts with http://"),
        ({"url": "see the desk"}, "holds what it is not meant for: “see the desk”"),
    ],
)
def test_each_rule_of_a_resource_is_in_the_report(changes: dict[str, Any], said: str) -> None:
    told = report(Package(record(document(**changes), **WHOLE)))
    assert said in told
    assert "Children in care (CSV)" in told or "name" in changes


def test_numbers_of_an_extent_are_looked_at() -> None:
    layer = geographic() | {"geographic_extent": [{"north_bound_latitude": "far up"}]}
    told = report(Package(record(layer, **WHOLE)))
    assert "holds what it is not meant for: “far up”" in told


def test_the_address_of_a_file_in_the_catalogue_is_nothing_to_look_at() -> None:
    stored = document(url="http://data.example.test/all.csv", url_type="upload")
    assert "starts with http://" not in report(Package(record(stored, **WHOLE)))
