from __future__ import annotations

import copy

from sandbox.catalogue import RunningCatalogue
from tests.house import House

RECORD = "foster-homes-available-beds"


async def test_each_resource_is_told_with_its_id(house: House, catalogue: RunningCatalogue) -> None:
    said = await house.guest("dana").types(f"/bcdc list-resources {RECORD}")
    package = next(one for one in catalogue.catalogue.packages.values() if one["name"] == RECORD)
    assert all(row["id"] in said for row in package["resources"])


async def test_two_hundred_resources_come_page_by_page(
    house: House, catalogue: RunningCatalogue
) -> None:
    package = next(one for one in catalogue.catalogue.packages.values() if one["name"] == RECORD)
    first = package["resources"][0]
    package["resources"] = [
        copy.deepcopy(first) | {"id": f"{number:08}-0000-4000-8000-000000000000"}
        for number in range(200)
    ]
    dana = house.guest("dana")
    said = await dana.types(f"/bcdc list-resources {RECORD}")
    assert "1–10 of 200" in said
    await dana.presses("bcdc:page:next")
    assert "11–20 of 200" in dana.reads()
    assert "00000010-0000" in dana.reads()


async def test_a_draft_has_no_resources_for_a_stranger(house: House) -> None:
    said = await house.guest("dana").types("/bcdc list-resources caseload-forecast-to-2030")
    assert "There is no record" in said


async def test_only_who_may_edit_is_offered_to(house: House) -> None:
    robin, dana = house.guest("robin"), house.guest("dana")
    await robin.connects("cfd-editor")
    asked = f"/bcdc list-resources {RECORD}"
    assert "Edit" in await robin.types(asked)
    assert "Edit" not in await dana.types(asked)
