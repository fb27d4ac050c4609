"""A form of several pages that is left: what was on the pages before is there again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from bot.ckan.models import Package
from tests.ckan.places import Place, Visit
from tests.files import now
from tests.house import Guest, House
from tests.outside import open_outside, until

EDIT = "bcdc:change:edit"
KEPT = {"title": "Kept from page one", "notes": "Kept too", "tag_string": "kept, words"}
one_catalogue = pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def comes_back(guest: Guest) -> None:
    """Find the draft, look at page two, then at page one."""
    await guest.types("/bcdc pending")
    await until(lambda: KEPT["title"] in guest.reads(), "the list of what waits")
    await guest.presses(EDIT)
    await until(lambda: guest.view and "2 of 5: Access" in guest.reads(), "page two")
    await guest.presses("bcdc:form:back")
    await until(lambda: "1 of 5: About" in guest.reads(), "page one")
    assert {name: guest.holds(name) for name in KEPT} == KEPT


async def goes_on(guest: Guest, visit: Visit, package: Package) -> None:
    """Send the form, and look that what was typed before it was left is what is saved."""
    await guest.presses("bcdc:form:preview")
    await until(lambda: "You are about to" in guest.reads(), "the preview")
    await guest.presses("bcdc:change:apply")
    await until(guest.direct, "that it is told")
    after = await now(visit, package)
    assert (after.title, after.text("notes")) == (KEPT["title"], KEPT["notes"])


@one_catalogue
@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_page_one_is_there_after_the_bot_was_gone(
    place: Place, visit: Visit, tmp_path: Path, end: str
) -> None:
    package = await visit.make()
    async with open_outside(tmp_path, place.url, place.keys) as house:
        robin = await house.connects("robin", "cfd-editor")
        await robin.types(f"/bcdc patch-package {package.name}")
        await until(lambda: robin.view and "1 of 5: About" in robin.reads(), "the form")
        await robin.fills(**KEPT)
        await until(lambda: "2 of 5: Access" in robin.reads(), "page two")
        await robin.closes()
        await (house.bot.kill() if end == "kill" else house.bot.stop())
        await house.start_bot()
        await comes_back(robin)
        await goes_on(robin, visit, package)


@pytest.fixture
async def left(house: House, visit: Visit) -> tuple[Guest, Package]:
    """Somebody who closed a form on its second page."""
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name}")
    assert await robin.fills(**KEPT) == {}
    assert "2 of 5: Access" in robin.reads()
    await robin.closes()
    return robin, package


async def test_page_one_is_there_after_the_form_was_closed(
    left: tuple[Guest, Package], visit: Visit
) -> None:
    robin, package = left
    await comes_back(robin)
    await goes_on(robin, visit, package)


@one_catalogue
async def test_page_one_is_there_a_day_later(
    house: House, left: tuple[Guest, Package], visit: Visit
) -> None:
    robin, package = left
    with freeze_time(datetime.now(UTC) + timedelta(days=1), tick=True, real_asyncio=True):
        await house.restart()
        await comes_back(robin)
        await goes_on(robin, visit, package)


@one_catalogue
async def test_a_form_is_not_kept_for_ever(house: House, left: tuple[Guest, Package]) -> None:
    robin, _package = left
    with freeze_time(datetime.now(UTC) + timedelta(days=8), tick=True, real_asyncio=True):
        await house.restart()
        async with asyncio.timeout(60):
            while KEPT["title"] in await robin.types("/bcdc pending"):
                await asyncio.sleep(0.2)
