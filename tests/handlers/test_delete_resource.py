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


async def test_the_preview_says_that_it_is_for_good_and_links_what_goes(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    doomed = dict(resources(catalogue)[0])
    said = await robin.types(f"/bcdc delete-resource {doomed['id']}")
    assert "gone for good" in said
    assert doomed["url"] in str(robin.messages()[-1])
    await robin.presses("bcdc:change:cancel")
    assert resources(catalogue)[0]["id"] == doomed["id"]


async def test_without_a_resource_it_asks_which_one(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types("/bcdc delete-resource")
    assert robin.view
    assert resources(catalogue)


async def test_who_may_not_edit_deletes_nothing(house: House, catalogue: RunningCatalogue) -> None:
    robin = await editor(house, "forests-editor")
    said = await robin.types(f"/bcdc delete-resource {resources(catalogue)[0]['id']}")
    assert "You may not change this record" in said
