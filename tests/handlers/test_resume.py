from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House

RECORD = "children-in-care-by-community"


async def test_what_was_held_is_saved_and_told(house: House, catalogue: RunningCatalogue) -> None:
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.connects("cfd-editor")
    await alex.types("/bcdc pause")
    await robin.types(f'/bcdc patch-package {RECORD} title="Held for a while"')
    await robin.presses("bcdc:change:apply")
    await alex.types("/bcdc resume")
    assert "Changes go on." in str(alex.messages())
    assert catalogue.catalogue.package(RECORD)["title"] == "Held for a while"
    assert "Held for a while" in robin.reads()
    assert "Nothing is waiting" in await robin.types("/bcdc pending")


async def test_nothing_held_is_lost_over_a_restart(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.connects("cfd-editor")
    before = catalogue.catalogue.package(RECORD)["title"]
    await alex.types("/bcdc pause")
    # More than a process does at once, and one of them in the middle of waiting.
    for number in range(10):
        await robin.types(f'/bcdc patch-package {RECORD} purpose="Reason {number}"')
        await robin.presses("bcdc:change:apply")
    await house.restart()
    assert catalogue.catalogue.package(RECORD)["title"] == before
    assert "You applied it; it is held" in await robin.types("/bcdc pending")
    await alex.types("/bcdc resume")
    assert str(catalogue.catalogue.package(RECORD)["purpose"]).startswith("Reason ")


async def test_without_a_pause_there_is_nothing_to_resume(house: House) -> None:
    assert "Changes were not held." in await house.guest("alex").types("/bcdc resume")


async def test_nobody_else_may(house: House) -> None:
    await house.guest("alex").types("/bcdc pause")
    robin = house.guest("robin")
    assert "Only the people who run this bot" in await robin.types("/bcdc resume")
    assert "Held" in await robin.types("/bcdc status")
