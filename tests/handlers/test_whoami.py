from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import House


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("cfd-editor", ["Robin Chen", "Editor of", "Information Management - CFD"]),
        ("cfd-org-admin", ["Priya Gill", "Admin of", "Information Management - CFD"]),
        ("data-steward", ["Mei Tanaka", "Education Analytics, GeoBC, Information Management"]),
        ("no-org-user", ["Casey Brown", "No organization to edit in"]),
        ("bcdc-sysadmin", ["Catalogue Services", "may change everything"]),
    ],
)
async def test_each_person_reads_the_own_name_and_rights(
    house: House, key: str, told: list[str]
) -> None:
    robin = house.guest("robin")
    await robin.connects(key)
    said = await robin.types("/bcdc whoami")
    for piece in [key, *told]:
        assert piece in said


async def test_without_a_key_the_way_to_give_one_is_told(house: House) -> None:
    assert "/bcdc connect" in await house.guest("dana").types("/bcdc whoami")


@pytest.mark.parametrize(
    "command",
    [
        "whoami",
        "list-packages mine state:draft",
        "find-package youth transition agreements",
        "show-package no such record",
        "show-resource no such resource",
        "who information-management-cfd",
    ],
)
async def test_a_key_that_died_is_said_and_asked_for_again(
    house: House, catalogue: RunningCatalogue, command: str
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types("/bcdc list-packages mine")
    catalogue.catalogue.tokens.clear()
    for person in list(catalogue.catalogue.people.values()):
        if person.name == "cfd-editor":
            catalogue.catalogue.people[person.id] = replace(person, api_key="replaced")
    said = await robin.types(f"/bcdc {command}")
    assert "no longer knows your key" in said
    assert "/bcdc connect" in said


async def test_one_persons_key_is_not_anothers(house: House) -> None:
    await house.guest("robin").connects("cfd-editor")
    assert "You have no key" in await house.guest("priya").types("/bcdc whoami")
