"""`kill -9` while a channel is told: nothing is lost, only the message on its way may repeat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ckan.models import Package
from tests.ckan.places import Place, Visit
from tests.house import Guest, text_of
from tests.outside import OutsideHouse, open_outside, until
from tests.proxy import When

HERE, ELSEWHERE = "C0PUBLISHING", "C0CFD"
NOT_OPEN = "22"
REPEATED = "it may stand here twice"

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)


@pytest.fixture
async def house(place: Place, tmp_path: Path) -> AsyncIterator[OutsideHouse]:
    async with open_outside(tmp_path, place.url, place.keys) as house:
        yield house


@pytest.fixture
async def robin(house: OutsideHouse) -> Guest:
    robin = await house.connects("robin", "cfd-editor")
    await robin.types("/bcdc subscribe org:information-management-cfd", HERE)
    await until(lambda: "This channel now hears" in robin.reads(HERE), "that it is subscribed")
    return robin


def told(robin: Guest, wanted: str) -> list[str]:
    shown = [one for one in robin.messages(HERE) if not one["ephemeral"]]
    texts = [text_of(one["blocks"]) for one in shown]
    return [text for text in texts if wanted in text]


async def change(robin: Guest, package: Package, field: str, value: str) -> None:
    await robin.types(f'/bcdc patch-package {package.name} {field}="{value}"', ELSEWHERE)
    await until(lambda: value in robin.reads(ELSEWHERE), "the preview")
    await robin.presses("bcdc:change:apply", channel=ELSEWHERE)


@pytest.mark.parametrize(
    ("when", "most"),
    [
        pytest.param("before", 1, id="before Slack has it"),
        pytest.param("after", 2, id="Slack has it, its answer is lost"),
    ],
)
async def test_a_card_on_its_way_is_told_and_a_second_one_says_so(
    house: OutsideHouse, visit: Visit, robin: Guest, when: When, most: int
) -> None:
    package = await visit.publish(await visit.make(license_id=NOT_OPEN))
    # The first message is the confirmation, where it was asked for.
    await change(robin, package, "purpose", "Told after a crash.")
    await until(lambda: "Changed" in robin.reads(ELSEWHERE), "the confirmation")
    gate = house.at_slack.hold("chat.postMessage", when)
    await until(gate.reached.is_set, "that the card is on its way")
    await house.bot.kill()
    await house.start_bot()
    await until(lambda: told(robin, package.title), "that the channel is told")
    await change(robin, package, "lineage_statement", "Told after that.")
    await until(lambda: told(robin, "Lineage"), "that the channel is told of the next")
    cards = told(robin, package.title)
    assert 1 <= len(cards) <= most
    assert sum(REPEATED in text for text in cards) <= most - 1


async def test_what_happened_while_nobody_could_tell_is_told_later(
    house: OutsideHouse, visit: Visit, robin: Guest
) -> None:
    package = await visit.publish(await visit.make(license_id=NOT_OPEN))
    house.slack.workspace.faults.rate_limit("chat.postMessage", retry_after=2, times=6)
    await change(robin, package, "purpose", "Told although Slack is busy.")
    await house.bot.kill()
    await house.start_bot()
    await until(lambda: told(robin, package.title), "that the channel is told")
    assert len(told(robin, package.title)) == 1
