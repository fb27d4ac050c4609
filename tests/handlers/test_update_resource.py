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


async def test_what_nobody_mentions_stays(house: House, catalogue: RunningCatalogue) -> None:
    robin = await editor(house)
    before = dict(resources(catalogue)[0])
    await robin.types(f"/bcdc update-resource {before['id']} description=Newer.")
    await robin.presses("bcdc:change:apply")
    after = dict(resources(catalogue)[0])
    clock = "metadata_modified"
    assert {**before, "description": "Newer.", clock: after[clock]} == after


async def test_a_link_without_encryption_is_pointed_out(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    link = "http://data.example.test/a.csv"
    said = await robin.types(f"/bcdc update-resource {resources(catalogue)[0]['id']} url={link}")
    assert "starts with http://" in said
