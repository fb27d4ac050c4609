from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import House

GEOGRAPHIC = "geographical-names-of-b-c-official"


async def test_a_resource_is_shown_in_the_words_of_the_schema(
    house: House, catalogue: RunningCatalogue
) -> None:
    record = catalogue.catalogue.package(GEOGRAPHIC)
    resource = record["resources"][0]
    said = await house.guest("dana").types(f"/bcdc show-resource {resource['id']}")
    assert "Names" in said
    assert resource["id"] in said
    assert "WHSE_BASEMAPPING.GNS_NAMES_SAMPLE" in said
    assert "EPSG_3005" in said or "3005" in said
    assert "[{" not in said


async def test_a_link_from_the_browser_names_it_too(
    house: House, catalogue: RunningCatalogue
) -> None:
    record = catalogue.catalogue.package(GEOGRAPHIC)
    resource = record["resources"][1]
    link = f"{catalogue.url}/dataset/{GEOGRAPHIC}/resource/{resource['id']}"
    said = await house.guest("dana").types(f"/bcdc show-resource {link}?inner_span=True")
    assert resource["id"] in said


@pytest.mark.parametrize(("key", "may"), [("data-steward", True), ("cfd-editor", False)])
async def test_only_who_may_edit_gets_the_button(
    house: House, catalogue: RunningCatalogue, key: str, *, may: bool
) -> None:
    resource = catalogue.catalogue.package(GEOGRAPHIC)["resources"][0]
    guest = house.guest("mei")
    await guest.connects(key)
    said = await guest.types(f"/bcdc show-resource {resource['id']}")
    assert ("Edit" in said.split("\n")) == may


async def test_a_resource_of_a_draft_is_hidden_as_its_record_is(
    house: House, catalogue: RunningCatalogue
) -> None:
    resource = catalogue.catalogue.package("youth-transition-agreements")["resources"][0]
    assert "that you may see" in await house.guest("dana").types(
        f"/bcdc show-resource {resource['id']}", channel="C0GENERAL"
    )
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Agreements by year" in await robin.types(f"/bcdc show-resource {resource['id']}")


@pytest.mark.parametrize("typed", ["3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c", "nothing-of-that-name"])
async def test_what_is_not_there_is_told_in_a_sentence(house: House, typed: str) -> None:
    said = await house.guest("dana").types(f"/bcdc show-resource {typed}")
    assert "that you may see" in said
    assert typed in said
