"""Teams are reminded of updates that are missed: once, and with the form a press away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.flow.upkeep import Upkeeping
from bot.notices.freshness import PROVINCE, is_working_day, today_at
from bot.store.upkeep import Upkeeps
from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House, open_house, text_of
from tests.scenarios.test_teams import known

RECORD = "children-in-care-by-community"
BRANCH = "information-management-cfd"


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose catalogue promises one update, by the next working day."""
    _promise(catalogue)
    async with open_house(tmp_path, catalogue.url, catalogue.keys) as house:
        yield house


def _promise(catalogue: RunningCatalogue) -> None:
    packages = catalogue.catalogue.packages.values()
    for package in packages:
        for resource in package["resources"]:
            resource["resource_update_cycle"] = "unknown"
    record = next(one for one in packages if one["name"] == RECORD)
    record["resource_status"] = "onGoing"
    record["resources"][0] |= {
        "name": "Counts of today",
        "resource_update_cycle": "daily",
        "last_modified": datetime.now(UTC).replace(tzinfo=None).isoformat(),
    }


def working_days() -> tuple[date, date]:
    """The next working day, by which the update is due, and the one after."""
    day = today_at(datetime.now(PROVINCE))
    found: list[date] = []
    while len(found) < 2:
        day += timedelta(days=1)
        found += [day] if is_working_day(day) else []
    return found[0], found[1]


def on(house: House, day: date, hour: int = 9) -> Upkeeping:
    """The part that reminds, at that hour of a day."""
    moment = datetime.combine(day, time(hour), PROVINCE)
    return Upkeeping(
        upkeeps=Upkeeps(house.bot.db),
        index=house.bot.index,
        own_parts=house.bot.own_parts,
        catalogues=["test"],
        clock=lambda: moment,
    )


def reminders(guest: Guest) -> list[str]:
    told = [text_of(one["blocks"]) for one in guest.messages() if not one["ephemeral"]]
    return [one for one in told if "Update overdue" in one]


async def test_a_missed_update_is_told_once_with_the_form_for_the_new_file(house: House) -> None:
    await known(house)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc subscribe org:{BRANCH} event:overdue")
    due, after = working_days()
    await on(house, due).round()
    await house.settled()
    assert reminders(robin) == []
    await on(house, after, hour=7).round()
    await house.settled()
    assert reminders(robin) == []
    # Once, on a clock that goes back and on again too.
    for day in (after, after, due, after):
        await on(house, day, hour=8).round()
        await house.settled()
    (reminder,) = reminders(robin)
    assert "Update overdue: Counts of today" in reminder
    message = next(one for one in robin.messages() if "Update overdue" in text_of(one["blocks"]))
    await robin.presses("bcdc:in:test:update-resource", message=message)
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:update-resource"
    assert robin.holds("name") == "Counts of today"


async def test_nobody_is_reminded_on_a_day_off(house: House) -> None:
    await known(house)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc subscribe org:{BRANCH} event:overdue")
    await on(house, working_days()[0]).round()
    saturday = working_days()[1]
    while saturday.isoweekday() != 6:
        saturday += timedelta(days=1)
    await on(house, saturday).round()
    await house.settled()
    assert reminders(robin) == []
    later = saturday + timedelta(days=1)
    while not is_working_day(later):
        later += timedelta(days=1)
    await on(house, later).round()
    await house.settled()
    assert len(reminders(robin)) == 1
