"""A file of the largest size on its way through a bot in a process of its own."""

from __future__ import annotations

from typing import Final

from bot.ckan.models import Package
from tests.files import posts
from tests.house import text_of
from tests.outside import OutsideHouse, until

TABLE: Final = b"1,2\n3,4\n"
TIMES: Final = 17_500_000
"""Of the table: 140 MB."""


async def memory_over_idle(house: OutsideHouse, package: Package) -> float:
    """The megabytes that the bot takes at most over what it took before, while 140 MB pass.

    Robin, who may edit the record, gets two new resources there.
    """
    await house.connects("robin", "cfd-editor")
    # Whatever the first file of a process loads, the second finds there.
    await _sends(house, package, "Small", TABLE)
    idle = house.bot.memory()
    house.bot.forget_peak()
    await _sends(house, package, "Large", TABLE * TIMES)
    return house.bot.memory(peak=True) - idle


async def _sends(house: OutsideHouse, package: Package, title: str, content: bytes) -> None:
    """Add a file of a message to the record, and wait until its person is told."""
    robin, slack = house.guest("robin"), house.slack.workspace
    told = len(robin.direct())
    ts = await posts(robin, (f"{title}.csv", content))
    await slack.message_shortcut(robin.id, "bcdc:create-resource", "C0CFD", ts)
    await until(lambda: robin.view and f"{title}.csv" in robin.reads(), "the question for a record")
    view = robin.view
    assert view
    where = {"view_id": view["id"], "block_id": "package_id", "action_id": "value"}
    offered = ""
    while package.id not in offered:
        offered = str(await slack.type_ahead(robin.id, query=package.title, **where))
    await robin.fills(package_id=package.id)
    await until(lambda: "Frequency" in robin.reads(), "the form")
    await robin.fills(name=title, resource_update_cycle="monthly")
    await until(lambda: "You are about to" in robin.reads(), "the preview")
    await robin.presses("bcdc:change:apply")
    await until(lambda: len(robin.direct()) > told, "that the person is told", 300)
    assert "Resource added" in text_of(robin.direct()[-1]["blocks"])
    await robin.closes()
