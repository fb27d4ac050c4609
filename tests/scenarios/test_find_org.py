"""Every organization is found by its name, its title and a part of it, with CKAN's own id."""

from __future__ import annotations

import aiohttp
import pytest

from tests.ckan.places import Place
from tests.house import House

pytestmark = pytest.mark.parametrize("delivery", ["socket", "http"], indirect=True)


async def _organizations(place: Place) -> list[dict[str, str]]:
    """Every organization, asked of CKAN without any code of the bot."""
    url = f"{place.url}/api/3/action/organization_list"
    found: list[dict[str, str]] = []
    async with aiohttp.ClientSession() as session:
        while True:
            asked = {"all_fields": "true", "limit": "25", "offset": str(len(found))}
            async with session.get(url, params=asked) as answer:
                page = (await answer.json())["result"]
            found += page
            if len(page) < 25:
                return found


def _longest_word(title: str) -> str:
    return max(title.replace("'", " ").split(), key=len)


async def test_each_is_found_with_the_id_that_ckan_gives(house: House, place: Place) -> None:
    robin = house.guest("robin")
    organizations = await _organizations(place)
    assert len(organizations) > 20
    for organization in organizations:
        title = organization["title"]
        assert organization["id"] in await robin.types(f"/bcdc find-org {organization['name']}")
        assert organization["id"] in await robin.types(
            f"/bcdc find-org {title.replace(chr(39), '’')}"
        )
        told = await robin.types(f"/bcdc find-org {_longest_word(title)}")
        sharing = [
            one for one in organizations if _longest_word(title).lower() in one["title"].lower()
        ]
        if len(sharing) <= 8:
            assert organization["id"] in told
