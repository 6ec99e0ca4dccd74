"""Where the marks of the time axis stand: on round local times, right too on days of 23 and 25 hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

SECOND_US: Final = 1_000_000
DAY_S: Final = 86_400

_SECONDS: Final = (1, 2, 5, 10, 15, 30)
_MINUTES: Final = (1, 2, 5, 10, 15, 30)
_HOURS: Final = (1, 2, 3, 6, 12)
_DAYS: Final = (1, 2, 7, 14)
_STEPS_S: Final = (
    *_SECONDS,
    *(60 * each for each in _MINUTES),
    *(3600 * each for each in _HOURS),
    *(DAY_S * each for each in _DAYS),
)
_STEPS_MONTHS: Final = (1, 3, 6, 12, 24, 60)
_MONTH_S: Final = 30 * DAY_S
_PROBE_S: Final = 6 * 3600
"""How far apart the zone's offset is looked at; no zone changes twice within this."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark. is_day: it begins a local day and bears the date."""

    time_us: int
    text: str
    is_day: bool = False


def local(time_us: int, zone: tzinfo | None = None) -> datetime:
    """Return a UTC time in µs as a local one; zone None is this machine's."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=time_us)).astimezone(zone)


def zone_text(time_us: int, zone: tzinfo | None = None) -> str:
    """Return the distance from UTC at a time, such as UTC+02:00."""
    return f"UTC{local(time_us, zone).isoformat()[-6:]}"


def ticks(start_us: int, end_us: int, most: int, zone: tzinfo | None = None) -> tuple[Tick, ...]:
    """Return at most about `most` marks between two times."""
    least_s = (end_us - start_us) / SECOND_US / max(1, most)
    step_s = next((step for step in _STEPS_S if step >= least_s), 0)
    if not step_s:
        months = next((step for step in _STEPS_MONTHS if step * _MONTH_S >= least_s), _STEPS_MONTHS[-1])
        return tuple(_months(start_us, end_us, months, zone))
    if step_s >= DAY_S:
        return tuple(_days(start_us, end_us, step_s // DAY_S, zone))
    return tuple(_within_days(start_us, end_us, step_s, zone))


def _within_days(start_us: int, end_us: int, step_s: int, zone: tzinfo | None) -> Iterator[Tick]:
    stretches = list(offset_stretches(start_us, end_us, zone))
    for begins_us, ends_us, offset_s in stretches:
        step_us = step_s * SECOND_US
        offset_us = offset_s * SECOND_US
        first = -(-(begins_us + offset_us) // step_us) * step_us
        for local_us in range(first, ends_us + offset_us, step_us):
            at_us = local_us - offset_us
            moment = local(at_us, zone)
            if local_us % (DAY_S * SECOND_US) == 0:
                yield Tick(at_us, f"{moment:%a} {moment.day} {moment:%b}", is_day=True)
                continue
            text = moment.strftime("%H:%M:%S" if step_s < 60 else "%H:%M")
            # An hour that comes twice needs its offset to be told apart.
            yield Tick(at_us, f"{text} {_offset_text(moment)}" if len(stretches) > 1 else text)


def offset_stretches(start_us: int, end_us: int, zone: tzinfo | None) -> Iterator[tuple[int, int, int]]:
    """Split a window where the zone's offset changes: start and end in µs, offset in s."""
    begins_us = start_us
    while begins_us < end_us:
        offset = _offset_s(begins_us, zone)
        ends_us = begins_us
        while ends_us < end_us:
            probe_us = min(end_us, ends_us + _PROBE_S * SECOND_US)
            if _offset_s(probe_us, zone) != offset:
                ends_us = _change(ends_us, probe_us, offset, zone)
                break
            ends_us = probe_us
        yield begins_us, ends_us, offset
        begins_us = ends_us


def _change(before_us: int, after_us: int, offset_s: int, zone: tzinfo | None) -> int:
    """Return the first second with another offset, found by halving."""
    low, high = before_us // SECOND_US, -(-after_us // SECOND_US)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(middle * SECOND_US, zone) == offset_s:
            low = middle
        else:
            high = middle
    return high * SECOND_US


def _days(start_us: int, end_us: int, every: int, zone: tzinfo | None) -> Iterator[Tick]:
    day = local(start_us, zone).date()
    last = local(end_us, zone).date()
    while day <= last:
        at_us = midnight_us(day, zone)
        if day.toordinal() % every == 0 and start_us <= at_us < end_us:
            yield Tick(at_us, f"{day:%a} {day.day} {day:%b}" if every == 1 else f"{day.day} {day:%b}", is_day=True)
        day += timedelta(days=1)


def _months(start_us: int, end_us: int, every: int, zone: tzinfo | None) -> Iterator[Tick]:
    first, last = local(start_us, zone), local(end_us, zone)
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        at_us = midnight_us(date(number // 12, number % 12 + 1, 1), zone)
        if number % every == 0 and start_us <= at_us < end_us:
            moment = date(number // 12, number % 12 + 1, 1)
            yield Tick(at_us, f"{moment:%b %Y}", is_day=True)


def midnight_us(day: date, zone: tzinfo | None) -> int:
    """Return the beginning of a local day; where midnight is skipped, the first moment after it."""
    wall = datetime.combine(day, time(0), zone)
    return round(wall.timestamp()) * SECOND_US


def _offset_s(time_us: int, zone: tzinfo | None) -> int:
    offset = local(time_us, zone).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def _offset_text(moment: datetime) -> str:
    text = moment.strftime("%z")
    return text[:3] if text.endswith("00") else f"{text[:3]}:{text[3:5]}"
