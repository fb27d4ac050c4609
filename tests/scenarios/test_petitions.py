"""What somebody asks of the admins in the catalogue itself, which waits here on the same card."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit
from tests.house import CHANNEL, Guest, House, text_of
from tests.scenarios.test_teams import NOT_OPEN, known, revise, searchable
from tests.scenarios.test_teams_allowed import allows, looked


@pytest.fixture
def delivery() -> str:
    return "socket"


@pytest.fixture
async def alex(house: House, place: Place) -> Guest:
    """An admin who lets the bot look."""
    await known(house)
    return await allows(house, CHANNEL)


def cards(guest: Guest, package: Package) -> list[dict[str, Any]]:
    return [one for one in guest.direct() if package.title in one["text"]]


async def state_of(visit: Visit, package: Package) -> str:
    return (await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)).publish_state


async def test_who_asks_in_the_catalogue_gets_the_same_card_decided_by_an_admin(
    house: House, alex: Guest, visit: Visit
) -> None:
    package = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    await revise(visit, package, "cfd-editor", publish_state="PENDING PUBLISH")
    await looked(house)
    await looked(house)
    (card,) = cards(alex, package)
    told = text_of(card["blocks"])
    assert "cfd-editor" in told
    assert "asks to move this to Published" in told
    assert "cannot tell the one who asked" in told
    channel = house.direct_channel(alex.id)
    await alex.presses("bcdc:change:ask", message=card, channel=channel)
    assert "cannot tell the one who asked" in alex.reads()
    await alex.closes()
    await alex.presses("bcdc:change:approve", message=card, channel=channel)
    assert await state_of(visit, package) == "PUBLISHED"
    (card,) = cards(alex, package)
    assert "and saved" in text_of(card["blocks"])
    assert "bcdc:change:approve" not in str(card)


async def test_who_asks_there_and_is_known_here_reads_why_not(
    house: House, alex: Guest, visit: Visit
) -> None:
    package = await searchable(visit, await visit.publish(await visit.make(license_id=NOT_OPEN)))
    await looked(house)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await revise(visit, package, "cfd-editor", publish_state="PENDING ARCHIVE")
    await looked(house)
    (card,) = cards(alex, package)
    assert "@U0ROBIN" in text_of(card["blocks"])
    channel = house.direct_channel(alex.id)
    await alex.presses("bcdc:change:reject", message=card, channel=channel)
    await alex.fills(reason="People still need it.")
    assert "People still need it." in text_of(robin.direct()[-1]["blocks"])
    assert await state_of(visit, package) == "PENDING ARCHIVE"


async def test_what_is_settled_in_the_catalogue_needs_no_decision_here(
    house: House, alex: Guest, visit: Visit
) -> None:
    package = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    await revise(visit, package, "cfd-editor", publish_state="PENDING PUBLISH")
    await looked(house)
    await revise(visit, package, "bcdc-sysadmin", publish_state="DRAFT")
    await looked(house)
    (card,) = cards(alex, package)
    assert "moved to another state meanwhile" in text_of(card["blocks"])
    assert "bcdc:change:approve" not in str(card)
