"""A house over each catalogue there is: the sandbox's, and the real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ckan.conftest import place, visit
from tests.ckan.places import Place
from tests.house import House, open_house

__all__ = ["place", "visit"]


@pytest.fixture(params=["socket", "http"])
def delivery(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def house(place: Place, delivery: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, place.url, place.keys, delivery=delivery) as house:
        yield house
