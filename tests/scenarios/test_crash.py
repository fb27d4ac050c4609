"""`kill -9` at the worst moments: a change is applied once or not at all, and its person is told.

CRASH_ROUNDS=20 makes it a long run.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, stored
from tests.databases import driver_url
from tests.house import Guest, text_of
from tests.outside import OutsideHouse, open_outside, until
from tests.proxy import When, slow

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "3"))
TAKEN_OVER_WITHIN = 10.0
REPEATED = "it may stand here twice"

one_catalogue = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
real_catalogues = pytest.mark.parametrize(
    "place",
    [
        pytest.param("CKAN 2.9", marks=pytest.mark.catalogue_29),
        pytest.param("CKAN 2.12", marks=pytest.mark.catalogue),
    ],
    indirect=True,
)


@pytest.fixture
async def house(place: Place, tmp_path: Path) -> AsyncIterator[OutsideHouse]:
    async with open_outside(tmp_path, place.url, place.keys) as house:
        yield house


class Walk:
    """An editor who patches one resource again and again, while the bot is killed."""

    def __init__(self, house: OutsideHouse, visit: Visit, package: Package, robin: Guest) -> None:
        self.house = house
        self.visit = visit
        self.package = package
        self.robin = robin
        self.round = 0

    @property
    def wanted(self) -> str:
        return f"As wanted in round {self.round}"

    async def previews(self) -> None:
        """Ask for one more change of the second resource."""
        self.round += 1
        resource = self.package.resources[1]
        await self.robin.types(f'/bcdc patch-resource {resource.id} description="{self.wanted}"')
        await until(lambda: self.wanted in self.robin.reads(), "the preview")

    async def applies(self) -> None:
        await self.robin.presses("bcdc:change:apply")

    async def dies_and_comes_back(self) -> None:
        await self.house.bot.kill()
        await self.house.start_bot()

    def told(self) -> list[str]:
        """The messages about this round's change, to whomever."""
        texts = [text_of(message["blocks"]) for message in self.robin.direct()]
        return [text for text in texts if self.wanted in text]

    async def description(self) -> str:
        package = await actions.package_show(self.visit.as_user("cfd-editor"), self.package.id)
        expected = stored(self.package)
        now = stored(package)
        description = now["resources"][1]["description"]
        expected["resources"][1]["description"] = description
        assert now == expected, "something else was changed"
        return str(description)

    async def is_told_once(self) -> None:
        await until(self.told, "that the person is told")
        assert "Changed:" in self.told()[0]
        assert len(self.told()) == 1

    async def was_applied_once(self) -> None:
        assert await self.description() == self.wanted
        assert await self.visit.saves(self.package.id) == self.round


@pytest.fixture
async def walk(house: OutsideHouse, visit: Visit) -> Walk:
    robin = await house.connects("robin", "cfd-editor")
    return Walk(house, visit, await visit.make(), robin)


@one_catalogue
@pytest.mark.parametrize(
    ("where", "request_name", "when"),
    [
        pytest.param("at_catalogue", "whoami", "before", id="before the key is checked"),
        pytest.param("at_catalogue", "package_show", "before", id="before the record is read"),
        pytest.param("at_catalogue", "package_revise", "before", id="before the write is sent"),
        pytest.param("at_catalogue", "package_revise", "after", id="committed, the answer lost"),
        pytest.param("at_slack", "chat.postMessage", "before", id="before the confirmation"),
    ],
)
async def test_a_change_is_applied_once_and_told_once(
    walk: Walk, where: str, request_name: str, when: When
) -> None:
    for _ in range(ROUNDS):
        await walk.previews()
        await walk.house.dies_at(where, request_name, when, walk.applies())
        await walk.is_told_once()
        await walk.was_applied_once()


@one_catalogue
@pytest.mark.parametrize("seconds", [0.5, 4.0])
async def test_a_write_that_is_under_way_when_the_bot_dies_happens_once(
    walk: Walk, seconds: float
) -> None:
    for _ in range(ROUNDS):
        await _write_late(walk, seconds)


async def _write_late(walk: Walk, seconds: float) -> None:
    await walk.previews()
    proxy = walk.house.at_catalogue
    before = proxy.requests["package_revise"]
    # It reaches the catalogue after the bot has died, or even after its successor has written.
    proxy.fault("package_revise", slow(seconds), times=1)
    await walk.applies()
    await until(lambda: proxy.requests["package_revise"] > before, "the write")
    await walk.dies_and_comes_back()
    await walk.is_told_once()
    await until(
        lambda: proxy.forwarded["package_revise"] == proxy.requests["package_revise"],
        "that the late write has arrived",
    )
    await walk.was_applied_once()


@one_catalogue
async def test_a_confirmation_that_slack_has_and_the_bot_forgot_is_marked_as_repeated(
    walk: Walk,
) -> None:
    for _ in range(ROUNDS):
        await walk.previews()
        held = walk.house.at_slack.hold("chat.postMessage", "after")
        await walk.applies()
        await held.reached.wait()
        await walk.dies_and_comes_back()
        await until(lambda: len(walk.told()) == 2, "that it is told again")
        first, second = walk.told()
        assert REPEATED not in first
        assert REPEATED in second
        await walk.was_applied_once()


@real_catalogues
async def test_a_real_catalogue_is_written_to_once(walk: Walk) -> None:
    for when in ("before", "after"):
        await walk.previews()
        held = walk.house.at_catalogue.hold("package_revise", when)
        await walk.applies()
        await held.reached.wait()
        await walk.dies_and_comes_back()
        await walk.is_told_once()
        await walk.was_applied_once()


@one_catalogue
async def test_another_process_takes_over_from_a_dead_one(
    place: Place, visit: Visit, tmp_path: Path, postgres_url: str
) -> None:
    database = {"DATABASE_URL": driver_url(postgres_url)}
    async with open_outside(tmp_path, place.url, place.keys, **database) as house:
        robin = await house.connects("robin", "cfd-editor")
        walk = Walk(house, visit, await visit.make(), robin)
        first = house.bot
        await walk.previews()
        held = house.at_catalogue.hold("package_revise", "after")
        await walk.applies()
        await held.reached.wait()
        await house.start_bot()
        await first.kill()
        await until(walk.told, "that the other one tells", TAKEN_OVER_WITHIN)
        await walk.is_told_once()
        await walk.was_applied_once()


@one_catalogue
async def test_what_somebody_else_changed_meanwhile_is_left_alone_and_told(walk: Walk) -> None:
    await walk.previews()
    held = walk.house.at_catalogue.hold("package_revise", "before")
    await walk.applies()
    await held.reached.wait()
    await walk.house.bot.kill()
    theirs = {f"update__resources__{walk.package.resources[1].id}__description": "Theirs"}
    admin = walk.visit.as_user("cfd-org-admin")
    await admin.write("package_revise", {"match": {"id": walk.package.id}, **theirs})
    await walk.house.start_bot()
    await until(walk.told, "that the person is told")
    # The bot cannot know whether its own write came first.
    assert "Somebody changed “Second” at the same moment." in walk.told()[0]
    assert "look at it before you try again" in walk.told()[0]
    assert await walk.description() == "Theirs"
    assert len(walk.told()) == 1
