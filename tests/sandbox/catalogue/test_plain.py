"""A catalogue without BCDC's rules and without schemas: what CKAN 2.12 itself does and says."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.catalogue import PLAIN, start
from tests.sandbox.catalogue.conftest import Answer, Caller

EDITOR = "cfd-editor"
BRANCH = "information-management-cfd"
TOO_LONG = "v" * 101


@pytest.fixture
async def call() -> AsyncIterator[Caller]:
    running = await start(generation="2.12", kind=PLAIN)
    async with aiohttp.ClientSession() as session:
        yield Caller(running, session)
    await running.stop()


async def make(call: Caller, **fields: Any) -> Answer:
    name = f"made-{secrets.token_hex(4)}"
    body = {"name": name, "title": name.title(), "owner_org": BRANCH} | fields
    return await call("package_create", EDITOR, **body)


async def test_nobody_is_told_a_schema_or_who_they_are(call: Caller) -> None:
    for ckan_action in ("scheming_dataset_schema_show", "scheming_dataset_schema_list", "whoami"):
        answer = await call(ckan_action, type="dataset")
        assert (answer.status, answer.body) == (
            400,
            f"Bad request: Action name not known: {ckan_action}",
        )
        assert (await call("help_show", name=ckan_action)).status == 404
    assert (await call("status_show")).result["extensions"] == ["activity"]


async def test_what_is_not_given_is_shown_as_nothing(call: Caller) -> None:
    made = (await make(call, name="quite-new", title="", resources=[{"url": "a.ca/b.csv"}])).result
    assert made == (await call("package_show", id="quite-new")).result
    assert (made["title"], made["type"], made["private"]) == ("quite-new", "dataset", False)
    assert {made[key] for key in ("author", "notes", "license_id", "url", "version")} == {None}
    assert made["extras"] == []
    [resource] = made["resources"]
    assert (resource["url"], resource["format"]) == ("http://a.ca/b.csv", "CSV")
    assert {resource[key] for key in ("name", "description", "resource_type")} == {None}
    assert "publish_state" not in made
    assert "unknown" not in (await make(call, unknown="zz", publish_state="DRAFT")).result


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": ""}, {"name": ["Missing value"]}),
        (
            {"name": "A b"},
            {
                "name": [
                    "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
                ]
            },
        ),
        (
            {"name": "x"},
            {
                "name": [
                    "Must be at least 2 characters long",
                    'Name "x" length is less than minimum 2',
                ]
            },
        ),
        ({"owner_org": ""}, {"owner_org": ["An organization must be provided"]}),
        ({"author_email": "x"}, {"author_email": ["Email x is not a valid format"]}),
        ({"version": TOO_LONG}, {"version": ["Version must be a maximum of 100 characters long"]}),
        ({"tag_string": "a,b"}, {"tag_string": ['Tag "a" length is less than minimum 2']}),
        ({"id": "abcdefgh"}, {"id": ["The input field id was not expected."]}),
        (
            {"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            {"extras_validation": ['Duplicate key "a"']},
        ),
        ({"extras": [{"key": "a"}]}, {"extras": [{"value": ["Missing value"]}]}),
        ({"extras": [{"key": "", "value": "1"}]}, {"extras": [{"key": ["Missing value"]}]}),
        (
            {"extras": [{"key": "title", "value": "3"}]},
            {"extras": [{"key": ["There is a schema field with the same name"]}]},
        ),
        ({"resources": [{"size": "x"}]}, {"resources": [{"size": ["Invalid integer"]}]}),
        ({"resources": [{"id": "x"}]}, {"resources": [{"id": ["Invalid id provided"]}]}),
    ],
)
async def test_what_is_refused_is_told_in_ckans_words(
    call: Caller, given: dict[str, Any], error: dict[str, Any]
) -> None:
    answer = await make(call, **given)
    assert (answer.status, answer.error) == (409, error)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"title": "t" * 300}, {}),
        ({"title": 5}, {"title": "5"}),
        ({"maintainer_email": " a@b "}, {"maintainer_email": "a@b"}),
        ({"url": "nonsense", "license_id": "nonesuch"}, {}),
        ({"extras": [{"key": "a", "value": 3}]}, {"extras": [{"key": "a", "value": "3"}]}),
        ({"private": "maybe"}, {"private": False}),
        ({"private": True}, {}),
        ({"state": "deleted"}, {"state": "active"}),
    ],
)
async def test_what_is_taken_is_kept_as_ckan_keeps_it(
    call: Caller, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    made = (await make(call, **given)).result
    assert {key: made[key] for key in given} == given | kept


@pytest.mark.parametrize(
    ("given", "format_"),
    [("csv", "CSV"), ("text/csv", "CSV"), ("geojson", "GeoJSON"), ("weird thing", "weird thing")],
)
async def test_a_format_is_spelled_as_ckan_does(call: Caller, given: str, format_: str) -> None:
    made = (await make(call, resources=[{"url": "http://a.ca", "format": given}])).result
    assert made["resources"][0]["format"] == format_


async def test_a_revision_changes_what_it_names_and_no_dates(call: Caller) -> None:
    made = (await make(call, author="A", private=True, notes="N")).result

    async def revise(**more: Any) -> Answer:
        return await call("package_revise", EDITOR, match={"id": made["id"]}, **more)

    after = (await revise(update__author=None, update__private=False)).result["package"]
    assert (after["author"], after["private"], after["notes"]) == (None, False, "N")
    assert "record_last_modified" not in after
    for emptied in ({"filter": ["-name"]}, {"update__owner_org": None}):
        kept = (await revise(**emptied)).result["package"]
        assert (kept["name"], kept["owner_org"]) == (made["name"], made["owner_org"])
    refused = await revise(update__name="")
    assert refused.error == {
        "name": ["Must be at least 2 characters long", 'Name "" length is less than minimum 2']
    }
    pairs = [{"key": "q", "value": "9"}, {"key": "b", "value": "3"}]
    await revise(update__extras=pairs)
    shown = (await call("package_show", EDITOR, id=made["id"])).result
    assert shown["extras"] == pairs[::-1]


async def test_everyone_sees_what_is_active_and_not_private(call: Caller) -> None:
    await make(call, name="open-to-all")
    await make(call, name="for-members", private=True)

    async def found(who: str | None) -> set[str]:
        answer = await call("package_search", who, include_private=True, rows=1000)
        return {package["name"] for package in answer.result["results"]}

    names = {"open-to-all", "for-members"}
    assert await found(None) & names == {"open-to-all"}
    assert await found("cfd-member") & names == names
    assert await found("forests-editor") & names == {"open-to-all"}
    assert (await call("package_show", id="for-members")).status == 403


async def test_the_name_and_the_title_of_what_is_deleted_are_free(call: Caller) -> None:
    made = (await make(call, name="again", title="Again")).result
    await call("package_delete", EDITOR, id=made["id"])
    assert (await make(call, name="again", title="Again")).result["id"] != made["id"]


async def test_its_pages_show_records_of_ckans_own_fields(call: Caller) -> None:
    made = (await make(call, author="Éva", version="7.1")).result
    status, page = await call.get(f"/dataset/{made['name']}")
    assert status == 200
    assert "7.1" in page
    assert (await call.get("/"))[0] == 200
