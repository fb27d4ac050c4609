from __future__ import annotations

import pytest

from bot.app import load_commands
from bot.context import Person, Place
from bot.flow.commands.bind import bind
from bot.flow.commands.call import understood
from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House

RECORD = "children-in-care-by-community"
EDIT = f'/bcdc patch-package {RECORD} title="Not to be"'


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


@pytest.fixture
async def alex(house: House) -> Guest:
    return house.guest("alex")


@pytest.mark.parametrize("who", ["@robin", "U0ROBIN"])
async def test_a_suspended_person_reads_and_changes_nothing(
    house: House, robin: Guest, alex: Guest, who: str
) -> None:
    said = await alex.types(f"/bcdc suspend {who} left the ministry")
    assert "This person is suspended." in said
    assert "Person: \n@U0ROBIN" in said
    told = await robin.types(EDIT)
    assert "suspended you since 20" in told
    assert "Their reason: left the ministry" in told
    assert "Children in Care" in await robin.types(f"/bcdc show-package {RECORD}")
    assert "suspended you" in await robin.types(f"/bcdc undo {'0' * 32}")


async def test_an_id_of_any_length_is_a_person(alex: Guest) -> None:
    assert "@U0ED" in await alex.types("/bcdc suspend U0ED left the ministry")


@pytest.mark.parametrize("mention", ["<@U0ROBIN>", "<@U0ROBIN|robin>", "@U0ROBIN", "“@U0ROBIN”"])
async def test_every_way_to_mention_a_person_means_that_person(mention: str) -> None:
    call = understood(load_commands(), f"suspend {mention} why", Person("T1", "U1"), Place("T1"))
    args = bind(call.command, call.words)
    assert args.who.lstrip("@") == "U0ROBIN"
    assert args.reason == "why"


async def test_a_preview_from_before_is_refused_at_the_click(
    house: House, robin: Guest, alex: Guest, catalogue: RunningCatalogue
) -> None:
    await robin.types(EDIT)
    await alex.types("/bcdc suspend @robin")
    await robin.presses("bcdc:change:apply")
    assert "suspended you" in robin.reads()
    assert catalogue.catalogue.package(RECORD)["title"] != "Not to be"
    assert "no longer suspended" in await alex.types("/bcdc suspend @robin off")
    await robin.types(EDIT)
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(RECORD)["title"] == "Not to be"


async def test_what_was_applied_before_and_waits_fails_with_the_reason(
    house: House, robin: Guest, alex: Guest, catalogue: RunningCatalogue
) -> None:
    await alex.types("/bcdc pause")
    await robin.types(EDIT)
    await robin.presses("bcdc:change:apply")
    await alex.types("/bcdc suspend @robin left the ministry")
    await alex.types("/bcdc resume")
    assert catalogue.catalogue.package(RECORD)["title"] != "Not to be"
    told = str(robin.direct()[-1]["blocks"])
    assert "Nothing was changed." in told
    assert "left the ministry" in told


async def test_nobody_changes_the_records_of_a_suspended_organization(
    house: House, robin: Guest, alex: Guest, catalogue: RunningCatalogue
) -> None:
    await robin.types(EDIT)
    said = await alex.types("/bcdc suspend information-management-cfd it is being merged")
    assert "is suspended." in said
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(RECORD)["title"] != "Not to be"
    told = await robin.types(EDIT)
    assert "nobody changes its records here" in told
    assert "it is being merged" in told
    assert "Information Management" in told


async def test_the_list_tells_who_is_suspended_since_when_and_why(alex: Guest) -> None:
    assert "Nobody is suspended." in await alex.types("/bcdc suspend")
    await alex.types("/bcdc suspend @casey left the ministry")
    await alex.types("/bcdc suspend geobc")
    said = await alex.types("/bcdc suspend")
    assert "2 suspensions" in said
    assert "@U0CASEY" in said
    assert "Reason: \nleft the ministry" in said
    assert "GeoBC" in said
    assert "was suspended already" in await alex.types("/bcdc suspend geobc")
    assert "was not suspended" in await alex.types("/bcdc suspend @robin off")


async def test_an_unknown_name_and_oneself_are_refused(alex: Guest) -> None:
    assert "There is nobody here called @nobody" in await alex.types("/bcdc suspend @nobody")
    assert "That is you" in await alex.types("/bcdc suspend @alex")


async def test_a_suspended_operator_may_not_end_it(house: House, robin: Guest) -> None:
    assert "Only the people who run this bot" in await robin.types("/bcdc suspend @casey")


async def test_a_suspended_person_may_still_forget_the_own_key(
    house: House, robin: Guest, alex: Guest
) -> None:
    await alex.types("/bcdc suspend @robin")
    assert "is forgotten" in await robin.types("/bcdc disconnect")
