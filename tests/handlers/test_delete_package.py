from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House

OPEN = "children-in-care-by-community"
DRAFT = "youth-transition-agreements"


async def editor(house: House, name: str = "robin", key: str = "cfd-editor") -> Guest:
    guest = house.guest(name)
    await guest.connects(key)
    return guest


async def test_nothing_is_deleted_without_its_name(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc delete-package {DRAFT} confirm=yes")
    assert f"type its name: {DRAFT}" in said
    await robin.types(f"/bcdc delete-package {DRAFT} confirm={DRAFT}")
    assert catalogue.catalogue.package(DRAFT)["state"] == "active"
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(DRAFT)["state"] == "deleted"


async def test_what_others_see_is_for_admins_to_delete(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc delete-package {OPEN}")
    assert "Editors delete drafts only" in said
    assert "/bcdc set-state" in said


async def test_who_may_not_edit_may_not_delete(house: House) -> None:
    jordan = await editor(house, "jordan", "forests-editor")
    assert "may" in await jordan.types(f"/bcdc delete-package {OPEN}")
