"""The largest file passes through the bot and leaves its memory as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ckan.places import Place, Visit
from tests.files import now
from tests.outside import OutsideHouse, open_outside
from tests.passing import TABLE, TIMES, memory_over_idle

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
    assert await memory_over_idle(house, package) <= MOST
    after = await now(visit, package)
    assert [row.raw["size"] for row in after.resources[3:]] == [len(TABLE), len(TABLE) * TIMES]
