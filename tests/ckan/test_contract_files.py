"""What the bot takes for granted of files in a catalogue, the same for every catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import aiohttp

from bot.change import FieldEdit, Write, WriteKind
from bot.ckan import actions
from bot.ckan.models import Package, Resource
from bot.ckan.revise import patch_arguments
from bot.ckan.upload import Upload
from tests.ckan.places import TWO_PERIODS, Visit

OF_A_FILE = {"url", "url_type", "size", "last_modified", "metadata_modified", "mimetype"}


def source_of(content: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    return chunks


def upload(content: bytes, name: str = "table.csv") -> Upload:
    return Upload(name, len(content), "text/csv", source_of(content))


def without_its_file(resource: Resource) -> dict[str, Any]:
    return {key: value for key, value in resource.raw.items() if key not in OF_A_FILE}


def edits(resource: Resource, **wanted: Any) -> tuple[FieldEdit, ...]:
    return tuple(
        FieldEdit(field, field, resource.value(field), after) for field, after in wanted.items()
    )


async def fetched(visit: Visit, resource: Resource) -> bytes:
    key = visit.place.keys["cfd-editor"].get_secret_value()
    async with (
        aiohttp.ClientSession() as session,
        session.get(resource.text("url"), headers={"Authorization": key}) as answer,
    ):
        assert answer.status == 200
        return await answer.read()


async def with_a_file(visit: Visit, position: int, content: bytes = b"a,b\n1,2\n") -> Package:
    package = await visit.make()
    part = f"update__resources__{package.resources[position].id}__upload"
    return await actions.package_revise(
        visit.as_user("cfd-editor"), {"match": {"id": package.id}}, files={part: upload(content)}
    )


async def test_a_file_and_metadata_of_every_shape_go_in_one_save(visit: Visit) -> None:
    editor = visit.as_user("cfd-editor")
    package = await visit.make()
    resource = package.resources[1]
    wanted: dict[str, Any] = {
        "name": "2024",
        "description": '{"a": "text"}',
        "iso_topic_category": ["biota", "health"],
        "temporal_extent": TWO_PERIODS[1:],
        "json_table_schema": {"fields": []},
    }
    write = Write(WriteKind.PATCH, package.id, resource.id, "", edits(resource, **wanted))
    part = f"update__resources__{resource.id}__upload"
    after = await actions.package_revise(
        editor, patch_arguments(package, write), files={part: upload(b"x\n1\n", 'Größe "1".csv')}
    )
    stored = after.resource(resource.id)
    assert stored
    assert {field: stored.value(field) for field in wanted} == wanted
    assert stored.raw["size"] == 4
    assert stored.is_upload
    assert await fetched(visit, stored) == b"x\n1\n"


async def test_replacing_a_file_leaves_everything_else_as_it_was(visit: Visit) -> None:
    for position in (1, 2):
        before = await with_a_file(visit, position)
        old = before.resources[position]
        part = f"update__resources__{old.id}__upload"
        after = await actions.package_revise(
            visit.as_user("cfd-editor"),
            {"match": {"id": before.id, "metadata_modified": before.metadata_modified}},
            files={part: upload(b"a,b\n3,4\n")},
        )
        new = after.resources[position]
        assert without_its_file(new) == without_its_file(old)
        assert await fetched(visit, new) == b"a,b\n3,4\n"
        # The time tells a file from the one before, even when both have the same size.
        assert new.raw["size"] == old.raw["size"]
        assert new.text("last_modified") > old.text("last_modified")


async def test_a_new_resource_keeps_the_id_it_is_given(visit: Visit) -> None:
    package = await visit.make()
    resource_id = str(uuid4())
    new = {
        key: value
        for key, value in package.resources[0].raw.items()
        if key not in {"id", "package_id", "position", "created", "metadata_modified", "url"}
    } | {"id": resource_id, "name": "2024"}
    after = await actions.package_revise(
        visit.as_user("cfd-editor"),
        {"match": {"id": package.id}, "update__resources__extend": [new]},
        files={"update__resources__-1__upload": upload(b"1")},
    )
    stored = after.resource(resource_id)
    assert stored
    assert stored.value("name") == "2024"
    assert stored.raw["size"] == 1


async def test_a_file_becomes_a_link_and_a_file_again(visit: Visit) -> None:
    editor = visit.as_user("cfd-editor")
    package = await with_a_file(visit, 0)
    old = package.resources[0]
    wanted = edits(old, url="https://data.example.test/a.csv", url_type="")
    write = Write(WriteKind.PATCH, package.id, old.id, "", wanted)
    linked = await actions.package_revise(editor, patch_arguments(package, write))
    assert linked.resources[0].text("url") == "https://data.example.test/a.csv"
    assert not linked.resources[0].is_upload
    back = write.reversed()
    assert back
    again = await actions.package_revise(editor, patch_arguments(linked, back))
    assert again.resources[0].text("url") == old.text("url")
    assert await fetched(visit, again.resources[0]) == b"a,b\n1,2\n"
