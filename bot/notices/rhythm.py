"""When a subscription speaks: at once, or in a digest at a local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.text import _

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMES: Final = (
    *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday")),
    *(_("Friday"), _("Saturday"), _("Sunday")),
)
HOME_ZONE: Final = "America/Vancouver"
"""Where nobody's own time zone is known."""
MORNING: Final = time(9)


class Every(StrEnum):
    """How often a subscription speaks."""

    EVENT = "instant"
    DAY = "daily"
    WEEK = "weekly"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """At every event, or daily or weekly (`weekday` from 0, Monday) `at` the time of `zone`."""

    every: Every = Every.EVENT
    at: time = MORNING
    weekday: int = 0
    zone: str = HOME_ZONE

    def after(self, moment: datetime) -> datetime | None:
        """The first time of a digest later than `moment`, in UTC; None at every event.

        Where the clocks go forward a time that there is not is the one as much later; where they go
        back a time that comes twice is the first.
        """
        if self.every is Every.EVENT:
            return None
        zone = zone_of(self.zone)
        today = moment.astimezone(zone).date()
        for days in range(-1, 9):
            day = today + timedelta(days=days)
            due = datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)
            if due > moment and (self.every is Every.DAY or day.weekday() == self.weekday):
                return due
        raise AssertionError("a week has every day")

    @property
    def told(self) -> str:
        """The rhythm in words."""
        match self.every:
            case Every.EVENT:
                return _("at once")
            case Every.DAY:
                return _("daily at {at:%H:%M}, {zone}").format(at=self.at, zone=self.zone)
            case Every.WEEK:
                return _("weekly on {day} at {at:%H:%M}, {zone}").format(
                    day=NAMES[self.weekday], at=self.at, zone=self.zone
                )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name, home's for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(HOME_ZONE)
