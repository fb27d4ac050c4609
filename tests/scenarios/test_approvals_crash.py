"""Decisions of people and the deaths of processes: each counts once, and everybody hears."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.buttons import value_of
from tests.ckan.places import BRANCH, Place, Visit
from tests.databases import driver_url
from tests.house import CHANNEL, Guest, text_of
from tests.outside import OutsideHouse, open_outside, until
from tests.proxy import When

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "3"))
TAKEN_OVER_WITHIN = 10.0
CLICKS = 50
QUIET = 2.0
"""Seconds after which a second message would have come."""

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)


class Request:
    """An editor whose changes wait for an admin."""

    def __init__(self, house: OutsideHouse, visit: Visit, package: Package) -> None:
        self.house = house
        self.visit = visit
        self.package = package
        self.round = 0

    async def opens(self) -> None:
        self.robin = await self.house.connects("robin", "cfd-editor")
        self.priya = await self.house.connects("priya", "cfd-org-admin")
        await self.priya.types(f"/bcdc policy {BRANCH} when:always")
        await until(lambda: "Every change" in self.priya.reads(), "the policy")

    @property
    def wanted(self) -> str:
        return _wanted(self.round)

    async def asks(self) -> None:
        self.round += 1
        await self.robin.types(f'/bcdc patch-package {self.package.name} notes="{self.wanted}"')
        await until(lambda: self.wanted in self.robin.reads(), "the preview")
        await self.robin.presses("bcdc:change:apply")
        await until(self.card, "the card")

    def card(self, guest: Guest | None = None) -> dict[str, Any] | None:
        """The card of this round."""
        shown = (guest or self.priya).direct()
        mine = [one for one in shown if self.wanted in text_of(one["blocks"])]
        assert len(mine) <= 1
        return mine[0] if mine else None

    async def approves(self, guest: Guest | None = None) -> None:
        guest, message = guest or self.priya, self.card(guest)
        channel = self.house.direct_channel(guest.id)
        await guest.presses("bcdc:change:approve", channel=channel, message=message)

    async def is_done(self) -> None:
        """Saved once, told, and the card at its end."""
        await until(lambda: self.told(self.round), "that the editor is told")
        await until(lambda: "and saved" in text_of((self.card() or {})["blocks"]), "the card's end")
        site = self.visit.as_user("bcdc-sysadmin")
        package = await actions.package_show(site, self.package.id)
        assert package.text("notes") == self.wanted
        assert await self.visit.saves(self.package.id) == self.round

    async def stays_done(self) -> None:
        """No round was saved or told a second time."""
        await asyncio.sleep(QUIET)
        assert [self.told(number) for number in range(1, self.round + 1)] == [1] * self.round
        assert await self.visit.saves(self.package.id) == self.round

    def told(self, number: int) -> int:
        """How often the editor was told that what was wanted in that round is saved."""
        texts = [text_of(one["blocks"]) for one in self.robin.direct()]
        return sum(f"→ {_wanted(number)}" in text and "Changed" in text for text in texts)


def _wanted(number: int) -> str:
    return f"Agreed to in round {number}."


@pytest.fixture
async def request_(place: Place, visit: Visit, tmp_path: Path) -> AsyncIterator[Request]:
    async with open_outside(tmp_path, place.url, place.keys) as house:
        request = Request(house, visit, await visit.make())
        await request.opens()
        yield request


@pytest.mark.parametrize(
    ("where", "request_name", "when"),
    [
        pytest.param("at_catalogue", "organization_list_for_user", "before", id="before weighing"),
        pytest.param("at_catalogue", "package_revise", "before", id="before the write is sent"),
        pytest.param("at_catalogue", "package_revise", "after", id="saved, the answer lost"),
        pytest.param("at_slack", "chat.update", "after", id="the card drawn, the answer lost"),
    ],
)
async def test_an_acknowledged_approval_survives_the_death_of_the_bot(
    request_: Request, where: str, request_name: str, when: When
) -> None:
    for _ in range(ROUNDS):
        await request_.asks()
        await request_.house.dies_at(where, request_name, when, request_.approves())
        await request_.is_done()
    await request_.stays_done()


async def test_another_process_takes_over_within_seconds(
    place: Place, visit: Visit, tmp_path: Path, postgres_url: str
) -> None:
    database = {"DATABASE_URL": driver_url(postgres_url)}
    async with open_outside(tmp_path, place.url, place.keys, **database) as house:
        request = Request(house, visit, await visit.make())
        await request.opens()
        first = house.bot
        await request.asks()
        held = house.at_catalogue.hold("package_revise", "after")
        await request.approves()
        await held.reached.wait()
        await house.start_bot()
        await first.kill()
        await until(
            lambda: request.told(request.round), "that the other one goes on", TAKEN_OVER_WITHIN
        )
        await request.is_done()
        await request.stays_done()


async def test_fifty_clicks_through_two_processes_are_one_write_and_all_are_answered(
    place: Place, visit: Visit, tmp_path: Path, postgres_url: str
) -> None:
    database = {"DATABASE_URL": driver_url(postgres_url)}
    async with open_outside(tmp_path, place.url, place.keys, roles=("", ""), **database) as house:
        request = Request(house, visit, await visit.make())
        await request.opens()
        alex = await house.connects("alex", "cfd-ministry-admin")
        members = house.slack.workspace.directory.channels[CHANNEL].members
        members.add("U0JORDAN")
        jordan = await house.connects("jordan", "forests-editor")
        await request.asks()
        card = request.card()
        assert card
        value = value_of(card["blocks"], "bcdc:change:approve")
        guests = (request.priya, alex, jordan, request.robin)
        answered = {guest.id: len(guest.messages()) for guest in guests}
        clicks = {guest.id: 0 for guest in guests}
        work = []
        for number in range(CLICKS):
            guest = guests[number % len(guests)]
            clicks[guest.id] += 1
            work.append(guest.forges("bcdc:change:approve", value))
        await asyncio.gather(*work)
        for guest in guests:
            wanted = answered[guest.id] + clicks[guest.id]
            await until(
                lambda guest=guest, wanted=wanted: len(guest.messages()) >= wanted,
                f"that each click of {guest.id} is answered",
            )
        await request.is_done()
        await request.stays_done()
        assert house.at_catalogue.forwarded["package_revise"] == 1
