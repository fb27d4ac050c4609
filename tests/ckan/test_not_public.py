"""The search for what is not public finds exactly what the rule says, on every catalogue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from bot.ckan.visibility import NOT_PUBLIC
from tests.ckan.places import ROLES, Visit


async def found(visit: Visit, name: str, fq: str = "") -> dict[str, Package]:
    """The records that this person finds with a filter."""
    site = visit.as_user(name)
    result = await actions.package_search(site, fq=fq, rows=1000, include_private=True)
    assert result.count == len(result.packages)
    return {package.id: package for package in result.packages}


@pytest.mark.parametrize("name", [ROLES["SYSADMIN"], ROLES["EDITOR"], ROLES["MEMBER"]])
@pytest.mark.alone
async def test_what_is_not_public_is_found_and_nothing_else(visit: Visit, name: str) -> None:
    restricted: dict[str, Any] = {"metadata_visibility": "IDIR", "private": True}
    await visit.make()
    await visit.publish(await visit.make(**restricted))
    await visit.publish(await visit.make())
    await visit.searchable()
    async with asyncio.timeout(60):
        # The search is a little behind, and the older CKAN writes it by two processes.
        while not await _agree(visit, name):
            await asyncio.sleep(0.3)


async def _agree(visit: Visit, name: str) -> bool:
    """Whether the search finds exactly what the rule says of all that it finds."""
    everything = await found(visit, name)
    hidden = {key for key, package in everything.items() if not package.is_public}
    assert hidden
    assert hidden != set(everything)
    return set(await found(visit, name, NOT_PUBLIC)) == hidden
