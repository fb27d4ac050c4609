from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.links import (
    Kind,
    Reference,
    organization_url,
    package_url,
    parse_reference,
    resource_url,
)

URLS = {
    "production": "https://catalogue.data.gov.bc.ca",
    "test": "https://cat.data.gov.bc.ca/",
    "local": "http://127.0.0.1:5055",
    "below": "https://host.example.test/data",
}
PROD = URLS["production"]
ID = "d772d7fc-9dfb-5e6c-805c-168ccda62b6b"
names = st.from_regex(r"[a-z0-9][a-z0-9_-]{1,40}", fullmatch=True).filter(
    lambda name: name not in {"new", "edit", "activity", "groups", "delete", "history", "about"}
)
ids = st.uuids().map(str)
endings = st.sampled_from(["", "/", "?activity_id=1", "#top", "/?a=b#c"])


def package(name: str, catalogue: str = "production") -> Reference:
    return Reference(Kind.PACKAGE, name, catalogue=catalogue)


def resource(name: str, resource_id: str) -> Reference:
    return Reference(Kind.RESOURCE, name, resource_id, catalogue="production")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("bc-airports", Reference(Kind.UNKNOWN, "bc-airports")),
        (f"  {ID.upper()} ", Reference(Kind.UNKNOWN, ID)),
        (f"{PROD}/dataset/bc-airports", package("bc-airports")),
        (f"{PROD}/bcdc_dataset/bc-airports/", package("bc-airports")),
        (f"{PROD}/dataset/edit/bc-airports", package("bc-airports")),
        (f"{PROD}/dataset/activity/bc-airports", package("bc-airports")),
        ("catalogue.data.gov.bc.ca/dataset/bc-airports", package("bc-airports")),
        ("http://catalogue.data.gov.bc.ca/dataset/bc-airports", package("bc-airports")),
        ("https://cat.data.gov.bc.ca/dataset/a", package("a", "test")),
        ("http://127.0.0.1:5055/dataset/a", package("a", "local")),
        ("https://host.example.test/data/dataset/a", package("a", "below")),
        (f"{PROD}/dataset/a/resource/{ID}?x=1", resource("a", ID)),
        (f"{PROD}/dataset/a/resource/{ID}/download/lakes.csv", resource("a", ID)),
        (f"{PROD}/dataset/a/resource/{ID}/edit", resource("a", ID)),
        (
            f"{PROD}/organization/bc-parks",
            Reference(Kind.ORGANIZATION, organization="bc-parks", catalogue="production"),
        ),
        (
            f"{PROD}/organization/about/bc-parks",
            Reference(Kind.ORGANIZATION, organization="bc-parks", catalogue="production"),
        ),
        (f"{PROD}/", Reference(Kind.UNKNOWN, catalogue="production")),
        (f"{PROD}/dataset/new", Reference(Kind.UNKNOWN, catalogue="production")),
        (f"{PROD}/dataset/a%2F..%2Fb", Reference(Kind.UNKNOWN, catalogue="production")),
        ("https://evil.example.test/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://catalogue.data.gov.bc.ca.evil.test/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://catalogue.data.gov.bc.ca:8443/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://catalogue.data.gov.bc.ca@evil.test/dataset/a", Reference(Kind.UNKNOWN)),
        ("http://127.0.0.1:5056/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://host.example.test/database/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://[broken/dataset/a", Reference(Kind.UNKNOWN)),
        ("https://a:port/dataset/a", Reference(Kind.UNKNOWN)),
        ("ftp://catalogue.data.gov.bc.ca/dataset/a", Reference(Kind.UNKNOWN)),
        ("bc airports", Reference(Kind.UNKNOWN)),
        ("", Reference(Kind.UNKNOWN)),
    ],
)
def test_what_people_paste_is_understood(text: str, reference: Reference) -> None:
    assert parse_reference(text, URLS) == reference


@given(names | ids, endings)
def test_a_link_to_a_record_leads_back_to_it(name: str, ending: str) -> None:
    assert parse_reference(package_url(PROD, name) + ending, URLS) == package(name)


@given(names | ids, ids, endings)
def test_a_link_to_a_resource_leads_back_to_it(name: str, resource_id: str, ending: str) -> None:
    found = parse_reference(resource_url(PROD, name, resource_id) + ending, URLS)
    assert found == resource(name, resource_id)
    assert found.name == resource_id


@given(names, endings)
def test_a_link_to_an_organization_leads_back_to_it(name: str, ending: str) -> None:
    found = parse_reference(organization_url(PROD, name) + ending, URLS)
    assert (found.kind, found.organization) == (Kind.ORGANIZATION, name)


@given(names | ids)
def test_a_bare_name_may_be_anything(name: str) -> None:
    assert parse_reference(name, URLS) == Reference(Kind.UNKNOWN, name)


@given(st.text() | st.text().map(lambda text: f"{PROD}/dataset/{text}"))
def test_nothing_that_is_pasted_breaks_or_smuggles_a_path(text: str) -> None:
    found = parse_reference(text, URLS)
    for name in (found.package, found.resource, found.organization):
        assert not set(name) & set("/?#&% \t\n")


@given(st.text())
def test_addresses_that_are_built_stay_on_their_host(text: str) -> None:
    for url in (package_url(PROD, text), resource_url(PROD, text, text)):
        assert url.startswith(f"{PROD}/dataset/")
        assert not set(url.removeprefix(PROD)) & set("?#\\ \n")
