"""A house over each catalogue there is: the sandbox's, and the real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ckan.conftest import place, visit
from tests.ckan.places import Place
from tests.house import House, open_house

__all__ = ["place", "visit"]


@pytest.fixture
def delivery(request: pytest.FixtureRequest) -> str:
    """How Slack is heard, unless a test says: each generation both ways, once over a real one."""
    if hasattr(request, "param"):
        return str(request.param)
    name = str(request.node.callspec.params.get("place", ""))
    return "http" if name.startswith("CKAN") == name.endswith("2.9") else "socket"


@pytest.fixture
async def house(place: Place, delivery: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, place.url, place.keys, delivery=delivery) as house:
        yield house
