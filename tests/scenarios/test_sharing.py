"""What is shared reaches the channel, whether the bot is in it or not, and after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import House, open_house

OPEN = "children-in-care-by-community"


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, catalogue.url, catalogue.keys) as house:
        yield house


def public(house: House, channel: str) -> list[str]:
    """What everybody reads in a channel."""
    guest = house.guest("robin")
    return [str(one) for one in guest.messages(channel) if not one.get("is_ephemeral")]


async def test_an_answer_is_shared_where_the_bot_is_not_a_member(house: House) -> None:
    directory = house.slack.workspace.directory
    bot = directory.app.bot_user_id
    channel = next(
        one.id
        for one in directory.channels.values()
        if bot not in one.members and "U0ROBIN" in one.members and one.id.startswith("C")
    )
    robin = house.guest("robin")
    await robin.types(f"/bcdc show-package {OPEN}", channel=channel)
    await robin.presses("bcdc:share", channel=channel)
    assert any("shared this" in one and OPEN in one for one in public(house, channel))


async def test_a_button_works_after_a_restart(house: House) -> None:
    robin = house.guest("robin")
    await robin.types("/bcdc org-tree")
    await house.restart()
    await robin.presses("bcdc:page:next")
    assert "13–24 of 26" in robin.reads()
    await robin.presses("bcdc:share")
    assert any("shared this" in one for one in public(house, "C0CFD"))


async def test_what_became_a_draft_since_is_not_shared(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc show-package {OPEN}")
    catalogue.catalogue.package(OPEN)["publish_state"] = "DRAFT"
    before = len(public(house, "C0CFD"))
    await robin.presses("bcdc:share")
    assert "it was not shared" in robin.reads()
    assert not any("shared this" in one for one in public(house, "C0CFD")[before:])
