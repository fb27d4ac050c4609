"""A house over the sandbox's catalogue, whose records a test may add to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import CHANNEL, House, open_house


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    # Alex runs the bot.
    async with open_house(tmp_path, catalogue.url, catalogue.keys, BOT_ADMINS="U0ALEX") as house:
        directory = house.slack.workspace.directory
        # So that a test may let anybody ask where the guests of a house ask.
        directory.channels[CHANNEL].members.update(directory.people)
        yield house
