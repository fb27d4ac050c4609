"""What time does to requests: reminders and the end of waiting, each once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory

from bot.ckan import actions
from bot.store.tables import change
from sandbox.catalogue import start
from tests.buttons import value_of
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import Guest, House, open_house, text_of

Clock = FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory

STILL = "Still waits for a decision"
TOO_LATE = "Nobody decided in time"


CLOCKS_GO_BACK = "2026-11-01 07:30"
CLOCKS_GO_FORWARD = "2027-03-14 09:30"
"""Just before Vancouver's clocks are set."""


@pytest.fixture(params=["2026-05-04 09:00"])
def clock(request: pytest.FixtureRequest) -> Iterator[Clock]:
    """A clock that runs."""
    with freeze_time(request.param, tick=True, real_asyncio=True) as frozen:
        yield frozen


@pytest.fixture
async def place(clock: Clock) -> AsyncIterator[Place]:
    """One of the sandbox's: its clock is ours."""
    running = await start(generation="2.12")
    yield Place("2.12", running.url, running.keys)
    await running.stop()


@pytest.fixture
async def house(clock: Clock, place: Place, tmp_path: Path) -> AsyncIterator[House]:
    # Over HTTP the age of a signature would be measured by another clock.
    async with open_house(tmp_path, place.url, place.keys, delivery="socket") as house:
        yield house


def told(guest: Guest, words: str) -> int:
    """How many of the person's direct messages say it."""
    return sum(words in text_of(one["blocks"]) for one in guest.direct())


async def hear_once(house: House, *expected: tuple[Guest, str]) -> None:
    """Wait until each is told it, and then for a second time that must not come."""
    async with asyncio.timeout(60):
        while not all(told(guest, words) for guest, words in expected):
            await asyncio.sleep(0.1)
    await swept(house)
    assert [told(guest, words) for guest, words in expected] == [1] * len(expected)


async def swept(house: House) -> None:
    """Longer than a sweep, and all that it leads to."""
    await asyncio.sleep(1.5)
    await house.settled()


async def asked(house: House, visit: Visit, words: str) -> tuple[Guest, Guest, str]:
    """A request of Robin's that waits for Priya by that policy."""
    package = await visit.make()
    robin, priya = house.guest("robin"), house.guest("priya")
    await robin.connects("cfd-editor")
    await priya.connects("cfd-org-admin")
    await priya.types(f"/bcdc policy {BRANCH} {words}")
    await robin.types(f'/bcdc patch-package {package.name} notes="Other"')
    await robin.presses("bcdc:change:apply")
    return robin, priya, package.id


async def states(house: House) -> list[str]:
    async with house.bot.db.read() as connection:
        return list(await connection.scalars(sa.select(change.c.state)))


@pytest.mark.parametrize(
    "clock", ["2026-05-04 09:00", CLOCKS_GO_BACK, CLOCKS_GO_FORWARD], indirect=True
)
async def test_a_reminder_comes_once_and_then_the_end_once(
    house: House, visit: Visit, clock: Clock
) -> None:
    robin, priya, package_id = await asked(house, visit, "when:always expires:2d remind:1d")
    clock.tick(timedelta(hours=23))
    await swept(house)
    assert not told(priya, STILL)
    clock.tick(timedelta(hours=2))
    await hear_once(house, (priya, STILL))
    clock.tick(timedelta(hours=24))
    await hear_once(house, (priya, TOO_LATE), (priya, STILL), (robin, TOO_LATE))
    assert await states(house) == ["expired"]
    package = await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)
    assert package.text("notes") == "Made for a test."


@pytest.mark.parametrize("clock", [CLOCKS_GO_BACK], indirect=True)
async def test_after_a_week_without_the_bot_the_end_is_told_once_whatever_else_goes_wrong(
    house: House, visit: Visit, clock: Clock
) -> None:
    robin, priya, _package_id = await asked(house, visit, "when:always expires:3d remind:1d")
    async with house.bot.db.write() as connection:
        # Another part of the sweep fails from now on.
        await connection.execute(sa.text("ALTER TABLE asked RENAME TO elsewhere"))
    await house.bot.stop()
    clock.tick(timedelta(days=7))
    await house.restart()
    await hear_once(house, (robin, TOO_LATE), (priya, TOO_LATE))
    assert not told(priya, STILL)


async def test_a_click_after_the_end_decides_nothing(
    house: House, visit: Visit, clock: Clock
) -> None:
    robin, priya, package_id = await asked(house, visit, "when:always expires:1h remind:no")
    card = priya.direct()[-1]
    clock.tick(timedelta(hours=2))
    direct = house.direct_channel(priya.id)
    value = value_of(card["blocks"], "bcdc:change:approve")
    assert "expired" in await priya.forges("bcdc:change:approve", value, channel=direct)
    await hear_once(house, (robin, TOO_LATE))
    package = await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)
    assert package.text("notes") == "Made for a test."


async def test_a_request_that_goes_wrong_holds_up_no_other(
    house: House, visit: Visit, clock: Clock
) -> None:
    words = "when:always expires:1h remind:no"
    await asked(house, visit, words)
    async with house.bot.db.write() as connection:
        broken = sa.text("UPDATE approval SET expires_at = 'when pigs fly'")
        await connection.execute(broken)
    robin, priya, _package_id = await asked(house, visit, words)
    clock.tick(timedelta(hours=2))
    await hear_once(house, (robin, TOO_LATE), (priya, TOO_LATE))
    assert sorted(await states(house)) == ["expired", "pending"]
