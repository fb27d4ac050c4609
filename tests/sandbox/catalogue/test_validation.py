"""What a save demands of a record, in CKAN's words and nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller

NAME = "children-in-care-by-community"
EDITOR = "cfd-editor"
SPOILT = "adoption-placements-2001-to-2012"
"""A record of old, with a resource that is no longer allowed."""


def whole(call: Caller, **fields: Any) -> dict[str, Any]:
    """A body that `package_create` takes, but for what a test puts in."""
    owner = call.running.catalogue.organization("information-management-cfd")
    contact = {
        "name": "Data Team",
        "email": "team@example.test",
        "org": owner.id,
        "role": "pointOfContact",
        "displayed": ["displayed"],
    }
    return {
        "type": "bcdc_dataset",
        "title": "Quite New",
        "name": "quite-new",
        "owner_org": owner.name,
        "notes": "About it.",
        "license_id": "2",
        "contacts": [contact],
        "security_class": "PUBLIC",
        "view_audience": "Public",
        "download_audience": "Public",
        "metadata_visibility": "Public",
        "resource_status": "onGoing",
        "publish_state": "DRAFT",
        "tag_string": "one, two words,one",
        **fields,
    }


async def test_a_new_record_is_kept_as_it_was_sent(call: Caller) -> None:
    made = (await call("package_create", EDITOR, **whole(call))).result
    assert made == (await call("package_show", id="quite-new")).result
    assert [tag["name"] for tag in made["tags"]] == ["one", "two words"]
    assert made["creator_user_id"] == call.running.catalogue.person(EDITOR).id
    assert "purpose" not in made
    assert made["replacement_record"] == ""


async def test_a_fresh_restricted_draft_is_open_until_its_first_update(call: Caller) -> None:
    body = whole(call, metadata_visibility="IDIR")
    assert (await call("package_create", EDITOR, **body)).result["private"] is False


async def test_everything_that_is_missing_is_named_at_once(call: Caller) -> None:
    answer = await call("package_create", EDITOR, type="bcdc_dataset", title="Only a Title")
    assert answer.error["owner_org"] == ["An organization must be provided"]
    assert answer.error["notes"] == ["Missing value"]
    assert "contacts" not in answer.error
    assert "tag_string" not in answer.error


async def test_no_title_at_all_breaks_the_older_catalogue(call: Caller, call_newer: Caller) -> None:
    assert (await call.revise(EDITOR, NAME, update={"title": None})).status == 500
    answer = await call_newer.revise(EDITOR, NAME, update={"title": None})
    assert answer.error == {"title": ["Missing value"]}


@pytest.mark.parametrize(
    ("update", "error"),
    [
        ({"title": "x"}, {"title": ['Title "x" length is less than minimum 2']}),
        ({"title": "Foster Homes & Available Beds"}, {"title": ["That Title is already in use."]}),
        ({"name": "foster-homes-available-beds"}, {"name": ["That URL is already in use."]}),
        ({"name": "new"}, {"name": ["That name cannot be used"]}),
        (
            {"security_class": "SECRET"},
            {
                "security_class": [
                    "Value must be one of ['PUBLIC', 'PROTECTED A', 'PROTECTED B', 'PROTECTED C']"
                ]
            },
        ),
        (
            {"resource_status": "obsolete"},
            {"replacement_record": ["Required when ('resource_status',) is set to obsolete"]},
        ),
        ({"record_archive_date": "soon"}, {"record_archive_date": ["Date format incorrect"]}),
        (
            {"dates": [{"type": "Created", "date": "2020-02-30"}]},
            {"dates": [{"date": ["Date format incorrect"]}, {}]},
        ),
        (
            {"contacts": [{"role": "boss"}]},
            {
                "contacts": [
                    {
                        "role": [
                            "Value must be one of ['pointOfContact', 'businessExpert', "
                            "'dataManager', 'dataSteward', 'custodian', 'AccessApprover', "
                            "'distributor']"
                        ]
                    },
                    {},
                ]
            },
        ),
        (
            {"tag_string": "fine,b@d"},
            {"tag_string": ['Tag "b@d" must be alphanumeric characters or symbols: -_.']},
        ),
        ({"resources": [{}, {"format": "CSV"}]}, {"resources": 1}),
    ],
)
async def test_what_is_wrong_is_said_where_it_is_wrong(
    call: Caller, update: dict[str, Any], error: dict[str, Any]
) -> None:
    answer = await call.revise(EDITOR, NAME, update=update)
    assert answer.status == 409
    if error == {"resources": 1}:
        wrong = [at for at, problems in enumerate(answer.error["resources"]) if problems]
        assert wrong == [1]
    else:
        assert answer.error == error


@pytest.mark.parametrize("contacts", ["text", None, {"name": "x"}, ["x"]])
async def test_composites_are_lists_of_objects_or_an_integrity_error(
    call: Caller, contacts: Any
) -> None:
    answer = await call("package_patch", EDITOR, id=NAME, contacts=contacts)
    assert (answer.status, answer.kind) == (400, "Integrity Error")
    assert answer.error["message"].startswith(
        "Only lists of dicts can be placed against subschema ('contacts',), not <class "
    )


async def test_a_contact_elsewhere_blocks_ordinary_editors(call: Caller) -> None:
    name = "youth-mental-health-waiting-times"
    databc = call.running.catalogue.organization("databc")
    answer = await call.revise(EDITOR, name, update={"purpose": "x"})
    problem = {"org": [f'unexpected choice "{databc.id}"']}
    assert answer.error == {"contacts": [{}, problem]}
    assert (await call.revise("bcdc-sysadmin", name, update={"purpose": "x"})).status == 200


async def test_a_bad_resource_blocks_every_save_of_the_older_catalogue_only(
    call: Caller, call_newer: Caller
) -> None:
    older = await call.revise(EDITOR, SPOILT, update={"purpose": "x"})
    assert set(older.error["resources"][0]) == {"format", "resource_type"}
    assert older.error["resources"][1] == {}
    assert (await call_newer.revise(EDITOR, SPOILT, update={"purpose": "x"})).status == 200


async def test_another_resources_fault_is_a_refusal_without_a_word(call: Caller) -> None:
    shown = (await call("package_show", id=SPOILT)).result
    second = shown["resources"][1]["id"]
    answer = await call("resource_patch", EDITOR, id=second, description="Better")
    assert answer.status == 409
    assert answer.body["error"] == {"__type": "Validation Error"}


async def test_a_resources_type_never_makes_its_fields_mandatory(call: Caller) -> None:
    shown = (await call("package_show", id=NAME)).result
    first = shown["resources"][0]["id"]
    changed = await call("resource_patch", EDITOR, id=first, bcdc_type="geographic")
    assert changed.result["spatial_datatype"] == ""


async def test_only_creating_takes_a_format_in_capitals(call: Caller) -> None:
    shown = (await call("package_show", id=NAME)).result
    second = {**shown["resources"][1], "format": "PDF", "package_id": shown["id"]}
    patched = await call("resource_patch", EDITOR, id=second["id"], format="PDF")
    assert "Value must be one of" in patched.error["format"][0]
    del second["id"]
    assert (await call("resource_create", EDITOR, **second)).result["format"] == "pdf"


async def test_text_that_is_no_json_empties_a_composite_without_a_word(call: Caller) -> None:
    shown = (await call("package_show", id=NAME)).result
    first = shown["resources"][0]
    assert first["temporal_extent"]
    changed = await call("resource_patch", EDITOR, id=first["id"], temporal_extent="2016 on")
    assert changed.result["temporal_extent"] == []


async def test_keywords_are_added_by_tag_string_and_set_by_tags(call: Caller) -> None:
    async def keywords(**changes: Any) -> list[str]:
        answer = await call("package_patch", EDITOR, id=NAME, **changes)
        return [tag["name"] for tag in answer.result["tags"]]

    assert await keywords(tag_string="new") == ["children in care", "community", "new"]
    assert await keywords(tags=[{"name": "only"}]) == ["only"]


async def test_a_body_without_its_type_is_no_record(call: Caller, call_newer: Caller) -> None:
    body = whole(call)
    del body["type"]
    older = await call("package_create", EDITOR, **body)
    assert "__junk" in older.error
    assert "__junk" not in (await call_newer("package_create", EDITOR, **body)).error


@pytest.mark.parametrize("key", ["name", "title", "publish_state", "metadata_visibility", "id"])
async def test_a_partial_update_breaks_the_older_catalogue(call: Caller, key: str) -> None:
    body = (await call("package_show", EDITOR, id=NAME)).result
    del body[key]
    assert (await call("package_update", EDITOR, **body)).status == 500


async def test_an_update_without_resources_deletes_them_on_the_older_catalogue(
    call: Caller, call_newer: Caller
) -> None:
    for caller, left in ((call, 0), (call_newer, 3)):
        body = (await caller("package_show", EDITOR, id=NAME)).result
        del body["resources"]
        updated = await caller("package_update", EDITOR, **body)
        assert len(updated.result["resources"]) == left
