"""Periods of the week, in wall-clock time; time comes in as an argument."""

from __future__ import annotations

import datetime

from hmi.config.notification_settings import Period

DAY = datetime.timedelta(days=1)


def local_of(at_us: int, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return a UTC time in µs as an aware time of a zone, or of this computer's."""
    return datetime.datetime.fromtimestamp(at_us / 1e6, datetime.UTC).astimezone(zone)


def is_within(period: Period, moment: datetime.datetime) -> bool:
    """Return whether a local time lies in a period: its begin belongs to it, its end does not."""
    return _begin_of(period, moment) is not None


def end_us(period: Period, moment: datetime.datetime, zone: datetime.tzinfo | None = None) -> int:
    """Return when the period that a local time lies in ends, UTC µs; the time itself where it lies in none.

    The end is a time of the clock on the wall: on the days when the clocks change, the period is longer or shorter.
    """
    begin = _begin_of(period, moment)
    if begin is None:
        return _us(moment)
    last = begin.date() if period.end > period.begin else begin.date() + DAY
    end = datetime.datetime.combine(last, period.end)
    return _us(end.replace(tzinfo=zone) if zone is not None else end.astimezone())


def _begin_of(period: Period, moment: datetime.datetime) -> datetime.datetime | None:
    """Return the wall-clock time at which the period began that a moment lies in."""
    now = moment.replace(tzinfo=None)
    for day in (now.date(), now.date() - DAY):
        begin = datetime.datetime.combine(day, period.begin)
        end = datetime.datetime.combine(day if period.end > period.begin else day + DAY, period.end)
        if day.weekday() in period.days and begin <= now < end:
            return begin
    return None


def _us(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1e6)
