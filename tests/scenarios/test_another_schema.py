"""A catalogue with a scheming schema of its own: other fields, parts and presets, and no states."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.catalogue import Kind, RunningCatalogue, start
from tests.house import House, open_house
from tests.scenarios.test_the_whole_job import in_blocks
from tests.scenarios.test_the_whole_job_in_words import does, in_words

BRANCH: Final = "information-management-cfd"
TEXT: Final = "ignore_missing unicode_safe"
HUMPS: Final = [{"value": "one", "label": "A dromedary"}, {"value": "two"}]
OF_MANY: Final[dict[str, Any]] = {
    "form_snippet": "multiple_checkbox.html",
    "validators": "scheming_multiple_choice",
}
CAMELS: Final = Kind(
    {
        "scheming_version": 2,
        "dataset_type": "camel-photos",
        "dataset_fields": [
            {
                "field_name": "name",
                "preset": "dataset_slug_of_camels",
                "required": True,
                "validators": "not_empty_if_new unicode_safe name_validator package_name_validator",
            },
            {"field_name": "title", "validators": "if_empty_same_as(name) unicode_safe"},
            {"field_name": "owner_org", "required": True, "validators": "owner_org_validator"},
            {
                "field_name": "humps",
                "label": {"en": "Humps", "fr": "Bosses"},
                "preset": "camel_select",
                "required": True,
                "choices": HUMPS,
                "validators": "scheming_required scheming_choices",
            },
            {
                "field_name": "seen_in",
                "label": "Seen in",
                "choices": [{"value": "spring"}, {"value": "autumn"}],
                **OF_MANY,
            },
            {"field_name": "license_id", "choices": [{"value": "sand", "label": "Sand licence"}]},
            {
                "field_name": "contacts",
                "repeating_label": "Keeper",
                "repeating_subfields": [
                    {"field_name": "name", "label": "Name", "validators": TEXT},
                    {"field_name": "org", "label": "Caravan", "validators": TEXT},
                ],
            },
            {"field_name": "tag_string", "validators": "ignore_missing tag_string_convert"},
        ],
        "resource_fields": [
            {"field_name": "url", "preset": "resource_url_upload", "validators": TEXT},
            {"field_name": "name", "validators": TEXT},
            {
                "field_name": "camels_in_photo",
                "label": "Camels in it",
                "required": True,
                "validators": "not_empty",
            },
            {"field_name": "taken", "preset": "date", "form_snippet": "date.html"},
            {
                "field_name": "places",
                "repeating_subfields": [{"field_name": "town", "validators": TEXT}],
            },
        ],
    }
)
ENTERED: Final[dict[str, Any]] = {
    "humps": "one",
    "seen_in": ["spring", "autumn"],
    "license_id": "sand",
    "contacts": [{"name": "Éva", "org": "North"}, {"name": "Sam", "org": "South"}],
}
PHOTO: Final[dict[str, Any]] = {
    "url": "https://camels.test/1.jpg",
    "camels_in_photo": "3",
    "taken": "2020-01-31",
    "places": [{"town": "Kamloops"}, {"town": "Merritt"}],
}


@pytest.fixture
async def catalogue() -> AsyncIterator[RunningCatalogue]:
    running = await start(generation="2.12", kind=CAMELS)
    yield running
    await running.stop()


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, catalogue.url, catalogue.keys) as house:
        await house.guest("robin").connects("cfd-editor")
        yield house


def holds(held: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert {key: held.get(key) for key in wanted} == wanted


async def test_its_fields_are_told_and_edited_by_words(
    house: House, catalogue: RunningCatalogue
) -> None:
    guest, name = house.guest("robin"), f"camels-{secrets.token_hex(4)}"
    listed = await guest.types("/bcdc schema")
    for label in ("Humps", "Seen in", "Camels in it", "Who can see this record"):
        assert label in listed
    words = in_words({"title": name.title(), **ENTERED, "tags": ["sand", "sun"]})
    await does(guest, f"create-package {BRANCH} name={name} {words} private=false")
    made = catalogue.catalogue.package(name)
    holds(made, ENTERED | {"type": "camel-photos", "private": False, "tags": ["sand", "sun"]})
    await does(guest, f"create-resource {name} {in_words(PHOTO)}")
    [photo] = catalogue.catalogue.package(name)["resources"]
    holds(photo, PHOTO)

    words = "humps=two seen_in=autumn contacts=1,0 contacts.1.org=East"
    await does(guest, f"patch-package {name} {words}")
    keepers = [{"name": "Sam", "org": "East"}, {"name": "Éva", "org": "North"}]
    after = catalogue.catalogue.package(name)
    holds(after, {"humps": "two", "seen_in": ["autumn"], "contacts": keepers})
    await does(guest, f"patch-resource {photo['id']} places.0= camels_in_photo=4")
    [photo] = catalogue.catalogue.package(name)["resources"]
    holds(photo, PHOTO | {"camels_in_photo": "4", "places": PHOTO["places"][1:]})
    assert "have no states" in await guest.types(f"/bcdc set-state {name} published")


async def test_its_form_asks_for_its_fields_and_refuses_what_they_do_not_take(
    house: House, catalogue: RunningCatalogue
) -> None:
    guest, name = house.guest("robin"), f"camels-{secrets.token_hex(4)}"
    await guest.types(f"/bcdc create-package {BRANCH}")
    blocks = in_blocks(ENTERED) | {"title": name.title(), "private": "false"}
    while "You are about to" not in guest.reads():
        assert guest.view
        here = {block.get("block_id", "") for block in guest.view["blocks"]}
        if "contacts" in here:
            await guest.presses("bcdc:form:add", block_id="contacts")
            await guest.presses("bcdc:form:add", block_id="contacts")
            here |= {block for block in blocks if block.startswith("contacts")}
        errors = await guest.fills(**{k: v for k, v in blocks.items() if k in here})
        assert errors == {}
    await guest.presses("bcdc:change:apply")
    await guest.closes()
    holds(catalogue.catalogue.package(name), ENTERED)
    assert "is not a choice" in await guest.types(f"/bcdc patch-package {name} humps=three")
    assert "Sand licence" in await guest.types("/bcdc schema license_id")
