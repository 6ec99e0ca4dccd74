from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hmi.panes.trend.timeline.ticks import ticks, zone_text

MADRID = ZoneInfo("Europe/Madrid")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
HOUR = 3_600_000_000


def us(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def day_of(year: int, month: int, day: int, zone: ZoneInfo) -> tuple[int, int]:
    start = datetime(year, month, day, tzinfo=zone)
    return us(start), us(start + timedelta(days=1))


def texts(start: int, end: int, most: int, zone: ZoneInfo) -> list[str]:
    return [tick.text for tick in ticks(start, end, most, zone)]


def test_an_ordinary_day_has_a_mark_every_three_hours() -> None:
    found = ticks(*day_of(2026, 7, 1, MADRID), 8, MADRID)
    assert [tick.text for tick in found] == ["Wed 1 Jul", *(f"{hour:02}:00" for hour in range(3, 24, 3))]
    assert found[0].is_day
    assert not found[1].is_day


def test_the_day_of_23_hours_skips_the_hour_that_is_not_there() -> None:
    start, end = day_of(2026, 3, 29, MADRID)
    assert end - start == 23 * HOUR
    found = texts(start, end, 24, MADRID)
    assert found[:4] == ["Sun 29 Mar", "01:00 +01", "03:00 +02", "04:00 +02"]
    assert len(found) == 23


def test_the_day_of_25_hours_tells_its_two_hours_apart() -> None:
    start, end = day_of(2026, 10, 25, MADRID)
    assert end - start == 25 * HOUR
    found = texts(start, end, 25, MADRID)
    assert found[:5] == ["Sun 25 Oct", "01:00 +02", "02:00 +02", "02:00 +01", "03:00 +01"]
    times = [tick.time_us for tick in ticks(start, end, 25, MADRID)]
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {HOUR}


@pytest.mark.parametrize(("month", "day"), [(3, 25), (10, 22)])
def test_days_across_a_change_begin_at_local_midnight(month: int, day: int) -> None:
    start = us(datetime(2026, month, day, 7, tzinfo=MADRID))
    for tick in ticks(start, start + 7 * 24 * HOUR, 8, MADRID):
        moment = datetime.fromtimestamp(tick.time_us / 1e6, UTC).astimezone(MADRID)
        assert (moment.hour, moment.minute) == (0, 0)
        assert tick.is_day


def test_an_odd_offset_still_gives_round_local_times() -> None:
    start = us(datetime(2026, 5, 5, 9, 1, tzinfo=KATHMANDU))
    assert texts(start, start + HOUR, 6, KATHMANDU) == ["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]
    assert zone_text(start, KATHMANDU) == "UTC+05:45"


def test_short_windows_have_seconds() -> None:
    start = us(datetime(2026, 5, 5, 9, 0, 3, tzinfo=MADRID))
    assert texts(start, start + 10_000_000, 5, MADRID) == ["09:00:04", "09:00:06", "09:00:08", "09:00:10", "09:00:12"]


@pytest.mark.parametrize("days", [20, 100, 400, 3000])
def test_long_windows_have_a_bounded_number_of_marks(days: int) -> None:
    start = us(datetime(2020, 1, 15, tzinfo=MADRID))
    found = ticks(start, start + days * 24 * HOUR, 8, MADRID)
    assert 2 <= len(found) <= 10
    assert all(tick.is_day for tick in found)


@pytest.mark.parametrize("seconds", [2, 7, 60, 299, 900, 3600, 28_800, 86_400, 604_800])
def test_there_are_never_many_more_marks_than_wanted(seconds: int) -> None:
    start = us(datetime(2026, 10, 24, 23, 59, 31, tzinfo=MADRID))
    found = ticks(start, start + seconds * 1_000_000, 7, MADRID)
    assert 1 <= len(found) <= 8
    assert [tick.time_us for tick in found] == sorted({tick.time_us for tick in found})
    assert all(start <= tick.time_us < start + seconds * 1_000_000 for tick in found)
