"""Where CKAN 2.9 with BCDC's code and CKAN 2.12 answer differently, on each as it answers.

The bot sends none of this; the sandbox has to know it, since it stands for both.
"""

from __future__ import annotations

from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.faults import ActionFailed, CKANAPIError, Refused, SearchQueryError
from bot.ckan.models import Package
from tests.ckan.places import Visit, resource, stored

LESS = ("name", "title", "publish_state", "metadata_visibility")


async def body_of(visit: Visit, package: Package, *, without: str) -> dict[str, Any]:
    """What an update is given by who starts from the record, and leaves one thing out."""
    shown = await actions.package_show(visit.as_user("cfd-editor"), package.id)
    return {key: value for key, value in shown.raw.items() if key != without}


async def refusal(visit: Visit, action: str, body: dict[str, Any]) -> CKANAPIError:
    with pytest.raises((ActionFailed, Refused)) as told:
        await visit.as_user("cfd-editor").write(action, body)
    return told.value


@pytest.mark.parametrize("key", LESS)
async def test_an_update_without_what_is_read_blindly_is_a_server_error_or_a_refusal(
    visit: Visit, key: str
) -> None:
    made = await visit.make()
    error = await refusal(visit, "package_update", await body_of(visit, made, without=key))
    if visit.older:
        assert isinstance(error, ActionFailed)
        assert error.status == 500
    else:
        assert isinstance(error, Refused)
        assert key in error.fields
    assert stored(await actions.package_show(visit.as_user("cfd-editor"), made.id)) == stored(made)


async def test_an_update_without_resources_deletes_or_keeps_them(visit: Visit) -> None:
    made = await visit.make()
    body = await body_of(visit, made, without="resources")
    after = await visit.as_user("cfd-editor").write("package_update", body)
    assert len(after["resources"]) == (0 if visit.older else 3)


async def test_a_revision_that_drops_what_is_read_blindly_is_told_in_the_same_two_ways(
    visit: Visit,
) -> None:
    made = await visit.make()
    body = {"match": {"id": made.id}, "filter": ["-title"]}
    error = await refusal(visit, "package_revise", body)
    assert isinstance(error, ActionFailed if visit.older else Refused)


async def test_a_format_of_null_is_a_server_error_or_a_refusal(visit: Visit) -> None:
    made = await visit.make()
    body = resource("Fourth", package_id=made.id, format=None)
    error = await refusal(visit, "resource_create", body)
    assert isinstance(error, ActionFailed if visit.older else Refused)


async def test_a_save_that_changes_nothing_counts_on_the_older_catalogue(visit: Visit) -> None:
    made = await visit.make()
    editor, body = (
        visit.as_user("cfd-editor"),
        {"match": {"id": made.id}, "update__purpose": "Same"},
    )
    first = await actions.package_revise(editor, body)
    second = await actions.package_revise(editor, body)
    assert (second.metadata_modified != first.metadata_modified) == visit.older


async def test_an_address_of_a_file_names_the_type_on_the_newer_catalogue(visit: Visit) -> None:
    made = await visit.make()
    path = "dataset" if visit.older else "bcdc_dataset"
    part = f"update__resources__{made.resources[0].id}__url_type"
    body = {"match": {"id": made.id}, part: "upload"}
    after = await actions.package_revise(visit.as_user("cfd-editor"), body)
    assert f"/{path}/{made.id}/resource/" in after.resources[0].text("url")


async def test_saves_of_a_private_record_are_told_by_the_newer_catalogue_only(
    visit: Visit,
) -> None:
    made = await visit.make(metadata_visibility="IDIR", private=True)
    body = {"match": {"id": made.id}, "update__purpose": "Told"}
    await actions.package_revise(visit.as_user("cfd-editor"), body)
    assert await visit.saves(made.id) == (0 if visit.older else 1)


async def test_an_older_catalogue_does_not_search_among_what_is_deleted(visit: Visit) -> None:
    asked = visit.as_user("bcdc-sysadmin").read("package_search", rows=0, include_deleted=True)
    if visit.older:
        with pytest.raises((ActionFailed, SearchQueryError)):
            await asked
    else:
        assert (await asked)["count"] >= 0
