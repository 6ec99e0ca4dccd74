from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hmi.domain.shifts import WorkShift, shift_at, shift_before

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3_600_000_000


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=MADRID).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-03-02 06:00", "2026-03-02 06:00", "2026-03-02 14:00"),
        ("2026-03-02 05:59", "2026-03-01 22:00", "2026-03-02 06:00"),
        ("2026-03-02 13:59", "2026-03-02 06:00", "2026-03-02 14:00"),
        ("2026-03-02 21:59", "2026-03-02 14:00", "2026-03-02 22:00"),
        ("2026-03-02 23:30", "2026-03-02 22:00", "2026-03-03 06:00"),
        ("2026-03-02 00:00", "2026-03-01 22:00", "2026-03-02 06:00"),
    ],
)
def test_a_moment_has_its_shift_and_its_ends_meet(moment: str, start: str, end: str) -> None:
    shift = shift_at(us(moment), MADRID)
    assert shift == WorkShift(us(start), us(end))
    assert shift_before(shift, MADRID).end_us == shift.start_us
    assert shift_at(shift.end_us, MADRID).start_us == shift.end_us


@pytest.mark.parametrize(("night", "hours"), [("2026-03-29 01:00", 7), ("2026-10-25 01:00", 9)])
def test_the_night_in_which_the_clocks_change_is_shorter_or_longer(night: str, hours: int) -> None:
    shift = shift_at(us(night), MADRID)
    assert shift.end_us - shift.start_us == hours * HOUR
    assert shift_before(shift, MADRID).end_us == shift.start_us


def test_without_a_zone_it_is_this_machine_s() -> None:
    shift = shift_at(us("2026-03-02 12:00"))
    assert shift.start_us <= us("2026-03-02 12:00") < shift.end_us
    assert shift.end_us - shift.start_us == 8 * HOUR
