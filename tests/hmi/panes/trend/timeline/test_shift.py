from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hmi.panes.trend.comparing import Comparison, free_shift, shift_text
from hmi.panes.trend.timeline.shift import Shift
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3600 * SECOND_US
DAY = 24 * HOUR


def utc(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp()) * SECOND_US  # type: ignore[misc, arg-type]


def window(start_us: int, end_us: int) -> TimeWindow:
    return TimeWindow(end_us, end_us - start_us, is_live=False)


def test_a_day_before_is_the_same_local_time_over_a_clock_change() -> None:
    today = window(utc(2026, 3, 29, 22), utc(2026, 3, 30, 22))  # 30 March, after the change
    source = Shift(days=1).source(today, MADRID)
    assert (source.start_us, source.end_us) == (utc(2026, 3, 28, 23), utc(2026, 3, 29, 22))
    assert not source.is_live
    # 08:00 local on the 29th (UTC+2) stands at 08:00 local on the 30th; 01:00 local (UTC+1) at 01:00 (UTC+2).
    times = np.array([utc(2026, 3, 29, 0), utc(2026, 3, 29, 6)], np.int64)
    brought = Shift(days=1).brought(times, today, MADRID)
    assert brought.tolist() == [utc(2026, 3, 29, 23), utc(2026, 3, 30, 6)]


def test_an_hour_that_came_twice_does_not_go_back_in_time() -> None:
    today = window(utc(2026, 10, 25, 23), utc(2026, 10, 26, 23))
    times = np.arange(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), HOUR // 4, dtype=np.int64)
    brought = Shift(days=1).brought(times, today, MADRID)
    assert (np.diff(brought) >= 0).all()
    assert today.start_us <= brought[0]
    assert brought[-1] <= today.end_us


def test_a_month_before_is_days_of_that_month() -> None:
    today = window(utc(2026, 7, 14, 22), utc(2026, 7, 15, 22))
    source = Shift(months=1).source(today, MADRID)
    assert (source.start_us, source.end_us) == (utc(2026, 6, 14, 22), utc(2026, 6, 15, 22))
    end_of_march = window(utc(2026, 3, 31, 10), utc(2026, 3, 31, 12))
    assert Shift(months=1).source(end_of_march, MADRID).end_us == utc(2026, 2, 28, 13), "same wall time, in winter"


def test_a_plain_length_knows_no_calendar() -> None:
    today = window(utc(2026, 3, 29, 22), utc(2026, 3, 30, 22))
    source = Shift(rest_us=24 * HOUR).source(today, MADRID)
    assert source.end_us == today.end_us - DAY
    assert Shift(rest_us=DAY).brought(np.array([source.end_us], np.int64), today, MADRID).tolist() == [today.end_us]


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("3 d", Shift(days=3)),
        ("36h", Shift(rest_us=36 * HOUR)),
        ("2 days 12 hours", Shift(days=2, rest_us=12 * HOUR)),
        ("1,5 d", Shift(days=1, rest_us=12 * HOUR)),
        ("", None),
        ("soon", None),
        ("3", None),
        ("-1 d", None),
        ("0 d", None),
        ("nan d", None),
        ("1e9 d", None),
    ],
)
def test_a_typed_length(text: str, shift: Shift | None) -> None:
    assert free_shift(text) == shift


def test_a_comparison_is_kept_and_rubbish_is_none() -> None:
    comparison = Comparison()
    comparison.set_shift(Shift(days=2, rest_us=12 * HOUR))
    other = Comparison()
    other.restore(comparison.state())
    assert other.shift == comparison.shift
    for rubbish in (None, 5, {}, {"days": "x"}, {"days": -1}, {"hours": 1e12}, {"days": True}):
        other.restore(rubbish)
    assert shift_text(Shift(days=7)) == "1 week before"
    assert shift_text(Shift(days=2, rest_us=12 * HOUR)) == "2 d 12 h before"
