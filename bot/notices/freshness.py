"""When the data of a resource is due, from what its publisher promises, and whether it is late.

The promise is `resource_update_cycle`, the last update `last_modified`: CKAN sets that with each
file, and BCDC's loaders set it for data that lies elsewhere (docs/catalogue.md, "Freshness").
Everything is told in dates of British Columbia and in its working days.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from bot.ckan.models import Package, Resource, moment_of

PROVINCE: Final = ZoneInfo("America/Vancouver")
# With the days that are no holidays by law, but on which offices are closed.
_DAYS: Final = holidays.country_holidays("CA", subdiv="BC", categories=("public", "optional"))


class Standing(StrEnum):
    """How the data of a resource stands on a day."""

    ON_TIME = "on time"
    DUE = "due"
    OVERDUE = "overdue"
    NEVER = "never"
    """Overdue, and not updated even once since the resource was added."""
    OPEN = "open"
    """Nobody promised an update by any date."""


LATE: Final = frozenset({Standing.OVERDUE, Standing.NEVER})


@dataclass(frozen=True, slots=True)
class _Cycle:
    """A time between two updates, and how many working days before its end that is near."""

    days: int = 0
    months: int = 0
    notice: int = 0

    def after(self, day: date) -> date:
        count = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(count, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)


_CYCLES: Final = {
    "daily": _Cycle(days=1),
    "nightly": _Cycle(days=1),
    "weekly": _Cycle(days=7, notice=1),
    # People mean twice a week or every two weeks: nobody is called late for the longer one.
    "biweekly": _Cycle(days=14, notice=2),
    "fortnightly": _Cycle(days=14, notice=2),
    "monthly": _Cycle(months=1, notice=5),
    "quarterly": _Cycle(months=3, notice=5),
    "biannually": _Cycle(months=6, notice=10),
    "annually": _Cycle(months=12, notice=10),
}
"""By the value of `resource_update_cycle`; the others, such as `asNeeded`, promise no date."""
_YEARS: Final = range(1970, 3000)
"""Years in which data may have been updated."""
_ENDED: Final = frozenset({"completed", "obsolete", "historicalArchive", "destroyed", "planned"})
"""Values of `resource_status` under which no update is waited for."""


@dataclass(frozen=True, slots=True)
class Promise:
    """How often data is to be updated ("" for no promise), when it was, and when it was added."""

    cycle: str = ""
    updated: date | None = None
    added: date | None = None

    @property
    def due_on(self) -> date | None:
        """The working day by whose end the next update is due; None where none is promised."""
        cycle, since = _CYCLES.get(self.cycle), self.updated or self.added
        if cycle is None or since is None:
            return None
        return _DAYS.get_nth_working_day(cycle.after(since), 0)

    def standing(self, today: date) -> Standing:
        due_on = self.due_on
        if due_on is None:
            return Standing.OPEN
        if today > due_on:
            return Standing.OVERDUE if self.updated else Standing.NEVER
        near = _DAYS.get_nth_working_day(due_on, -_CYCLES[self.cycle].notice)
        return Standing.DUE if today >= near else Standing.ON_TIME

    def days_late(self, today: date) -> int:
        """How many working days have passed since the update was due, today among them."""
        due_on = self.due_on
        if due_on is None or today <= due_on:
            return 0
        return _DAYS.get_working_days_count(due_on + timedelta(days=1), today)

    def fell_overdue(self, since: date, until: date) -> bool:
        """Whether it was not overdue yet on `since`, and is on `until`."""
        return self.standing(since) not in LATE and self.standing(until) in LATE


@dataclass(frozen=True, slots=True)
class Dated:
    """A published resource and what is promised for its data; `about` is its record's title."""

    resource_id: str
    title: str
    package_id: str
    about: str
    owner_org: str
    promise: Promise


@dataclass(frozen=True, slots=True)
class Month:
    """How many of an organization's resources stood how at the end of a month, as `2026-11`."""

    month: str
    standings: Counter[Standing]


def promise_of(package: Package, resource: Resource) -> Promise:
    """What is promised for a resource; nothing where the record says that it has come to its end.

    The data of a link that nobody dates was never updated since it was added.
    """
    if package.text("resource_status") in _ENDED:
        return Promise()
    return Promise(
        cycle=resource.text("resource_update_cycle"),
        updated=day_of(resource.text("last_modified")),
        added=day_of(resource.text("created")),
    )


def day_of(moment: str) -> date | None:
    """The day in British Columbia of a moment that CKAN, whose clock is UTC, wrote as text.

    None for what is no moment, or stands for none, as the first and the last of all do.
    """
    at = moment_of(moment)
    return today_at(at) if at and at.year in _YEARS else None


def today_at(now: datetime) -> date:
    """The day that it is in British Columbia."""
    return now.astimezone(PROVINCE).date()


def tally(promises: Iterable[Promise], today: date) -> Counter[Standing]:
    """How many stand how."""
    return Counter(promise.standing(today) for promise in promises)


def is_working_day(day: date) -> bool:
    """Whether the offices of the province are open that day."""
    return _DAYS.is_working_day(day)
