"""A record goes from one organization to another, where its person may edit in both."""

from __future__ import annotations

import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit
from tests.house import Guest, House

APPLY = "bcdc:change:apply"
OTHER = "geobc"


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def owner(visit: Visit, package_id: str) -> str:
    return (await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)).owner_org


def offered(guest: Guest) -> list[str]:
    """The organizations that may publish the record."""
    assert guest.view
    (block,) = (one for one in guest.view["blocks"] if one["block_id"] == "owner_org")
    return [option["value"] for option in block["element"]["options"]]


async def test_a_form_moves_a_record_and_undo_moves_it_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(by="data-steward")
    there = await visit.organization_id(OTHER)
    mei = house.guest("mei")
    await mei.connects("data-steward")
    await mei.types(f"/bcdc patch-package {package.name}")
    assert {package.owner_org, there} < set(offered(mei))
    assert await mei.fills(owner_org=there) == {}
    await mei.presses("bcdc:form:preview")
    assert "both have to agree in writing" in mei.reads()
    assert "GeoBC" in mei.reads()
    await mei.presses(APPLY)
    assert await owner(visit, package.id) == there

    await mei.closes()
    told = mei.direct()[-1]
    await mei.presses("bcdc:change:undo", channel=house.direct_channel(mei.id), message=told)
    await mei.presses(APPLY)
    assert await owner(visit, package.id) == package.owner_org


@pytest.mark.parametrize("called", [OTHER, "GeoBC"])
async def test_words_name_the_organization_as_people_do(
    house: House, place: Place, visit: Visit, called: str
) -> None:
    package = await visit.make(by="data-steward")
    mei = house.guest("mei")
    await mei.connects("data-steward")
    await mei.types(f"/bcdc patch-package {package.name} owner_org={called}")
    await mei.presses(APPLY)
    assert await owner(visit, package.id) == await visit.organization_id(OTHER)


async def test_an_organization_where_one_may_create_nothing_is_no_choice(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    there = await visit.organization_id(OTHER)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = await robin.types(f"/bcdc patch-package {package.name} owner_org={there}")
    assert "is not a choice of “Published By”" in said
    await robin.types(f"/bcdc patch-package {package.name}")
    assert offered(robin) == [package.owner_org]
    assert await owner(visit, package.id) == package.owner_org


async def test_who_lost_the_old_organization_cannot_move_the_record_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(owner_org=await visit.organization_id(OTHER), by="data-steward")
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    mine = await visit.organization_id()
    said = await robin.types(f"/bcdc patch-package {package.id} owner_org={mine}")
    assert "You may not change this record" in said or "There is no record" in said
    assert await owner(visit, package.id) == package.owner_org
