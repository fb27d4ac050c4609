"""CKAN's envelope, and requests that reach no action."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller


async def test_an_action_that_is_not_there_is_a_bad_request(
    call: Caller, call_newer: Caller
) -> None:
    older, newer = await call("nope"), await call_newer("nope")
    assert (older.status, older.body) == (400, "Bad request - Action name not known: nope")
    assert (newer.status, newer.body) == (400, "Bad request: Action name not known: nope")


async def test_writing_actions_are_not_for_get(call: Caller) -> None:
    status, text = await call.get("/api/3/action/package_delete?id=x")
    assert status == 400
    assert "Please use POST" in text


@pytest.mark.parametrize("body", ["{", "[1]", '"text"'])
async def test_a_body_that_is_no_object_is_a_bad_request(call: Caller, body: str) -> None:
    assert (await call.post("package_show", data=body)).status == 400


async def test_reading_actions_take_arguments_from_the_address(call: Caller) -> None:
    status, text = await call.get("/api/3/action/package_show?id=campground-nights")
    assert status == 200
    assert "🏕️ Campground Nights" in text


async def test_the_address_may_leave_out_the_version(call: Caller) -> None:
    assert (await call.get("/api/action/status_show"))[0] == 200


async def test_an_answer_says_where_its_help_is(call: Caller) -> None:
    answer = await call("status_show")
    assert answer.body["help"] == f"{call.running.url}/api/3/action/help_show?name=status_show"
    assert answer.result["ckan_version"].startswith("2.9.")


async def test_every_call_is_remembered_with_its_caller_and_status(call: Caller) -> None:
    await call("package_show", "cfd-editor", id="nope")
    await call("whoami")
    assert [(one.ckan_action, one.user, one.status) for one in call.running.requests] == [
        ("package_show", "cfd-editor", 404),
        ("whoami", None, 200),
    ]


async def test_a_rule_that_breaks_down_is_a_server_error_without_detail(call: Caller) -> None:
    answer = await call("organization_or_group_list_related", is_organization=True)
    assert answer.status == 500
    assert answer.body["error"] == {
        "__type": "Internal Server Error",
        "message": "Internal Server Error",
    }


async def test_the_schema_has_its_presets_filled_in(call: Caller) -> None:
    schema = (await call("scheming_dataset_schema_show", type="bcdc_dataset")).result
    fields = {field["field_name"]: field for field in schema["dataset_fields"]}
    assert fields["publish_state"]["validators"].endswith("valid_next_state")
    plain = (await call("scheming_dataset_schema_show", type="bcdc_dataset", expanded=False)).result
    assert "validators" not in plain["dataset_fields"][3]


async def test_licences_are_not_marked_open(call: Caller) -> None:
    licences = (await call("license_list")).result
    assert licences[0]["id"] == "2"
    assert not any(licence["is_open"] for licence in licences)


@pytest.mark.parametrize("verb", ["PATCH", "PUT", "DELETE"])
async def test_only_get_and_post_are_routed(call: Caller, verb: str) -> None:
    url = f"{call.running.url}/api/3/action/package_patch"
    async with call.session.request(verb, url, json={}) as response:
        assert response.status == 405
