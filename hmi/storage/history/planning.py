"""What is due to be sealed, and what may go: plain decisions over a picture and a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hmi.storage.history.records import DAY_US, HOUR_US, RetentionPolicy
from hmi.storage.history.shelf import Picture, Sealed

LATE_US: Final = HOUR_US
"""How long after its end a day is left open for what comes late."""

MONTH_LATE_DAYS: Final = 2
LARGEST_BYTES: Final = 4 << 30
LATE_SHARE: Final = 0.01
CHEAP_BYTES: Final = 64 << 20
"""Late readings wait, sorted and readable, until they are this share of their file or the file is quickly rewritten."""

RUNS_MOST: Final = 60
"""With more runs than this late readings wait no longer: every one is a table that each query looks into."""

_EPOCH: Final = date(1970, 1, 1)

Span = tuple[int, int]


def due(picture: Picture, now_us: int) -> list[Span]:
    """Return the spans of days (first, end) that are to be sealed now, the oldest first."""
    open_day = (now_us - LATE_US) // DAY_US
    rows_of_day: dict[int, int] = {}
    for place in picture.runs:
        first, end = place.from_us // DAY_US, place.to_us // DAY_US
        for day in range(first, min(end, open_day)):
            rows_of_day[day] = rows_of_day.get(day, 0) + place.rows // max(1, end - first)
    is_crowded = len({place.run for place in picture.runs}) > RUNS_MOST
    months = {_month(day) for day in rows_of_day} | {
        _month(each.first_day) for each in picture.sealed if _month(each.first_day) == _month(each.end_day - 1)
    }
    found: list[Span] = []
    for month in sorted(months):
        days = {day: rows for day, rows in rows_of_day.items() if _month(day) == month}
        files = [each for each in picture.sealed if _month(each.first_day) == month]
        if _is_month_over(month, now_us) and _fits_one_file(files):
            found += _whole_month(days, files, is_crowded=is_crowded)
        else:
            found += _single_days(days, files, is_crowded=is_crowded)
    return found


@dataclass(frozen=True, slots=True)
class Retirement:
    """A sealed file and the tables that it keeps."""

    sealed: Sealed
    tables: tuple[str, ...]


def retirements(picture: Picture, policy: RetentionPolicy, now_us: int, bytes_live: int) -> list[Retirement]:
    """Return which files are to lose what, the oldest first: by age, then whole files until most_bytes is kept."""
    found: list[Retirement] = []
    total = bytes_live
    for sealed in picture.sealed:
        age_days = now_us / DAY_US - sealed.end_day
        gone = {
            "sample": age_days > policy.raw_days,
            "text_sample": age_days > policy.raw_days,
            "r1m": age_days > policy.minute_days,
            "r5m": age_days > policy.minute_days,
            "r1h": age_days > policy.hour_days,
        }
        left = tuple(name for name in sealed.tables if not gone[name])
        if left != sealed.tables:
            found.append(Retirement(sealed, left))
        if left:
            total += sealed.bytes
    going = {retirement.sealed.alias for retirement in found if not retirement.tables}
    for sealed in picture.sealed:
        if not policy.most_bytes or total <= policy.most_bytes:
            break
        if sealed.alias in going:
            continue
        found = [each for each in found if each.sealed is not sealed] + [Retirement(sealed, ())]
        total -= sealed.bytes
    return found


def _month(day: int) -> tuple[int, int]:
    on = _EPOCH + timedelta(days=day)
    return on.year, on.month


def _is_month_over(month: tuple[int, int], now_us: int) -> bool:
    year, number = month
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC) + timedelta(days=MONTH_LATE_DAYS)
    return now_us >= after.timestamp() * 1_000_000


def _fits_one_file(files: Sequence[Sealed]) -> bool:
    return sum(each.bytes for each in files) <= LARGEST_BYTES and len({frozenset(each.tables) for each in files}) <= 1


def _whole_month(days: dict[int, int], files: Sequence[Sealed], *, is_crowded: bool) -> list[Span]:
    if not days and len(files) <= 1:
        return []
    if len(files) == 1 and not _is_worth_it(sum(days.values()), files[0], is_crowded=is_crowded):
        return []
    first = min([*days, *(each.first_day for each in files)])
    end = max([*(day + 1 for day in days), *(each.end_day for each in files)])
    return [(first, end)]


def _single_days(days: dict[int, int], files: Sequence[Sealed], *, is_crowded: bool) -> list[Span]:
    found: set[Span] = set()
    for day, rows in days.items():
        file = next((each for each in files if each.first_day <= day < each.end_day), None)
        if file is None:
            found.add((day, day + 1))
        elif _is_worth_it(rows, file, is_crowded=is_crowded):
            found.add((file.first_day, file.end_day))
    return sorted(found)


def _is_worth_it(late_rows: int, file: Sealed, *, is_crowded: bool) -> bool:
    return late_rows > 0 and (is_crowded or file.bytes <= CHEAP_BYTES or late_rows >= LATE_SHARE * file.rows)
