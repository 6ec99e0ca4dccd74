"""Periods of the week against the clock on the wall."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.config.notification_settings import Period
from hmi.services.notifying.schedule import end_us, is_within, local_of

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY, SATURDAY = 4, 5


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def period(begin: str, end: str, *days: int) -> Period:
    times = (datetime.time.fromisoformat(begin), datetime.time.fromisoformat(end))
    return Period(days=days or tuple(range(7)), begin=times[0], end=times[1])


@pytest.mark.parametrize(
    ("found", "moment", "wanted"),
    [
        (period("06:00", "22:00"), "2026-01-09 06:00", True),
        (period("06:00", "22:00"), "2026-01-09 21:59:59", True),
        (period("06:00", "22:00"), "2026-01-09 22:00", False),
        (period("06:00", "22:00", SATURDAY), "2026-01-09 12:00", False),
        (period("22:00", "06:00", FRIDAY), "2026-01-09 23:00", True),
        (period("22:00", "06:00", FRIDAY), "2026-01-10 05:59", True),
        (period("22:00", "06:00", FRIDAY), "2026-01-10 06:00", False),
        (period("22:00", "06:00", FRIDAY), "2026-01-09 05:00", False),
        (period("22:00", "06:00", FRIDAY), "2026-01-10 23:00", False),
        (period("00:00", "00:00", FRIDAY), "2026-01-09 00:00", True),
        (period("00:00", "00:00", FRIDAY), "2026-01-10 00:00", False),
        (period("08:00", "08:00", FRIDAY), "2026-01-10 07:59", True),
        (period("08:00", "08:00", FRIDAY), "2026-01-09 07:59", False),
    ],
)
def test_a_moment_is_within_or_not(found: Period, moment: str, wanted: bool) -> None:
    assert is_within(found, at(moment)) is wanted


def test_the_end_is_on_the_wall_though_the_clocks_change() -> None:
    night = period("22:00", "06:00")
    for begin, hours in (("2026-03-28 23:00", 6), ("2026-10-24 23:00", 8), ("2026-01-09 23:00", 7)):
        moment = at(begin)
        ended = local_of(end_us(night, moment, BERLIN), BERLIN)
        assert (ended.hour, ended.minute) == (6, 0)
        assert (ended.timestamp() - moment.timestamp()) / 3600 == hours
    assert end_us(night, at("2026-01-09 12:00"), BERLIN) == at("2026-01-09 12:00").timestamp() * 1e6


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.times(),
    st.times(),
    st.datetimes(datetime.datetime.fromisoformat("2026-01-05"), datetime.datetime.fromisoformat("2026-01-19")),
)
def test_against_every_minute_of_the_week(
    days: set[int], begin: datetime.time, end: datetime.time, moment: datetime.datetime
) -> None:
    found = Period(days=tuple(days), begin=begin, end=end)
    spans = []
    for back in range(9):
        day = moment.date() - datetime.timedelta(days=back)
        if day.weekday() in days:
            start = datetime.datetime.combine(day, begin)
            stop = datetime.datetime.combine(day, end)
            spans.append((start, stop if stop > start else stop + datetime.timedelta(days=1)))
    wanted = any(start <= moment < stop for start, stop in spans)
    aware = moment.replace(tzinfo=datetime.UTC)
    assert is_within(found, aware) is wanted
    ended = local_of(end_us(found, aware, datetime.UTC), datetime.UTC)
    assert not wanted or (
        aware < ended and not any(start <= ended.replace(tzinfo=None) < stop for start, stop in spans[1:])
    )
