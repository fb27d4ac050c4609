from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Package, Resource
from bot.notices.freshness import (
    LATE,
    Promise,
    Standing,
    day_of,
    is_working_day,
    promise_of,
    tally,
    today_at,
)

CYCLES = [
    "daily", "nightly", "weekly", "biweekly", "fortnightly", "monthly", "quarterly", "biannually",
    "annually",
]  # fmt: skip
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
PROMISES = st.builds(Promise, cycle=st.sampled_from(CYCLES), updated=st.none() | DAYS, added=DAYS)


@pytest.mark.parametrize(
    ("cycle", "updated", "due_on"),
    [
        ("daily", date(2026, 3, 4), date(2026, 3, 5)),
        ("daily", date(2026, 3, 6), date(2026, 3, 9)),  # over a weekend
        ("nightly", date(2026, 12, 24), date(2026, 12, 29)),  # Boxing Day is kept on the Monday
        ("weekly", date(2026, 6, 24), date(2026, 7, 2)),  # Canada Day
        ("biweekly", date(2026, 3, 4), date(2026, 3, 18)),
        ("fortnightly", date(2026, 3, 4), date(2026, 3, 18)),
        ("monthly", date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        ("quarterly", date(2025, 11, 30), date(2026, 3, 2)),
        ("biannually", date(2026, 3, 30), date(2026, 10, 1)),  # Truth and Reconciliation
        ("annually", date(2024, 2, 29), date(2025, 2, 28)),
        ("annually", date(2025, 12, 31), date(2026, 12, 31)),
    ],
)
def test_an_update_is_due_on_the_first_working_day_after_its_time(
    cycle: str, updated: date, due_on: date
) -> None:
    assert Promise(cycle, updated).due_on == due_on


@pytest.mark.parametrize(
    "cycle", ["", "continual", "asNeeded", "irregular", "notPlanned", "unknown", "no such cycle"]
)
def test_what_promises_no_date_is_never_late(cycle: str) -> None:
    promise = Promise(cycle, date(2001, 1, 1), date(2000, 1, 1))
    assert promise.due_on is None
    assert promise.standing(date(2026, 1, 1)) is Standing.OPEN
    assert promise.days_late(date(2026, 1, 1)) == 0


def test_a_promise_without_any_day_is_open() -> None:
    assert Promise("daily").standing(date(2026, 1, 1)) is Standing.OPEN


def test_what_was_added_and_never_updated_is_told_apart() -> None:
    added, late = date(2026, 3, 2), date(2026, 4, 20)
    assert Promise("monthly", None, added).standing(added) is Standing.ON_TIME
    assert Promise("monthly", None, added).standing(late) is Standing.NEVER
    assert Promise("monthly", added, added).standing(late) is Standing.OVERDUE


def test_only_working_days_count_as_late() -> None:
    promise = Promise("daily", date(2026, 4, 1))  # due on Thursday, before Good Friday
    late = {day: promise.days_late(date(2026, 4, day)) for day in (2, 3, 5, 6, 7)}
    assert late == {2: 0, 3: 0, 5: 0, 6: 1, 7: 2}


def test_a_due_date_is_near_some_working_days_before() -> None:
    promise = Promise("monthly", date(2026, 5, 6))  # due on Monday, 8 June
    assert promise.standing(date(2026, 5, 29)) is Standing.ON_TIME
    assert promise.standing(date(2026, 6, 1)) is Standing.DUE
    assert promise.standing(date(2026, 6, 8)) is Standing.DUE
    assert promise.standing(date(2026, 6, 9)) is Standing.OVERDUE


@given(PROMISES)
def test_whatever_is_promised_is_due_on_a_working_day_after_the_last_update(
    promise: Promise,
) -> None:
    due_on = promise.due_on
    assert due_on is not None
    assert is_working_day(due_on)
    since = promise.updated or promise.added
    assert since is not None
    assert due_on > since


@given(PROMISES, DAYS)
def test_days_late_are_the_working_days_since(promise: Promise, today: date) -> None:
    due_on = promise.due_on
    assert due_on is not None
    after = (due_on + timedelta(days=n) for n in range(1, max(0, (today - due_on).days) + 1))
    assert promise.days_late(today) == sum(map(is_working_day, after))
    assert (today > due_on) == (promise.standing(today) in LATE)


@given(PROMISES, DAYS, st.integers(0, 800), st.integers(0, 800))
def test_each_promise_falls_overdue_once(
    promise: Promise, start: date, first: int, second: int
) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    halves = promise.fell_overdue(start, middle) + promise.fell_overdue(middle, end)
    assert halves == promise.fell_overdue(start, end)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-04T07:59:59.123456", date(2026, 3, 3)),  # still the day before in Victoria
        ("2026-03-04T08:00:00", date(2026, 3, 4)),
        ("2026-07-04T06:59:00+00:00", date(2026, 7, 3)),
        ("2026-03-04", date(2026, 3, 3)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00", None),
        ("1899-12-30", None),
        ("9999-12-31T23:59:59", None),
    ],
)
def test_a_moment_of_ckan_is_a_day_of_the_province(moment: str, day: date | None) -> None:
    assert day_of(moment) == day


def test_today_is_the_day_of_the_province() -> None:
    assert today_at(datetime(2026, 1, 1, 7, 0, tzinfo=UTC)) == date(2025, 12, 31)


@pytest.mark.parametrize("status", ["completed", "obsolete", "historicalArchive", "destroyed"])
def test_nothing_is_waited_for_where_the_record_has_ended(status: str) -> None:
    resource = Resource({"resource_update_cycle": "daily", "created": "2020-01-01T00:00:00"})
    assert promise_of(Package({"resource_status": status}), resource) == Promise()
    assert promise_of(Package({"resource_status": "onGoing"}), resource).cycle == "daily"


def test_a_resource_keeps_the_days_that_ckan_tells() -> None:
    raw = {
        "resource_update_cycle": "monthly",
        "last_modified": "2026-03-04T12:00:00.5",
        "created": "2025-03-04T12:00:00.5",
    }
    known = promise_of(Package({}), Resource(raw))
    assert known == Promise("monthly", date(2026, 3, 4), date(2025, 3, 4))
    untold = promise_of(Package({}), Resource({**raw, "last_modified": None}))
    assert untold.updated is None


def test_how_many_stand_how_is_counted() -> None:
    promises = [
        Promise("daily", date(2026, 1, 5)),
        Promise("annually", date(2026, 1, 5)),
        Promise(),
    ]
    counted = tally(promises, date(2026, 1, 20))
    assert counted == {Standing.OVERDUE: 1, Standing.ON_TIME: 1, Standing.OPEN: 1}
