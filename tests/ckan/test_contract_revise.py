"""What the bot takes for granted of `package_revise`, the same for every catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.change import ABSENT, FieldEdit, Write, WriteKind
from bot.ckan import actions
from bot.ckan.explain import explain
from bot.ckan.faults import ActionFailed, CatalogueUnavailable, NotAuthorized, NotFound, Refused
from bot.ckan.models import Package
from bot.ckan.revise import patch_arguments
from bot.ckan.transport import Transport
from bot.ckan.upload import Upload
from bot.errors import FieldErrors
from tests.ckan.places import TWO_PERIODS, Visit, contact, stored
from tests.proxy import abort, running_proxy

BOX = {
    "north_bound_latitude": "60.0",
    "south_bound_latitude": "48.0",
    "east_bound_longitude": "-114.0",
    "west_bound_longitude": "-139.0",
}


def write_of(package: Package, position: int | None, **wanted: Any) -> Write:
    resource = None if position is None else package.resources[position]
    edits = tuple(
        FieldEdit(field, field, (resource or package).value(field), after)
        for field, after in wanted.items()
    )
    resource_id = resource.id if resource else None
    return Write(WriteKind.PATCH, package.id, resource_id, package.title, edits)


RESOURCE_WISHES: list[tuple[int, dict[str, Any]]] = [
    (0, {"description": 'Now with "quotes", é, 湖 and 😀\nin two lines'}),
    (0, {"name": "2024", "description": "null"}),
    (0, {"name": "[1]", "description": '{"a": 1}'}),
    (0, {"name": '"Quoted"', "description": "true"}),
    (0, {"description": ""}),
    (0, {"description": ABSENT}),
    (1, {"description": "It had none."}),
    (2, {"format": "json"}),
    (0, {"iso_topic_category": ["farming", "health"]}),
    (1, {"iso_topic_category": ["biota", "farming"]}),
    (1, {"iso_topic_category": []}),
    (0, {"temporal_extent": TWO_PERIODS}),
    (1, {"temporal_extent": TWO_PERIODS[1:]}),
    (1, {"temporal_extent": [*TWO_PERIODS, TWO_PERIODS[0]]}),
    (1, {"temporal_extent": [{"beginning_date": "2018-04-01"}]}),
    (1, {"temporal_extent": []}),
    (1, {"temporal_extent": ABSENT}),
    (0, {"json_table_schema": {"fields": []}}),
    (2, {"json_table_schema": {"primaryKey": "a"}}),
    (2, {"json_table_schema": ABSENT}),
    (1, {"name": "Renamed", "geographic_extent": [BOX], "temporal_extent": TWO_PERIODS[:1]}),
]
RECORD_WISHES: list[dict[str, Any]] = [
    {"purpose": "It had none."},
    {"notes": "Other words."},
    {"security_class": "PROTECTED A"},
    {"more_info": [{"description": "Guide", "url": "https://example.test/guide"}]},
    {
        "dates": [
            {"type": "Published", "date": "2021-01-01"},
            {"type": "Created", "date": "2020-01-01"},
        ]
    },
]


def expected(
    before: dict[str, Any], position: int | None, wanted: dict[str, Any]
) -> dict[str, Any]:
    """The stored record with the wanted values and nothing else changed."""
    rows = [dict(row) for row in before["resources"]]
    after = {**before, "resources": rows}
    target = after if position is None else rows[position]
    for field, value in wanted.items():
        if value is ABSENT:
            target.pop(field, None)
        else:
            target[field] = value
    return after


@pytest.mark.parametrize(("position", "wanted"), RESOURCE_WISHES)
async def test_a_resource_differs_in_the_wanted_fields_only_and_undo_brings_it_back(
    visit: Visit, position: int, wanted: dict[str, Any]
) -> None:
    await _there_and_back(visit, position, wanted)


@pytest.mark.parametrize("wanted", RECORD_WISHES)
async def test_a_record_differs_in_the_wanted_fields_only_and_undo_brings_it_back(
    visit: Visit, wanted: dict[str, Any]
) -> None:
    await _there_and_back(visit, None, wanted)


async def _there_and_back(visit: Visit, position: int | None, wanted: dict[str, Any]) -> None:
    editor = visit.as_user("cfd-editor")
    before = await visit.make()
    # A first save makes a new record's own dates, so that the next ones change nothing else.
    first = patch_arguments(before, write_of(before, None, purpose=""))
    before = await actions.package_revise(editor, first)
    write = write_of(before, position, **wanted)
    answer = await actions.package_revise(editor, patch_arguments(before, write))
    after = await actions.package_show(editor, before.id)
    assert stored(answer) == stored(after) == expected(stored(before), position, wanted)
    await actions.package_revise(editor, patch_arguments(after, write.reversed()))
    assert stored(await actions.package_show(editor, before.id)) == stored(before)


@pytest.mark.parametrize(
    ("wanted", "settles_as"),
    [
        ({"temporal_extent": [{"beginning_date": "2020-01-01", "end_date": ""}]},
         {"temporal_extent": [{"beginning_date": "2020-01-01"}]}),
        ({"json_table_schema": {}}, {"json_table_schema": ABSENT}),
        ({"json_table_schema": None}, {"json_table_schema": ABSENT}),
        ({"iso_topic_category": ABSENT}, {"iso_topic_category": []}),
    ],
)  # fmt: skip
async def test_emptied_values_settle_in_a_form_of_ckans(
    visit: Visit, wanted: dict[str, Any], settles_as: dict[str, Any]
) -> None:
    editor = visit.as_user("cfd-editor")
    before = await visit.make()
    write = write_of(before, 1, **wanted)
    after = await actions.package_revise(editor, patch_arguments(before, write))
    (field, value) = next(iter(settles_as.items()))
    assert after.resources[1].value(field) == value


async def test_keywords_are_replaced_whole(visit: Visit) -> None:
    editor = visit.as_user("cfd-editor")
    before = await visit.make()
    write = write_of(before, None, tags=[{"name": "three"}])
    after = await actions.package_revise(editor, patch_arguments(before, write))
    assert stored(after)["tags"] == ["three"]


async def test_a_record_that_changed_since_is_left_as_it_is(visit: Visit) -> None:
    editor = visit.as_user("cfd-editor")
    seen = await visit.make()
    await actions.package_revise(
        editor, patch_arguments(seen, write_of(seen, 0, description="Somebody else's"))
    )
    moved = await actions.package_show(editor, seen.id)
    with pytest.raises(Refused) as told:
        await actions.package_revise(
            editor, patch_arguments(seen, write_of(seen, 0, format="json"))
        )
    assert told.value.unmatched == ("metadata_modified",)
    assert (await actions.package_show(editor, seen.id)).raw == moved.raw


@pytest.mark.parametrize("name", [None, "forests-editor", "cfd-member", "no-org-user"])
async def test_who_may_not_edit_writes_nothing(visit: Visit, name: str | None) -> None:
    made = await visit.make()
    with pytest.raises(NotAuthorized):
        await actions.package_revise(
            visit.as_user(name), patch_arguments(made, write_of(made, 0, format="json"))
        )
    assert (await actions.package_show(visit.as_user(), made.id)).raw == made.raw


async def test_a_dead_key_writes_nothing(visit: Visit) -> None:
    made = await visit.make()
    dead = visit.transport.site("here", SecretStr("no-such-key"))
    with pytest.raises(NotAuthorized):
        await actions.package_revise(dead, patch_arguments(made, write_of(made, 0, format="json")))


async def test_a_record_that_is_not_there_is_not_found(visit: Visit) -> None:
    with pytest.raises(NotFound):
        await actions.package_revise(
            visit.as_user("cfd-editor"), {"match": {"id": "00000000-0000-4000-8000-000000000000"}}
        )


async def test_refused_values_are_told_on_their_fields(visit: Visit) -> None:
    made = await visit.make()
    write = write_of(
        made, 1,
        format="bogus",
        resource_type="",
        iso_topic_category=["bogus"],
        temporal_extent=[{"beginning_date": "soon"}],
        json_table_schema=[],
    )  # fmt: skip
    with pytest.raises(Refused) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), patch_arguments(made, write))
    schema = await actions.scheming_dataset_schema_show(visit.as_user())
    errors = explain(told.value, schema=schema, package=made, resource_id=made.resources[1].id)
    assert isinstance(errors, FieldErrors)
    assert set(errors.by_field) >= {
        "format",
        "resource_type",
        "iso_topic_category",
        "temporal_extent.0.beginning_date",
    }
    assert errors.general == ()
    other = explain(told.value, schema=schema, package=made, resource_id=made.resources[0].id)
    assert isinstance(other, FieldErrors)
    assert other.by_field == {}
    assert all("“Second”" in sentence for sentence in other.general)
    assert (await actions.package_show(visit.as_user(), made.id)).raw == made.raw


async def test_refused_values_of_a_record_are_told_on_their_fields(visit: Visit) -> None:
    made = await visit.make()
    other = await visit.make()
    write = write_of(
        made, None,
        title=other.title,
        notes="",
        security_class="SECRET",
        publish_state="PUBLISHED",
        resource_status="obsolete",
        dates=[{"type": "Created", "date": "soon"}],
    )  # fmt: skip
    with pytest.raises(Refused) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), patch_arguments(made, write))
    schema = await actions.scheming_dataset_schema_show(visit.as_user())
    errors = explain(told.value, schema=schema, package=made)
    assert isinstance(errors, FieldErrors)
    assert set(errors.by_field) == {
        "title",
        "notes",
        "security_class",
        "publish_state",
        "replacement_record",
        "dates.0.date",
    }
    assert errors.by_field["replacement_record"] == "Needed when Resource Status is “Obsolete”."


async def test_a_contact_of_another_organization_blocks_every_save(visit: Visit) -> None:
    own = await visit.organization_id()
    foreign = await visit.organization_id("forest-analysis-and-inventory")
    contacts = [contact(own), contact(foreign, name="Jo Green")]
    made = await visit.make("bcdc-sysadmin", contacts=contacts)
    write = write_of(made, 0, description="Nothing to do with contacts.")
    with pytest.raises(Refused) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), patch_arguments(made, write))
    titles = {foreign: "Forest Analysis and Inventory"}
    errors = explain(told.value, package=made, organizations=titles)
    assert "Jo Green" in str(errors)
    assert "Forest Analysis and Inventory" in str(errors)
    assert foreign not in str(errors)
    await actions.package_revise(visit.as_user("bcdc-sysadmin"), patch_arguments(made, write))


async def test_a_record_without_a_title_fails_in_the_way_of_its_version(visit: Visit) -> None:
    made = await visit.make()
    write = write_of(made, None, title=None)
    with pytest.raises(ActionFailed if visit.older else Refused) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), patch_arguments(made, write))
    if visit.older:
        assert isinstance(told.value, ActionFailed)
        assert (told.value.status, told.value.kind) == (500, "Internal Server Error")


async def test_a_composite_as_text_is_an_integrity_error(visit: Visit) -> None:
    made = await visit.make()
    write = write_of(made, None, contacts="nobody")
    with pytest.raises(ActionFailed) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), patch_arguments(made, write))
    assert (told.value.status, told.value.kind) == (400, "Integrity Error")


async def test_a_resource_that_went_is_a_refusal_that_names_it(visit: Visit) -> None:
    made = await visit.make()
    arguments = {
        "match": {"id": made.id},
        "update__resources__00000000-0000-4000-8000-000000000000__format": "json",
    }
    with pytest.raises(Refused) as told:
        await actions.package_revise(visit.as_user("cfd-editor"), arguments)
    assert not told.value.unmatched
    assert str(explain(told.value)) == "The resource is no longer part of the record."


async def test_a_file_comes_in_with_a_new_resource(visit: Visit) -> None:
    async def source() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        yield b"1,2\n"

    made = await visit.make()
    new = {**made.resources[0].raw, "name": "Fourth", "url": ""}
    for key in ("id", "package_id", "position", "created", "metadata_modified"):
        new.pop(key, None)
    after = await actions.package_revise(
        visit.as_user("cfd-editor"),
        {
            "match": {"id": made.id, "metadata_modified": made.metadata_modified},
            "update__resources__extend": [new],
        },
        files={"update__resources__-1__upload": Upload("table été.csv", 8, "text/csv", source)},
    )
    assert [row.title for row in after.resources] == ["First", "Second", "Third", "Fourth"]
    assert after.resources[3].is_upload
    assert after.resources[3].raw["size"] == 8


async def test_a_write_whose_answer_is_lost_has_happened(visit: Visit) -> None:
    made = await visit.make()
    async with (
        running_proxy(visit.place.url) as proxy,
        Transport({"here": proxy.url}) as transport,
    ):
        proxy.fault("package_revise", abort(after=True))
        editor = transport.site("here", visit.place.keys["cfd-editor"])
        with pytest.raises(CatalogueUnavailable) as told:
            await actions.package_revise(
                editor, patch_arguments(made, write_of(made, 0, description="Kept."))
            )
        assert told.value.sent
        assert (await actions.package_show(editor, made.id)).resources[0].text(
            "description"
        ) == "Kept."
        assert proxy.forwarded["package_revise"] == 1
