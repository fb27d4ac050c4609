"""Who may move a record to which state, and what every save does besides."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller

MOVES = [
    ("DRAFT", "PENDING PUBLISH", "cfd-editor", True),
    ("DRAFT", "PUBLISHED", "bcdc-sysadmin", False),
    ("PENDING PUBLISH", "DRAFT", "cfd-editor", True),
    ("PENDING PUBLISH", "PUBLISHED", "cfd-editor", False),
    ("PENDING PUBLISH", "PUBLISHED", "cfd-org-admin", True),
    ("PENDING PUBLISH", "PUBLISHED", "cfd-ministry-admin", True),
    ("PUBLISHED", "PENDING ARCHIVE", "cfd-editor", True),
    ("PUBLISHED", "PENDING PUBLISH", "cfd-editor", False),
    ("PUBLISHED", "PENDING PUBLISH", "cfd-org-admin", True),
    ("PUBLISHED", "DRAFT", "bcdc-sysadmin", False),
    ("PENDING ARCHIVE", "ARCHIVED", "cfd-editor", False),
    ("PENDING ARCHIVE", "ARCHIVED", "cfd-org-admin", True),
    ("PENDING ARCHIVE", "PUBLISHED", "cfd-org-admin", True),
    ("ARCHIVED", "PENDING ARCHIVE", "cfd-org-admin", True),
    ("ARCHIVED", "PUBLISHED", "bcdc-sysadmin", False),
]


def put(call: Caller, **fields: Any) -> str:
    made = call.running.catalogue.add_package(
        "a-test-record", "A Test Record", "information-management-cfd", **fields
    )
    return str(made["name"])


@pytest.mark.parametrize(("before", "after", "who", "allowed"), MOVES)
async def test_the_schema_says_who_may_move_where(
    call: Caller, before: str, after: str, who: str, allowed: bool
) -> None:
    name = put(call, publish_state=before)
    answer = await call.revise(who, name, update={"publish_state": after})
    assert answer.status == (200 if allowed else 409)
    shown = await call("package_show", who, id=name)
    assert shown.result["publish_state"] == (after if allowed else before)


async def test_a_legal_move_without_the_role_names_the_roles(call: Caller) -> None:
    name = put(call, publish_state="PENDING PUBLISH")
    answer = await call.revise("cfd-editor", name, update={"publish_state": "PUBLISHED"})
    assert answer.error["publish_state"] == [
        "You lack permission to move to this state, you must be one of admin, sysadmin"
    ]


async def test_an_illegal_move_lists_the_legal_ones_and_cuts_the_second_text(call: Caller) -> None:
    name = put(call, publish_state="DRAFT")
    answer = await call.revise("bcdc-sysadmin", name, update={"publish_state": "ARCHIVED"})
    assert answer.error["publish_state"] == [
        "Invalid state valid choices are: PENDING PUBLISH",
        "You lack permission to move to this state, you must be one o",
    ]


async def test_the_role_is_asked_of_the_organization_that_owns_the_record_now(
    call: Caller,
) -> None:
    name = put(call, publish_state="PENDING PUBLISH")
    changes = {"publish_state": "PUBLISHED", "owner_org": "early-years-services"}
    assert (await call.revise("cfd-ministry-admin", name, update=changes)).status == 200


async def test_a_record_moves_only_where_the_caller_may_create(call: Caller) -> None:
    name = put(call)
    answer = await call.revise("cfd-editor", name, update={"owner_org": "databc"})
    assert answer.error == {"owner_org": ["You cannot add a dataset to this organization"]}
    moved = await call.revise("data-steward", name, update={"owner_org": "geobc"})
    assert moved.result["package"]["organization"]["name"] == "geobc"


async def test_every_save_stamps_the_day_and_each_state_its_first_day(call: Caller) -> None:
    at = dt.datetime.fromisoformat
    call.running.catalogue.clock = lambda: at("2026-03-04T05:06:07")
    name = put(call, publish_state="PENDING PUBLISH")
    await call.revise("cfd-org-admin", name, update={"publish_state": "PUBLISHED"})
    shown = (await call("package_show", id=name)).result
    assert shown["record_publish_date"] == "2026-03-04"
    assert shown["metadata_modified"] == "2026-03-04T05:06:07.000000"
    call.running.catalogue.clock = lambda: at("2026-04-01")
    await call.revise("cfd-org-admin", name, update={"notes": "Later"})
    shown = (await call("package_show", id=name)).result
    assert shown["record_last_modified"] == "2026-04-01"
    assert shown["record_publish_date"] == "2026-03-04"


async def test_visibility_decides_privacy_at_the_first_update(call: Caller) -> None:
    name = put(call, publish_state="PUBLISHED")
    await call.revise("cfd-editor", name, update={"metadata_visibility": "IDIR"})
    nobody = await call("package_show", id=name)
    assert nobody.status == 403
    assert "User  not authorized to read package" in nobody.error["message"]
    assert (await call("package_show", "cfd-member", id=name)).result["private"] is True


async def test_a_draft_that_is_not_private_is_no_secret_of_the_api(call: Caller) -> None:
    name = put(call, publish_state="DRAFT")
    assert (await call("package_show", id=name)).status == 200


async def test_a_deleted_record_keeps_its_title_but_not_its_name(call: Caller) -> None:
    name = put(call)
    assert (await call("package_delete", "cfd-editor", id=name)).result is None
    assert (await call("package_show", id=name)).status == 403
    assert (await call("package_show", "cfd-member", id=name)).result["state"] == "deleted"
    other = "foster-homes-available-beds"
    taken = await call.revise("cfd-editor", other, update={"title": "A Test Record"})
    assert taken.error == {"title": ["That Title is already in use."]}
    freed = await call.revise("cfd-editor", other, update={"name": name})
    assert freed.status == 200


async def test_history_tells_of_public_records_only(call: Caller, call_newer: Caller) -> None:
    for caller, kept in ((call, 0), (call_newer, 1)):
        name = put(caller, metadata_visibility="IDIR")
        await caller.revise("cfd-editor", name, update={"notes": "Quiet"})
        history = await caller("package_activity_list", "cfd-editor", id=name)
        assert len(history.result) == kept


async def test_history_is_newest_first(call: Caller) -> None:
    name = put(call)
    await call.revise("cfd-editor", name, update={"notes": "Two"})
    await call("package_delete", "cfd-editor", id=name)
    history = (await call("package_activity_list", "cfd-editor", id=name)).result
    assert [entry["activity_type"] for entry in history] == ["deleted package", "changed package"]


async def test_a_record_that_never_had_a_state_takes_none_but_the_first(
    call: Caller, call_newer: Caller
) -> None:
    for caller, status in ((call, 500), (call_newer, 409)):
        name = put(caller)
        del caller.running.catalogue.package(name)["publish_state"]
        answer = await caller.revise("cfd-editor", name, update={"notes": "Other words"})
        assert answer.status == status
        answer = await caller.revise("cfd-editor", name, update={"publish_state": "DRAFT"})
        assert answer.status == 200
