"""The largest file passes through the bot and leaves its memory as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit
from tests.files import posts
from tests.house import text_of
from tests.outside import OutsideHouse, open_outside, until

TABLE = b"1,2\n3,4\n"
LARGE = 17_500_000
"""Times the table: 140 MB."""
MOST = 16.0
"""Megabytes over the idle process, for a file of any size."""


@pytest.fixture
async def house(place: Place, tmp_path: Path) -> AsyncIterator[OutsideHouse]:
    async with open_outside(tmp_path, place.url, place.keys) as house:
        yield house


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_the_largest_file_takes_no_more_memory_than_a_small_one(
    house: OutsideHouse, visit: Visit
) -> None:
    package = await visit.make()
    robin = await house.connects("robin", "cfd-editor")
    # Whatever the first file of a process loads, the second finds there.
    await _sends(house, visit, package.name, "Small", TABLE * 10)
    idle = house.bot.memory()
    house.bot.forget_peak()
    await _sends(house, visit, package.name, "Large", TABLE * LARGE)
    peak = house.bot.memory(peak=True)
    now = await actions.package_show(visit.as_user("cfd-editor"), package.id)
    assert [row.raw["size"] for row in now.resources[3:]] == [80, 8 * LARGE]
    assert peak - idle <= MOST
    assert len(robin.direct()) == 2


async def _sends(house: OutsideHouse, visit: Visit, name: str, title: str, content: bytes) -> None:
    """Add a file of a message to the record, and wait until its person is told."""
    robin = house.guest("robin")
    told = len(robin.direct())
    ts = await posts(robin, (f"{title}.csv", content))
    slack = house.slack.workspace
    await slack.message_shortcut(robin.id, "bcdc:create-resource", "C0CFD", ts)
    await until(lambda: robin.view and f"{title}.csv" in robin.reads(), "the question for a record")
    view = robin.view
    assert view
    package = await actions.package_show(visit.as_user("cfd-editor"), name)
    where = {"view_id": view["id"], "block_id": "package_id", "action_id": "value"}
    offered = ""
    while package.id not in offered:
        offered = str(await slack.type_ahead(robin.id, query=package.title, **where))
    await robin.fills(package_id=package.id)
    await until(lambda: "Frequency" in robin.reads(), "the form")
    await robin.fills(name=title, resource_update_cycle="monthly")
    await until(lambda: "You are about to" in robin.reads(), "the preview")
    await robin.presses("bcdc:change:apply")
    await until(lambda: len(robin.direct()) > told, "that the person is told", 120)
    assert "Resource added" in text_of(robin.direct()[-1]["blocks"])
    await robin.closes()
