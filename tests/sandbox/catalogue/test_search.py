"""What `package_search` finds, for whom, and the organizations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.catalogue.query import QueryError, parse_filter, parse_query

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller

CFD = 'organization:"information-management-cfd"'
NOW = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC).replace(tzinfo=None)


async def names(call: Caller, who: str | None = None, **args: Any) -> set[str]:
    found = (await call("package_search", who, rows=1000, **args)).result
    assert found["count"] == len(found["results"])
    return {package["name"] for package in found["results"]}


async def test_unpublished_records_are_found_by_those_who_may_create_there(call: Caller) -> None:
    draft = "youth-transition-agreements"
    assert draft in await names(call, "cfd-editor", fq=CFD)
    assert draft in await names(call, "bcdc-sysadmin", fq=CFD)
    for who in (None, "cfd-member", "forests-editor"):
        assert draft not in await names(call, who, fq=CFD, include_private=True)


async def test_private_records_are_found_only_when_asked_for(call: Caller) -> None:
    private = "workforce-counts-for-front-line-teams"
    assert private not in await names(call, "cfd-editor")
    assert private in await names(call, "cfd-editor", include_private=True)
    assert private in await names(call, "cfd-member", include_private=True)
    assert private not in await names(call, include_private=True)


async def test_what_waits_to_be_archived_is_still_public(call: Caller) -> None:
    found = await names(call, fq='publish_state:("PENDING ARCHIVE" OR ARCHIVED)')
    assert "family-services-caseload-1999-to-2008" in found
    assert "regional-office-visits-1996-to-2003" not in found


async def test_an_or_beside_what_is_demanded_is_only_a_wish(call: Caller) -> None:
    everything = await names(call)
    loose = await names(call, fq="organization:databc OR organization:geobc")
    tight = await names(call, fq="(organization:databc OR organization:geobc)")
    assert loose == everything
    assert 0 < len(tight) < len(everything)


@pytest.mark.parametrize(
    ("fq", "found"),
    [
        ("name:campground-nights", True),
        ("name:camp*", True),
        ('tags:"camping"', True),
        ("title:camping", False),
        ("title:CAMPGROUND", True),
        ("+title:nights -organization:bc-parks", False),
        ("res_format:csv AND organization:bc-parks", True),
        ("metadata_modified:[2020-01-01T00:00:00Z TO *]", True),
        ("metadata_modified:[NOW-1DAY TO NOW]", False),
        ("owner_org:nope", False),
        ("no_such_field:x", False),
    ],
)
async def test_filters(call: Caller, fq: str, found: bool) -> None:
    assert ("campground-nights" in await names(call, fq=fq)) is found


@pytest.mark.parametrize("fq", ["title:", "a:b:c", '"', "(x", "title:()", "x)"])
async def test_a_filter_that_is_no_query_is_a_search_error(call: Caller, fq: str) -> None:
    answer = await call("package_search", fq=fq)
    assert (answer.status, answer.kind) == (409, "Search Error")


async def test_what_people_type_is_never_refused(call: Caller) -> None:
    assert await names(call, q="campground night") == {"campground-nights"}
    assert await names(call, q="(") == set()
    past = "wildfire-perimeters-past-seasons"
    assert await names(call, q="wildfire perimeters -current") == {past}


async def test_unknown_parameters_are_refused(call: Caller, call_newer: Caller) -> None:
    assert (await call("package_search", include_deleted=True)).kind == "Search Query Error"
    assert (await call_newer("package_search", include_deleted=True)).status == 200


async def test_pages_follow_the_order_asked_for(call: Caller) -> None:
    async def page(start: int) -> list[str]:
        answer = await call("package_search", start=start, rows=5, sort="name asc", fl="name")
        return [one["name"] for one in answer.result["results"]]

    first, second = await page(0), await page(5)
    assert first + second == sorted(first + second)
    assert not set(first) & set(second)


async def test_facets_count_what_the_caller_may_find(call: Caller) -> None:
    async def count(who: str | None) -> int:
        answer = await call("package_search", who, rows=0, **{"facet.field": ["organization"]})
        items = answer.result["search_facets"]["organization"]["items"]
        return int(next(i["count"] for i in items if i["name"] == "information-management-cfd"))

    assert await count("cfd-editor") > await count(None)


@given(st.text('ab:()"\\*[]+-! ANDORT', max_size=20))
def test_any_text_is_a_query_and_a_filter_answers_or_refuses(text: str) -> None:
    document = {"title": ["a b"], "text": ["a b"], "a": ["b"]}
    assert parse_query(text)(document) >= 0
    try:
        matcher = parse_filter(text, NOW)
    except QueryError:
        return
    assert matcher(document) >= 0


async def test_two_branches_may_share_a_title(call: Caller) -> None:
    found = (await call("organization_autocomplete", q="strategic")).result
    assert [one["title"] for one in found] == ["Strategic Services", "Strategic Services"]
    shown = [(await call("organization_show", id=one["name"])).result for one in found]
    assert {one["groups"][0]["name"] for one in shown} == {
        "ministry-of-children-and-family-development",
        "ministry-of-forests",
    }


async def test_whole_organizations_come_25_at_a_time(call: Caller) -> None:
    args: dict[str, Any] = {"all_fields": True, "limit": 1000}
    first = (await call("organization_list", **args)).result
    rest = (await call("organization_list", offset=25, **args)).result
    assert (len(first), len(first) + len(rest)) == (25, len(call.running.catalogue.organizations))


@pytest.mark.parametrize(
    ("who", "permission", "count"),
    [
        ("cfd-editor", "create_dataset", 1),
        ("cfd-editor", "admin", 0),
        ("cfd-ministry-admin", "admin", 4),
        ("cfd-member", "create_dataset", 0),
        ("cfd-member", None, 1),
        ("data-steward", "create_dataset", 3),
        ("no-org-user", None, 0),
        ("bcdc-sysadmin", "admin", 26),
        (None, "create_dataset", 0),
    ],
)
async def test_where_somebody_may_do_what(
    call: Caller, who: str | None, permission: str | None, count: int
) -> None:
    args = {"permission": permission} if permission else {}
    assert len((await call("organization_list_for_user", who, **args)).result) == count


async def test_the_tree_comes_in_one_call_on_the_older_catalogue(
    call: Caller, call_newer: Caller
) -> None:
    related = (await call("organization_or_group_list_related", is_organization="true")).result
    by_name = {one["name"]: one for one in related}
    ministry = by_name["ministry-of-forests"]
    assert len(ministry["parent_of"]) == 4
    assert by_name["forest-tenures"]["child_of"][0]["title"] == "Ministry of Forests"
    below = [by_name[branch["name"]]["package_count"] for branch in ministry["parent_of"]]
    assert ministry["package_count"] == sum(below)
    missing = await call_newer("organization_or_group_list_related", is_organization="true")
    assert missing.status == 400


async def test_members_are_told_to_anybody_who_has_a_key(call: Caller) -> None:
    args = {"id": "information-management-cfd", "object_type": "user", "capacity": "admin"}
    admin = call.running.catalogue.person("cfd-org-admin")
    assert (await call("member_list", "no-org-user", **args)).result == [
        [admin.id, "user", "Admin"]
    ]
    assert (await call("member_list", **args)).result == {"error": "Not found"}
