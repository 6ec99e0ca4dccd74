"""The working shifts of a day: from when to when each is, right also on days of 23 and 25 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

SHIFT_STARTS_H: Final = (6, 14, 22)
"""Local hours."""


@dataclass(frozen=True, slots=True)
class WorkShift:
    """One shift, from start_us up to end_us (UTC µs)."""

    start_us: int
    end_us: int


def shift_at(at_us: int, zone: tzinfo | None = None, starts_h: tuple[int, ...] = SHIFT_STARTS_H) -> WorkShift:
    """Return the shift that a moment (UTC µs) lies in; zone None is this machine's."""
    day = datetime.fromtimestamp(at_us / 1e6, UTC).astimezone(zone).date()
    days = (day + timedelta(days=offset) for offset in (-1, 0, 1, 2))
    starts = sorted(_utc_us(datetime.combine(each, time(hour)), zone) for each in days for hour in starts_h)
    start_us = max(each for each in starts if each <= at_us)
    return WorkShift(start_us, min(each for each in starts if each > start_us))


def shift_before(shift: WorkShift, zone: tzinfo | None = None) -> WorkShift:
    """Return the shift before one."""
    return shift_at(shift.start_us - 1, zone)


def _utc_us(wall: datetime, zone: tzinfo | None) -> int:
    aware = wall.astimezone() if zone is None else wall.replace(tzinfo=zone)
    return round(aware.timestamp()) * 1_000_000
