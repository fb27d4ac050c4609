"""How fresh data is, in the words people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from bot.notices.freshness import LATE, Promise, Standing
from bot.text import _, ngettext

NAMES: Mapping[Standing, str] = {
    Standing.ON_TIME: _("On time"),
    Standing.DUE: _("Due soon"),
    Standing.OVERDUE: _("Late"),
    Standing.NEVER: _("Never updated"),
    Standing.OPEN: _("No date promised"),
}
"""What a standing is called, in the order in which they are told."""


def day(on: date) -> str:
    """A date as it is written in Canada."""
    return on.isoformat()


def told(promise: Promise, today: date) -> str:
    """How the data of a resource stands; "" where no update is promised by any date."""
    due_on, late = promise.due_on, promise.days_late(today)
    if due_on is None:
        return ""
    if promise.standing(today) not in LATE:
        return _("next update due by {day}").format(day=day(due_on))
    by = ngettext("{n:,} working day late", "{n:,} working days late", late).format(n=late)
    if promise.updated:
        return _("{late}, last updated {day}").format(late=by, day=day(promise.updated))
    return _("{late}, never updated").format(late=by)


def counted(standings: Counter[Standing]) -> str:
    """How many stand how, as “3 on time · 1 late”; "" where nothing is promised."""
    promised = [one for one in NAMES if one is not Standing.OPEN and standings[one]]
    return " · ".join(f"{standings[one]:,} {NAMES[one].lower()}" for one in promised)
