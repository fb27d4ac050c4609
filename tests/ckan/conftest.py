"""Catalogues to run the same tests against: the sandbox's, and the real ones that are there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.ckan.transport import Transport
from sandbox.catalogue import start
from tests.ckan.places import Place, Visit

PLACES = [
    "sandbox as 2.9",
    "sandbox as 2.12",
    pytest.param("CKAN 2.9", marks=pytest.mark.catalogue_29),
    pytest.param("CKAN 2.12", marks=pytest.mark.catalogue),
]


@pytest.fixture(params=PLACES)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    match request.param.split():
        case ["CKAN", "2.9"]:
            yield Place.from_env("2.9", request.getfixturevalue("catalogue_29_env"))
        case ["CKAN", "2.12"]:
            yield Place.from_env("2.12", request.getfixturevalue("catalogue_env"))
        case [_, _, generation]:
            running = await start(generation=generation)
            yield Place(generation, running.url, running.keys)
            await running.stop()


@pytest.fixture
async def visit(place: Place) -> AsyncIterator[Visit]:
    async with Transport({"here": place.url}) as transport:
        visit = Visit(place, transport, [])
        yield visit
        await visit.clear()
