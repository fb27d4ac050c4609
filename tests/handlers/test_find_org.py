from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import House

BRANCH = "information-management-cfd"


async def test_an_exact_name_comes_first_with_its_id_and_parent(
    house: House, catalogue: RunningCatalogue
) -> None:
    said = await house.guest("dana").types(f"/bcdc find-org {BRANCH}")
    assert catalogue.catalogue.organization(BRANCH).id in said
    assert "Information Management - CFD" in said
    assert "Ministry of Children and Family Development" in said
    assert "/bcdc connect" in said


@pytest.mark.parametrize(
    ("who", "key", "role"),
    [
        ("robin", "cfd-editor", "Editor"),
        ("priya", "cfd-org-admin", "Admin"),
        ("alex", "cfd-ministry-admin", "Admin"),
        ("jordan", "forests-editor", ""),
        ("sam", "cfd-member", ""),
    ],
)
async def test_each_person_sees_the_own_role(house: House, who: str, key: str, role: str) -> None:
    guest = house.guest(who)
    await guest.connects(key)
    said = await guest.types(f"/bcdc find-org {BRANCH}")
    assert ("Your role" in said) == bool(role)
    assert role in said


async def test_two_branches_of_one_title_are_told_apart_by_their_ministries(house: House) -> None:
    said = await house.guest("robin").types("/bcdc find-org strategic services")
    assert "strategic-services-cfd" in said
    assert "strategic-services-for" in said
    assert "Ministry of Children and Family Development" in said
    assert "Ministry of Forests" in said


@pytest.mark.parametrize(
    "typed",
    [
        "ministry of citizens' services",
        "Ministry of Citizens’ Services",
        "“Ministry of Citizens’ Services”",
        "ministry–of–citizens–services",
    ],
)
async def test_apostrophes_and_quotes_of_any_keyboard_are_understood(
    house: House, typed: str
) -> None:
    said = await house.guest("dana").types(f"/bcdc find-org {typed}")
    assert "ministry-of-citizens-services" in said


async def test_an_ampersand_arrives_as_it_was_typed(house: House) -> None:
    assert "procurement-services" in await house.guest("dana").types(
        "/bcdc find-org procurement & supply"
    )


async def test_a_link_to_an_organization_is_understood(
    house: House, catalogue: RunningCatalogue
) -> None:
    said = await house.guest("dana").types(f"/bcdc find-org {catalogue.url}/organization/geobc")
    assert catalogue.catalogue.organization("geobc").id in said
    assert "databc" not in said


async def test_nothing_found_is_said_with_what_was_typed(house: House) -> None:
    said = await house.guest("dana").types("/bcdc find-org <!channel> *zzz*")
    assert "No organization matches" in said
    assert "*zzz*" in said


async def test_what_people_typed_is_shown_and_does_nothing(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc find-org @here zzzz")
    assert "mrkdwn" not in str(dana.messages()[-1]["blocks"])


async def test_a_new_organization_is_found_although_the_tree_was_read_before(
    house: House, catalogue: RunningCatalogue
) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc find-org geobc")
    made = catalogue.catalogue.add_organization("brand-new-branch", "Brand New Branch")
    assert made.id in await dana.types("/bcdc find-org brand-new-branch")
