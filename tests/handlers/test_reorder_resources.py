from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from sandbox.catalogue.errors import Record
from tests.house import Guest, House

OPEN = "children-in-care-by-community"


def resources(catalogue: RunningCatalogue) -> list[Record]:
    found: list[Record] = catalogue.catalogue.package(OPEN)["resources"]
    return found


async def editor(house: House, key: str = "cfd-editor") -> Guest:
    guest = house.guest("robin")
    await guest.connects(key)
    return guest


async def test_two_resources_cannot_have_one_place(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    ids = [row["id"] for row in resources(catalogue)]
    await robin.types(f"/bcdc reorder-resources {OPEN}")
    last = str(len(ids))
    await robin.fills(**{ids[0]: last, ids[1]: last} if len(ids) > 2 else {ids[0]: last})
    if len(ids) > 2:
        assert f"cannot both be number {last}" in robin.reads()


async def test_the_order_there_is_changes_nothing(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    first = resources(catalogue)[0]["id"]
    said = await robin.types(f"/bcdc reorder-resources {OPEN} {first}")
    assert "Nothing would change" in said


async def test_a_resource_of_another_record_is_told(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc reorder-resources {OPEN} 00000000-0000-4000-8000-000000000000")
    assert "is no resource of" in said
    # What was typed for the record is one, so another is not what was meant.
    assert "Did you mean" not in said
