from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House

RECORD = "children-in-care-by-community"


def title(catalogue: RunningCatalogue) -> str:
    return str(catalogue.catalogue.package(RECORD)["title"])


async def test_what_is_applied_meanwhile_waits_and_its_person_is_told_since_when_and_why(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin, before = house.guest("robin"), title(catalogue)
    await robin.connects("cfd-editor")
    said = await house.guest("alex").types("/bcdc pause CKAN is being upgraded")
    assert "Changes are held now." in said
    preview = await robin.types(f'/bcdc patch-package {RECORD} title="Held for a while"')
    assert "Changes are held since 20" in preview
    assert "Their reason: CKAN is being upgraded" in preview
    await robin.presses("bcdc:change:apply")
    assert "Changes are held since 20" in robin.reads()
    pending = await robin.types("/bcdc pending")
    assert "You applied it; it is held" in pending
    assert "Their reason: CKAN is being upgraded" in pending
    assert title(catalogue) == before


async def test_reads_go_on(house: House) -> None:
    await house.guest("alex").types("/bcdc pause")
    assert "GeoBC" in await house.guest("dana").types("/bcdc find-org geobc")


async def test_status_tells_everybody(house: House) -> None:
    dana = house.guest("dana")
    assert "Held" not in await dana.types("/bcdc status")
    await house.guest("alex").types("/bcdc pause the disk is full")
    assert "Their reason: the disk is full" in await dana.types("/bcdc status")


async def test_a_second_pause_changes_nothing(house: House) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc pause the first reason")
    assert "held already" in await alex.types("/bcdc pause another")
    assert "the first reason" in await alex.types("/bcdc status")


async def test_nobody_else_may(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Only the people who run this bot" in await robin.types("/bcdc pause for fun")
    assert "Held" not in await robin.types("/bcdc status")
