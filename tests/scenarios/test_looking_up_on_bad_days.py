"""A catalogue that is down, hangs or answers with a web page: each verb says what it knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.context import Person
from sandbox.catalogue import RunningCatalogue
from tests.house import CHANNEL, Guest, House, open_house
from tests.proxy import ANY, Fault, FaultProxy, abort, page, status, truncated

OPEN = "children-in-care-by-community"
DRAFT = "youth-transition-agreements"
BRANCH = "information-management-cfd"
RESOURCE = "19a9481e-cff2-5340-b4c0-b2ee30dbed0c"
"""The first resource of the open record."""


@dataclass(frozen=True, slots=True)
class Far:
    house: House
    catalogue: RunningCatalogue
    proxy: FaultProxy


@pytest.fixture
async def far(catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Far]:
    """A house whose catalogue is behind a proxy, and whose index is filled."""
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        directory = house.slack.workspace.directory
        directory.channels[CHANNEL].members.update(directory.people)
        await house.indexed()
        yield Far(house, catalogue, proxy)


async def all_at_once(guest: Guest, verbs: Sequence[str]) -> list[str]:
    """What each of these says, typed in channels of their own: each waits for the catalogue."""
    directory = guest.house.slack.workspace.directory
    rooms = [directory.add_channel(f"room-{n}", {guest.id}) for n, _verb in enumerate(verbs)]
    return await asyncio.gather(
        *(guest.types(f"/bcdc {verb}", room.id) for verb, room in zip(verbs, rooms, strict=True))
    )


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (abort(), "cannot be reached"),
        (truncated(), "cannot be reached"),
        (status(502), "not available right now"),
        (page(200), "web page"),
    ],
    ids=["down", "half an answer", "502", "HTML"],
)
async def test_each_verb_says_what_it_knows_and_what_to_do(
    far: Far, fault: Fault, why: str
) -> None:
    dana, robin = far.house.guest("dana"), far.house.guest("robin")
    await robin.connects("cfd-editor")
    for verb in ("org-tree", "schema package title", f"find-org {BRANCH}"):
        await dana.types(f"/bcdc {verb}")
    caches = far.house.bot._caches  # noqa: SLF001  # as if the time had passed for which they hold
    caches.organizations.forget("test")
    caches.schemas.forget("test")
    far.proxy.fault(ANY, fault)
    known = {
        "find-package children care": OPEN,
        f"show-package {OPEN}": "Children in Care by Community",
        f"list-resources {OPEN}": OPEN,
        f"list-packages {BRANCH}": OPEN,
        "org-tree": BRANCH,
        f"find-org {BRANCH}": BRANCH,
        "schema package title": "Mandatory",
    }
    for verb, said in zip(known, await all_at_once(dana, list(known)), strict=True):
        assert known[verb] in said, verb
        assert "minute ago" in said, verb
        assert "try again" in said.lower(), verb
    # Of these the bot keeps nothing, so it says why and what to do.
    unknown = (f"show-resource {RESOURCE}", f"who {BRANCH}", "show-package no-such-record-at-all")
    for verb, said in zip(unknown, await all_at_once(robin, unknown), strict=True):
        assert why in said, verb
        assert "again" in said, verb
    assert why in await dana.types("/bcdc status")


async def test_what_is_remembered_of_drafts_is_for_their_editors_alone(far: Far) -> None:
    robin, dana = far.house.guest("robin"), far.house.guest("dana")
    await robin.connects("cfd-editor")
    team = far.house.slack.workspace.directory.team_id
    await far.house.bot.own_parts.of(Person(team, robin.id), "test")
    far.proxy.fault(ANY, abort())
    assert DRAFT in await robin.types("/bcdc find-package youth transition")
    assert DRAFT not in await dana.types("/bcdc find-package youth transition")


async def test_a_slow_catalogue_is_waited_for_and_that_is_said(far: Far) -> None:
    dana = far.house.guest("dana")
    gate = far.proxy.hold("package_show", "before")
    asking = asyncio.create_task(dana.types(f"/bcdc show-package {OPEN}"))
    async with asyncio.timeout(60):
        while "Working on it…" not in dana.reads():
            await asyncio.sleep(0.05)
    gate.release()
    assert OPEN in await asking


async def test_a_page_that_fails_can_be_tried_again(far: Far) -> None:
    dana = far.house.guest("dana")
    await dana.types("/bcdc org-tree")
    caches = far.house.bot._caches  # noqa: SLF001  # as of a bot that has just started
    caches.organizations.forget("test")
    caches.organizations._last.clear()  # noqa: SLF001  # as above
    far.proxy.fault("organization_or_group_list_related", status(502), times=4)
    await dana.presses("bcdc:page:next")
    assert "Try again" in dana.reads()
    await dana.presses("bcdc:page:next")
    assert "13–24 of 26" in dana.reads()


async def test_a_mistyped_title_is_told_with_what_is_near(far: Far) -> None:
    dana = far.house.guest("dana")
    said = await dana.types("/bcdc show-package Childern in Care by Comunity")
    assert "Did you mean one of these?" in said
    assert "Children in Care by Community" in said
    await dana.presses("bcdc:choose")
    assert "Published by" in dana.reads()


async def test_a_long_list_is_said_to_be_on_its_way_to_a_file(far: Far) -> None:
    dana = far.house.guest("dana")
    await dana.types(f"/bcdc list-packages {BRANCH}")
    gate = far.proxy.hold("package_search", "before")
    pressing = asyncio.create_task(dana.presses("bcdc:csv"))
    async with asyncio.timeout(60):
        while "Writing the whole list to a file" not in dana.reads():
            await asyncio.sleep(0.05)
    gate.release()
    await pressing
    async with asyncio.timeout(60):
        while not any("in your direct messages" in str(one["blocks"]) for one in dana.messages()):
            await asyncio.sleep(0.05)
    assert any(OPEN in str(message["blocks"]) for message in dana.messages())
