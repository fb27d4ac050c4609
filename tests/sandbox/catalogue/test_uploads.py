"""Files: sent with a resource, kept in memory, fetched by those who may see the record."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Answer, Caller

NAME = "foster-homes-available-beds"
EDITOR = "cfd-editor"
TABLE = b"year,homes\n2025,3\n"


async def send(
    call: Caller, ckan_action: str, file_part: str, content: bytes = TABLE, **fields: str
) -> Answer:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, value)
    sent = io.BytesIO(content)
    form.add_field(file_part, sent, filename="Homes & Beds (2).CSV", content_type="text/csv")
    return await call.post(ckan_action, EDITOR, data=form)


async def resource(call: Caller, at: int = 0) -> dict[str, Any]:
    shown = (await call("package_show", "bcdc-sysadmin", id=NAME)).result
    found: dict[str, Any] = shown["resources"][at]
    return found


async def test_a_file_comes_with_a_revision_and_can_be_fetched(call: Caller) -> None:
    answer = await send(
        call, "package_revise", "update__resources__0__upload", match=json.dumps({"name": NAME})
    )
    assert answer.status == 200
    kept = await resource(call)
    assert kept["url_type"] == "upload"
    assert kept["size"] == len(TABLE)
    assert kept["url"].startswith(f"{call.running.url}/dataset/{kept['package_id']}/resource/")
    assert kept["url"].endswith("/download/homes-beds-2.csv")
    async with call.session.get(kept["url"]) as response:
        assert await response.read() == TABLE
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_new_resource_and_its_file_come_in_one_call(call: Caller) -> None:
    new = {**await resource(call), "name": "Sent along"}
    for gone in ("id", "url", "mimetype"):
        del new[gone]
    answer = await send(
        call,
        "package_revise",
        "update__resources__-1__upload",
        match__name=NAME,
        update__resources__extend=json.dumps([new]),
        include="-*",
    )
    assert answer.result == {}
    added = await resource(call, -1)
    assert (added["name"], added["size"]) == ("Sent along", len(TABLE))


async def test_a_failed_match_leaves_the_old_file(call: Caller) -> None:
    before = await resource(call)
    answer = await send(
        call,
        "package_revise",
        "update__resources__0__upload",
        match__name=NAME,
        match__notes="Something else",
    )
    assert answer.status == 409
    assert await resource(call) == before
    assert call.running.catalogue.files.get(before["id"]) is None


async def test_a_patch_replaces_the_file_and_keeps_what_describes_it(call: Caller) -> None:
    before = await resource(call)
    await send(call, "resource_patch", "upload", id=before["id"])
    after = await resource(call)
    assert after["name"] == before["name"]
    assert after["last_modified"] > before["metadata_modified"]


async def test_a_link_may_take_the_place_of_a_file(call: Caller) -> None:
    first = (await resource(call))["id"]
    await send(call, "resource_patch", "upload", id=first)
    link = "https://data.example.test/homes.csv"
    answer = await call("resource_patch", EDITOR, id=first, clear_upload=True, url=link)
    assert (answer.result["url"], answer.result["size"]) == (link, len(TABLE))


async def test_a_file_over_the_limit_is_refused_and_nothing_changes(
    call: Caller,
) -> None:
    call.running.catalogue.max_upload_mb = 1
    before = await resource(call)
    too_much = b"x" * (1024 * 1024 + 1)
    answer = await send(call, "resource_patch", "upload", too_much, id=before["id"])
    assert (answer.status, answer.error) == (409, {"upload": ["File upload too large"]})
    assert await resource(call) == before


async def test_the_file_of_a_private_record_is_for_those_who_may_read_it(call: Caller) -> None:
    first = (await resource(call))["id"]
    await send(call, "resource_patch", "upload", id=first)
    await call.revise(EDITOR, NAME, update={"metadata_visibility": "IDIR"})
    url = (await resource(call))["url"]
    async with call.session.get(url) as response:
        assert response.status == 403
    async with call.session.get(url, headers=call.key("cfd-member")) as response:
        assert await response.read() == TABLE
    async with call.session.get(url, headers=call.key("forests-editor")) as response:
        assert response.status == 403


async def test_resources_can_be_put_in_another_order_and_taken_away(call: Caller) -> None:
    shown = (await call("package_show", id="children-in-care-by-community")).result
    ids = [res["id"] for res in shown["resources"]]
    moved = await call("package_resource_reorder", EDITOR, id=shown["id"], order=[ids[2]])
    assert moved.result["order"] == [ids[2], ids[0], ids[1]]
    assert (await call("resource_delete", EDITOR, id=ids[0])).result is None
    left = (await call("package_show", id=shown["id"])).result["resources"]
    assert [(res["id"], res["position"]) for res in left] == [(ids[2], 0), (ids[1], 1)]
    assert call.running.catalogue.files.get(ids[0]) is None


async def test_whoever_is_logged_in_on_the_pages_may_follow_the_link(call: Caller) -> None:
    first = (await resource(call))["id"]
    await send(call, "resource_patch", "upload", id=first)
    await call.revise(EDITOR, NAME, update={"metadata_visibility": "IDIR"})
    path = (await resource(call))["url"].removeprefix(call.running.url)
    assert (await call.get(path))[0] == 403
    status, text = await call.get(path, cookies={"catalogue_person": EDITOR})
    assert (status, text) == (200, TABLE.decode())
