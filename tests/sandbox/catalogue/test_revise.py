"""`package_revise`: compare, take away, merge, and all of it or nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller

NAME = "children-in-care-by-community"
EDITOR = "cfd-editor"


async def stored(call: Caller, name: str = NAME) -> dict[str, Any]:
    result: dict[str, Any] = (await call("package_show", "bcdc-sysadmin", id=name)).result
    return result


async def test_it_changes_what_is_named_and_nothing_else(call: Caller) -> None:
    before = await stored(call)
    answer = await call.revise(EDITOR, NAME, update={"purpose": "Asked for by parents."})
    after = await stored(call)
    assert answer.result["package"] == after
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"purpose", "metadata_modified", "record_last_modified"}


async def test_a_stale_match_is_refused_in_the_form_of_each_generation(
    call: Caller, call_newer: Caller
) -> None:
    parts = {"match": {"title": "Old", "contacts": [{"name": "Old"}]}, "update": {"notes": "New"}}
    older = await call.revise(EDITOR, NAME, **parts)
    newer = await call_newer.revise(EDITOR, NAME, **parts)
    unlike = ["contacts__0__name", "title"]
    assert (older.status, older.error) == (409, {"message": [{"match": unlike}]})
    assert (newer.status, newer.error) == (409, {"match": unlike})
    assert (await stored(call))["notes"] != "New"


async def test_of_two_with_the_same_match_one_wins(call: Caller) -> None:
    call.running.catalogue.save_seconds = 0.02
    seen = (await stored(call))["metadata_modified"]
    answers = await asyncio.gather(
        *(
            call.revise(
                EDITOR, NAME, match__metadata_modified=seen, update={"purpose": str(number)}
            )
            for number in range(4)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


async def test_a_patch_that_waited_puts_an_old_title_back(call: Caller) -> None:
    call.running.catalogue.save_seconds = 0.1
    saved = asyncio.create_task(call.revise(EDITOR, NAME, update={"title": "A New Title"}))
    await asyncio.sleep(0.03)
    patched = await call("package_patch", EDITOR, id=NAME, purpose="Patched")
    assert (await saved).result["package"]["title"] == "A New Title"
    assert patched.result["title"] == "Children in Care by Community"
    assert patched.result["purpose"] == "Patched"


async def test_a_key_that_is_not_stored_never_matches(call: Caller) -> None:
    answer = await call.revise(EDITOR, NAME, match={"support_url": None})
    assert answer.error == {"message": [{"match": ["support_url"]}]}


@pytest.mark.parametrize("parts", [{}, {"match": {"title": "x"}}])
async def test_a_match_needs_an_id_or_a_name(call: Caller, parts: dict[str, Any]) -> None:
    assert (await call("package_revise", EDITOR, **parts)).error == {"match__id": "Missing value"}


async def test_lists_merge_by_position_so_a_shorter_one_leaves_the_rest(call: Caller) -> None:
    before = await stored(call)
    await call.revise(EDITOR, NAME, update={"contacts": [{"name": "New Name"}]})
    after = await stored(call)
    assert after["contacts"][0] == {**before["contacts"][0], "name": "New Name"}
    assert after["contacts"][1:] == before["contacts"][1:]


async def test_a_filter_first_replaces_a_whole_list(call: Caller) -> None:
    one = (await stored(call))["contacts"][:1]
    await call.revise(EDITOR, NAME, filter=["-contacts"], update={"contacts": one})
    assert (await stored(call))["contacts"] == one


async def test_an_empty_list_changes_nothing_but_a_filter_hides_a_contact(call: Caller) -> None:
    await call.revise(EDITOR, NAME, update={"contacts": [{"displayed": []}]})
    assert (await stored(call))["contacts"][0]["displayed"] == ["displayed"]
    await call.revise(EDITOR, NAME, filter=["-contacts__0__displayed"])
    assert (await stored(call))["contacts"][0]["displayed"] == []


async def test_a_resource_is_named_by_the_start_of_its_id(call: Caller) -> None:
    second = (await stored(call))["resources"][1]["id"]
    parts = {f"update__resources__{second[:6]}__description": "Explained."}
    await call.revise(EDITOR, NAME, **parts)
    assert (await stored(call))["resources"][1]["description"] == "Explained."


async def test_a_resource_that_is_not_there_is_named(call: Caller) -> None:
    answer = await call.revise(EDITOR, NAME, update__resources__99999__name="x")
    path = "resources__99999__name"
    assert answer.error == {"message": [{path: ["Unmatched key resources__99999"]}]}


async def test_a_new_resource_keeps_the_id_chosen_for_it(call: Caller) -> None:
    chosen = "0b0e7d3e-5f0e-4d0a-8c35-0d5ad7a0c001"
    new = {
        "id": chosen,
        "name": "More",
        "bcdc_type": "document",
        "format": "csv",
        "resource_type": "data",
        "resource_update_cycle": "daily",
        "resource_storage_location": "external",
        "resource_access_method": "direct access",
    }
    await call.revise(EDITOR, NAME, update__resources__extend=[new])
    assert (await stored(call))["resources"][-1]["id"] == chosen
    again = await call.revise(
        EDITOR, "foster-homes-available-beds", update__resources__extend=[new]
    )
    assert again.error["resources"][-1] == {"id": ["Resource id already exists."]}


async def test_a_filter_that_drops_what_is_read_blindly_is_a_server_error(
    call: Caller, call_newer: Caller
) -> None:
    assert (await call.revise(EDITOR, NAME, filter=["-metadata_visibility"])).status == 500
    answer = await call_newer.revise(EDITOR, NAME, filter=["-metadata_visibility"])
    assert answer.error == {"metadata_visibility": ["Missing value"]}


async def test_include_trims_the_answer(call: Caller) -> None:
    answer = await call.revise(EDITOR, NAME, update={"notes": "Short"}, include="-*")
    assert answer.result == {}


async def test_a_save_that_changes_nothing_counts_only_on_the_older_catalogue(
    call: Caller, call_newer: Caller
) -> None:
    for caller, touched in ((call, True), (call_newer, False)):
        await caller.revise(EDITOR, NAME, update={"purpose": "Same"})
        before = await stored(caller)
        await caller.revise(EDITOR, NAME, update={"purpose": "Same"})
        after = await stored(caller)
        assert (after["metadata_modified"] != before["metadata_modified"]) is touched
        assert len(after["metadata_modified"]) == len("2025-01-01T00:00:00.000000")


async def test_a_refused_revision_leaves_everything_as_it_was(call: Caller) -> None:
    before = await stored(call)
    answer = await call.revise(EDITOR, NAME, update={"notes": "", "purpose": "Half done"})
    assert answer.error == {"notes": ["Missing value"]}
    assert await stored(call) == before


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (None, "Action package_revise requires an authenticated user"),
        ("cfd-member", "User cfd-member not authorized to edit package"),
        ("forests-editor", "User forests-editor not authorized to edit package"),
    ],
)
async def test_only_those_who_may_edit_may_revise(call: Caller, who: str | None, why: str) -> None:
    answer = await call.revise(who, NAME, update={"notes": "Mine"})
    assert answer.status == 403
    assert why in answer.error["message"]


async def test_admins_of_the_ministry_reach_its_branches(call: Caller) -> None:
    answer = await call.revise("cfd-ministry-admin", NAME, update={"purpose": "Checked"})
    assert answer.status == 200
