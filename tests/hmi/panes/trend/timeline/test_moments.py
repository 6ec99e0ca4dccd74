from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hmi.panes.trend.timeline.moments import (
    Named,
    Stretch,
    checked,
    day_of,
    field_remarks,
    moved_by_its_length,
    named,
    typed_moment,
    typed_text,
)
from hmi.panes.trend.timeline.window import MAX_SPAN_US, SECOND_US

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3600 * SECOND_US
DAY = 24 * HOUR


def utc(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp()) * SECOND_US  # type: ignore[misc, arg-type]


def test_a_usual_time_is_taken_without_a_word() -> None:
    moment = typed_moment(" 2026-07-01  14:30 ", MADRID)
    assert (moment.time_us, moment.remark) == (utc(2026, 7, 1, 12, 30), "")
    assert typed_moment("2026-07-01", MADRID).time_us == utc(2026, 6, 30, 22)
    assert typed_moment("2026-07-01 14:30:15", MADRID).time_us == utc(2026, 7, 1, 12, 30, 15)


@pytest.mark.parametrize(
    "text", ["2026-07-01T14:30", "2026-07-01t14:30:00", "1.7.2026 14:30", "01.07.2026  14:30", "2026/07/01 14:30",
             "14:30", "14:30:00", "2026-07-01T12:30Z", "2026-07-01T12:30:00+00:00", "12:30 z"]
)  # fmt: skip
def test_the_usual_spellings_are_taken(text: str) -> None:
    moment = typed_moment(text, MADRID, date(2026, 7, 1))
    assert (moment.time_us, moment.remark) == (utc(2026, 7, 1, 12, 30), "")


def test_a_day_alone_in_either_spelling() -> None:
    assert typed_moment("1.7.2026", MADRID).time_us == typed_moment("2026-07-01", MADRID).time_us
    assert day_of("20.11.2026 10:00") == date(2026, 11, 20)


def test_it_is_said_which_field_is_wrong() -> None:
    good, wrong = typed_moment("2026-07-01"), typed_moment("soon")
    assert field_remarks(good, good) == ""
    assert field_remarks(wrong, good).startswith("From: Type")
    assert field_remarks(good, wrong).startswith("To: Type")


def test_a_time_that_the_clocks_skip_is_moved_on_and_said() -> None:
    moment = typed_moment("2026-03-29 02:30", MADRID)
    assert moment.time_us == utc(2026, 3, 29, 1, 30)
    assert moment.remark == "02:30 does not exist on this day, the clocks go forward: 03:30 was taken."


def test_of_a_time_that_comes_twice_the_first_is_taken_and_said_and_the_second_can_be_typed() -> None:
    moment = typed_moment("2026-10-25 02:30", MADRID)
    assert moment.time_us == utc(2026, 10, 25, 0, 30)
    assert "02:30 comes twice" in moment.remark
    assert "+01:00" in moment.remark
    second = typed_moment("2026-10-25 02:30 +01:00", MADRID)
    assert (second.time_us, second.remark) == (utc(2026, 10, 25, 1, 30), "")


@pytest.mark.parametrize("time_us", [utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30), utc(2026, 7, 1, 12)])
def test_what_is_shown_can_be_typed_again(time_us: int) -> None:
    assert typed_moment(typed_text(time_us, MADRID), MADRID).time_us == time_us


@pytest.mark.parametrize(
    "text", ["", "now", "2026-02-30 10:00", "26-1-1", "2026-01-01 25:00", "0001-01-01", "9999-12-31 23:59",
             "2026-01-01 10:00 +99:00", "-", "+01:00"]
)  # fmt: skip
def test_what_is_no_time_is_a_sentence(text: str) -> None:
    moment = typed_moment(text, MADRID)
    assert moment.time_us is None
    assert moment.remark.endswith(".")


NOW = utc(2026, 6, 15, 12)


@pytest.mark.parametrize(
    ("start_us", "end_us", "sentence"),
    [
        (NOW - HOUR, NOW - HOUR, "the same moment"),
        (NOW - HOUR, NOW - DAY, "before “from”"),
        (NOW, NOW + HOUR, "in the future"),
        (NOW - MAX_SPAN_US - DAY, NOW, "Ten years"),
    ],
)
def test_a_stretch_that_cannot_be_is_a_plain_sentence(start_us: int, end_us: int, sentence: str) -> None:
    found = checked(start_us, end_us, NOW)
    assert found.stretch is None
    assert sentence in found.remark


def test_a_stretch_that_reaches_into_the_future_is_cut_and_said() -> None:
    found = checked(NOW - HOUR, NOW + HOUR, NOW)
    assert found.stretch == Stretch(NOW - HOUR, NOW)
    assert "up to now" in found.remark
    assert checked(NOW - DAY, NOW - HOUR, NOW).remark == ""


def test_named_stretches_are_local_days() -> None:
    monday_noon = utc(2026, 6, 15, 12)
    assert named(Named.TODAY, monday_noon, MADRID) == Stretch(utc(2026, 6, 14, 22), monday_noon)
    assert named(Named.YESTERDAY, monday_noon, MADRID) == Stretch(utc(2026, 6, 13, 22), utc(2026, 6, 14, 22))
    assert named(Named.THIS_WEEK, monday_noon, MADRID) == Stretch(utc(2026, 6, 14, 22), monday_noon)
    assert named(Named.LAST_WEEK, monday_noon, MADRID).span_us == 7 * DAY
    assert named(Named.THIS_MONTH, monday_noon, MADRID).start_us == utc(2026, 5, 31, 22)
    assert named(Named.LAST_MONTH, monday_noon, MADRID) == Stretch(utc(2026, 4, 30, 22), utc(2026, 5, 31, 22))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 30), 23), ((2026, 10, 26), 25), ((2026, 6, 2), 24)])
def test_yesterday_has_as_many_hours_as_it_had(day: tuple[int, int, int], hours: int) -> None:
    assert named(Named.YESTERDAY, utc(*day, 12), MADRID).span_us == hours * HOUR


def test_whole_days_move_to_whole_days_and_other_stretches_by_their_length() -> None:
    after_change = Stretch(utc(2026, 3, 29, 22), utc(2026, 3, 30, 22))
    before = moved_by_its_length(after_change, -1, MADRID)
    assert before == Stretch(utc(2026, 3, 28, 23), utc(2026, 3, 29, 22))
    assert before.span_us == 23 * HOUR
    assert moved_by_its_length(before, 1, MADRID) == after_change
    odd = Stretch(utc(2026, 3, 30, 10), utc(2026, 3, 30, 12))
    assert moved_by_its_length(odd, -1, MADRID) == Stretch(utc(2026, 3, 30, 8), utc(2026, 3, 30, 10))
