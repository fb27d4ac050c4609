"""BCDC's own rules of resources and licences, written down again and asked at random.

What a resource of each type must have, and what of a licence does not go with the rest of a record.
"""

from __future__ import annotations

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Package
from bot.forms.check import check_object
from bot.forms.complete import confirmations, doubts, gaps
from tests.forms.bcdc import FIELDS, SCHEMA, document, geographic, record

OF_ALL: Final = {
    "name", "bcdc_type", "resource_update_cycle", "format", "resource_storage_location",
    "resource_type", "resource_access_method",
}  # fmt: skip
OF_TYPE: Final = {
    "document": set[str](),
    "geographic": {"spatial_datatype", "projection_name", "iso_topic_category"},
    "webservice": {"projection_name"},
    "application": set[str](),
}
TEXTS: Final = ("name", "url", "description", "supplemental_info", "object_name")
"""Of which any text will do."""
STRANGE: Final = ("CSV", "none of them")
CHOSEN: Final = ("spatial_datatype", "projection_name")
OPEN: Final = ("csv", "json", "geojson", "gpkg", "shp", "kml", "xml", "tsv", "txt")
CLOSED: Final = ("pdf", "xls", "xlsx", "e00", "fgdb", "other", "arcgis_rest")


def blanks(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([[]] if name == "iso_topic_category" else ["", " ", None])


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    """A resource of any type with some of its values gone, and some that are none of theirs."""
    kind = draw(st.sampled_from(sorted(OF_TYPE)))
    resource = geographic() | {"bcdc_type": kind}
    for name in draw(st.sets(st.sampled_from([*OF_ALL, *OF_TYPE["geographic"], *TEXTS]))):
        resource[name] = draw(blanks(name))
    for name in draw(st.sets(st.sampled_from(["format", "resource_type", *CHOSEN]), max_size=2)):
        resource[name] = draw(st.sampled_from(STRANGE))
    return resource


def refused(resource: dict[str, Any]) -> set[str]:
    """The fields of a resource that must not stay as they are."""
    mandatory = OF_ALL | OF_TYPE.get(str(resource["bcdc_type"]), set())
    held = {name: value for name, value in resource.items() if isinstance(value, str)}
    gone = {name for name in mandatory if not (held.get(name, "").strip() or lists(resource, name))}
    return gone | {name for name in mandatory if held.get(name) in STRANGE}


def lists(resource: dict[str, Any], name: str) -> bool:
    return isinstance(resource.get(name), list) and bool(resource[name])


@given(resources())
def test_a_resource_needs_what_its_type_needs(resource: dict[str, Any]) -> None:
    assert set(check_object(FIELDS, resource, strict=True)) == refused(resource)


@given(resources())
def test_a_record_is_as_complete_as_each_of_its_resources(resource: dict[str, Any]) -> None:
    package = record(document(), resource, tags=[{"name": "children"}])
    found = gaps(SCHEMA, Package(package))
    assert len(found.general if found else ()) == len(refused(resource))


licences = st.fixed_dictionaries(
    {
        "license_id": st.sampled_from(["2", "22", "24", "25", "41"]),
        "metadata_visibility": st.sampled_from(["Public", "IDIR"]),
        "view_audience": st.sampled_from(["Public", "Government", "Named users"]),
        "download_audience": st.sampled_from(["Public", "Not downloadable", "NA"]),
        "security_class": st.sampled_from(["PUBLIC", "PROTECTED A", "PROTECTED C"]),
    }
)


@given(licences, st.lists(st.sampled_from([*OPEN, *CLOSED]), max_size=3))
def test_what_does_not_go_with_a_licence_is_pointed_out(
    values: dict[str, str], formats: list[str]
) -> None:
    package = Package(record(*(document(format=one) for one in formats), **values))
    is_open = values["license_id"] == "2"
    audiences = (values["view_audience"], values["download_audience"])
    expected = {
        "nobody pass the data on": values["license_id"] == "22",
        "no resources yet": not formats,
        "only government can see": is_open and values["metadata_visibility"] == "IDIR",
        "not for the public": is_open and audiences != ("Public", "Public"),
        "“Protected”": is_open and values["security_class"] != "PUBLIC",
        "asks for an open format": is_open and bool(formats) and not set(formats) & set(OPEN),
    }
    told = "\n".join(doubts(SCHEMA, package))
    assert {words: words in told for words in expected} == expected
    assert len(confirmations(package)) == (4 if is_open else 0)
