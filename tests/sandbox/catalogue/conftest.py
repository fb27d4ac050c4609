"""A catalogue that serves, and a way to call it as one of its people over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.catalogue import RunningCatalogue, start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True, slots=True)
class Answer:
    """What an action answered: the status and the body, JSON where it is JSON."""

    status: int
    body: Any

    @property
    def result(self) -> Any:
        assert self.status == 200, self.body
        return self.body["result"]

    @property
    def error(self) -> Any:
        """What was refused, without CKAN's name for the kind of error."""
        assert self.body["success"] is False
        return {key: value for key, value in self.body["error"].items() if key != "__type"}

    @property
    def kind(self) -> Any:
        return self.body["error"]["__type"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls actions of one catalogue as whomever a test names, nobody by default."""

    running: RunningCatalogue
    session: aiohttp.ClientSession

    def key(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        return {"Authorization": self.running.catalogue.person(who).api_key}

    async def __call__(self, ckan_action: str, who: str | None = None, **args: Any) -> Answer:
        return await self.post(ckan_action, who, json=args)

    async def post(self, ckan_action: str, who: str | None = None, **how: Any) -> Answer:
        url = f"{self.running.url}/api/3/action/{ckan_action}"
        async with self.session.post(url, headers=self.key(who), **how) as response:
            return Answer(response.status, await response.json())

    async def get(self, path: str, **how: Any) -> tuple[int, str]:
        async with self.session.get(self.running.url + path, **how) as response:
            return response.status, await response.text()

    async def revise(self, who: str | None, name: str, **parts: Any) -> Answer:
        """Revise the record of this name."""
        return await self("package_revise", who, match__name=name, **parts)


@pytest.fixture
async def newer() -> AsyncIterator[RunningCatalogue]:
    catalogue = await start(generation="2.12")
    yield catalogue
    await catalogue.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def call(catalogue: RunningCatalogue, session: aiohttp.ClientSession) -> Caller:
    return Caller(catalogue, session)


@pytest.fixture
def call_newer(newer: RunningCatalogue, session: aiohttp.ClientSession) -> Caller:
    return Caller(newer, session)
