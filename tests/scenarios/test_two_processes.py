"""One process hears Slack and another does the work, over one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, stored
from tests.databases import driver_url
from tests.house import CHANNEL, Guest, text_of
from tests.outside import BotProcess, OutsideHouse, open_outside, until

APPLY = "bcdc:change:apply"
QUIET = 2.0
"""Seconds after which a second message would have come: several rounds of every process."""

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)


@dataclass(slots=True)
class Firm:
    """A bot in several processes, and an editor who changes a public record."""

    house: OutsideHouse
    visit: Visit
    package: Package
    robin: Guest
    saves: int = 2

    def process(self, role: str) -> BotProcess:
        return next(one for one in reversed(self.house.bots) if one.role == role)

    async def previews(self, wanted: str) -> None:
        resource = self.package.resources[1]
        await self.robin.types(f'/bcdc patch-resource {resource.id} description="{wanted}"')
        await until(lambda: wanted in self.robin.reads(), "the preview")

    async def applies(self) -> None:
        """Press Apply, and look that the click was taken."""
        await self.robin.presses(APPLY)
        self.saves += 1

    def told(self, wanted: str) -> list[str]:
        """What the channel was told of it."""
        texts = [text_of(one["blocks"]) for one in self.house.guest("priya").messages(CHANNEL)]
        return [text for text in texts if wanted in text and "Changed" in text]

    async def is_done_and_told_once(self, wanted: str) -> None:
        await until(lambda: self.told(wanted), "that the channel is told")
        await asyncio.sleep(QUIET)
        assert len(self.told(wanted)) == 1
        after = await actions.package_show(self.visit.as_user("cfd-editor"), self.package.id)
        expected = stored(self.package)
        expected["resources"][1]["description"] = wanted
        assert stored(after) == expected
        assert await self.visit.saves(self.package.id) == self.saves


@pytest.fixture(params=[("web", "worker"), ("web", "worker", "worker")], ids=" ".join)
async def firm(
    request: pytest.FixtureRequest, place: Place, visit: Visit, tmp_path: Path, postgres_url: str
) -> AsyncIterator[Firm]:
    # All start at once, on a database without tables.
    async with open_outside(
        tmp_path,
        place.url,
        place.keys,
        roles=request.param,
        DATABASE_URL=driver_url(postgres_url),
    ) as house:
        robin = await house.connects("robin", "cfd-editor")
        yield Firm(house, visit, await visit.publish(await visit.make()), robin)


async def test_a_click_in_one_is_applied_by_the_other_and_told_once(firm: Firm) -> None:
    for wanted in ("Once", "And once more"):
        await firm.previews(wanted)
        await firm.applies()
        await firm.is_done_and_told_once(wanted)


async def test_two_clicks_at_once_are_one_change(firm: Firm) -> None:
    await firm.previews("Pressed twice")
    message = firm.robin.messages()[-1]
    await asyncio.gather(*(firm.robin.presses(APPLY, message=message) for _ in range(3)))
    firm.saves += 1
    await firm.is_done_and_told_once("Pressed twice")


async def test_a_click_waits_for_a_worker_that_is_away(firm: Firm) -> None:
    for bot in firm.house.bots:
        if bot.role == "worker":
            assert await bot.stop() == 0
    await firm.previews("While nobody worked")
    await firm.applies()
    assert firm.told("While nobody worked") == []
    await firm.house.start_bot("worker")
    await firm.is_done_and_told_once("While nobody worked")


async def test_a_worker_told_to_end_finishes_what_it_began(firm: Firm) -> None:
    await firm.previews("Before the end")
    held = firm.house.at_catalogue.hold("package_revise", "after")
    await firm.applies()
    await held.reached.wait()
    ending = [asyncio.create_task(bot.stop()) for bot in firm.house.bots if bot.role == "worker"]
    await asyncio.sleep(0.5)
    held.release()
    assert [await one for one in ending] == [0] * len(ending)
    await until(lambda: firm.told("Before the end"), "that the channel is told")
    await firm.is_done_and_told_once("Before the end")


async def test_a_web_process_told_to_end_loses_no_click(firm: Firm) -> None:
    await firm.previews("At the last moment")
    await firm.applies()
    assert await firm.process("web").stop() == 0
    await firm.house.start_bot("web")
    await firm.is_done_and_told_once("At the last moment")
