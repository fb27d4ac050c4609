from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices.rhythm import Every, Rhythm, zone_of

VANCOUVER = ZoneInfo("America/Vancouver")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_digest_is_at_the_same_local_time_before_and_after_the_clocks_change() -> None:
    daily = Rhythm(Every.DAY, time(9), zone="America/Vancouver")
    winter = daily.after(utc("2026-03-06T00:00"))
    assert winter == utc("2026-03-06T17:00")
    assert daily.after(utc("2026-03-08T12:00")) == utc("2026-03-08T16:00")
    assert daily.after(utc("2026-10-31T17:00")) == utc("2026-11-01T17:00")


def test_a_time_that_there_is_not_is_the_one_as_much_later() -> None:
    daily = Rhythm(Every.DAY, time(2, 30), zone="America/Vancouver")
    assert daily.after(utc("2026-03-08T00:00")) == utc("2026-03-08T10:30")  # 03:30 there
    assert daily.after(utc("2026-03-08T10:30")) == utc("2026-03-09T09:30")


def test_a_time_that_comes_twice_is_the_first_and_is_told_once() -> None:
    daily = Rhythm(Every.DAY, time(1, 30), zone="America/Vancouver")
    first = daily.after(utc("2026-11-01T00:00"))
    assert first == utc("2026-11-01T08:30")
    assert daily.after(utc("2026-11-01T08:30")) == utc("2026-11-02T09:30")


def test_a_week_begins_on_the_day_that_was_asked_for() -> None:
    weekly = Rhythm(Every.WEEK, time(8), weekday=2, zone="Pacific/Kiritimati")
    due = weekly.after(utc("2026-01-01T00:00"))
    assert due is not None
    local = due.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert (local.weekday(), local.hour) == (2, 8)


def test_nothing_is_due_where_each_event_is_told_at_once() -> None:
    assert Rhythm().after(utc("2026-01-01T00:00")) is None


def test_a_zone_that_nobody_knows_is_home() -> None:
    assert zone_of("Mars/Olympus") == VANCOUVER


zones = st.sampled_from(
    ["America/Vancouver", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone


@given(zones, st.times().map(lambda at: at.replace(second=0, microsecond=0)), moments)
def test_each_local_day_has_exactly_one_digest(zone: str, at: time, start: datetime) -> None:
    daily = Rhythm(Every.DAY, at, zone=zone)
    moment, days = start, []
    for _each in range(5):
        due = daily.after(moment)
        assert due is not None
        assert moment < due <= moment + timedelta(hours=26)
        days.append(due.astimezone(ZoneInfo(zone)).date())
        moment = due
    assert all(later - earlier == timedelta(days=1) for earlier, later in itertools.pairwise(days))


@pytest.mark.parametrize(
    ("rhythm", "told"),
    [
        (Rhythm(), "at once"),
        (Rhythm(Every.DAY, time(8, 5)), "daily at 08:05, America/Vancouver"),
        (Rhythm(Every.WEEK, time(8), 4), "weekly on Friday at 08:00, America/Vancouver"),
    ],
)
def test_a_rhythm_is_told_in_words(rhythm: Rhythm, told: str) -> None:
    assert rhythm.told == told
