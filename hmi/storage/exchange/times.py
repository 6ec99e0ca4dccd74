"""Cells as times: UTC µs, or by row why a cell is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.domain.language import tr
from hmi.storage.exchange.mapping import TimeFormat, Twice
from hmi.storage.exchange.zones import EPOCH, Offsets, Zone

EARLIEST_US: Final = 0
LATEST_US: Final = 4_102_444_800_000_000
"""From 1970 to 2100: outside, the format is wrong and not the clock."""
EPOCH_UTC: Final = datetime(1970, 1, 1, tzinfo=UTC)
US: Final = timedelta(microseconds=1)
_EPOCHS: Final = {TimeFormat.EPOCH_S: 1_000_000, TimeFormat.EPOCH_MS: 1_000, TimeFormat.EPOCH_US: 1}
_DATED: Final = re.compile(
    r"(\d{1,4})[-./](\d{1,2})[-./](\d{1,4})"
    r"(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
DAY: Final = re.compile(r"\s*(\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{8})\s*")
"""A day without a time of it."""
CLOCK: Final = re.compile(r"\s*\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?\s*")
"""A time of a day without the day."""
ISO_YEAR_DIGITS: Final = 4
NOON: Final = 12
MONTHS: Final = 12


class TimeReader:
    """Reads times of one format; those without a zone are a clock's of the zone given."""

    def __init__(self, form: TimeFormat, zone: Zone, twice: Twice) -> None:
        """Raise StorageError for a zone that is none."""
        self._format = form
        self._twice = twice
        self._offsets = Offsets(zone)
        self._parse = _iso if form is TimeFormat.ISO else self._dated
        self.open_days = 0
        """How many dates would be another one with day and month the other way round."""
        self.open_day: tuple[str, datetime] | None = None
        """The first of them, and how it was read."""
        self.contrary = 0
        """How many dates would be one with day and month the other way round, and are none as they are read."""
        self.is_decided = False
        """Whether some date can be read in one way only."""

    def read(self, cells: Sequence[str]) -> tuple[npt.NDArray[np.int64], dict[int, str]]:
        """Return the times, int64 UTC µs, and the faults by row; a row with a fault has time 0."""
        faults: dict[int, str] = {}
        read = self._epochs if self._format in _EPOCHS else self._moments
        found = read(cells, faults)
        is_out = (found < EARLIEST_US) | (found >= LATEST_US)
        for row in np.flatnonzero(is_out).tolist():
            faults.setdefault(row, tr("This time is not between 1970 and 2100; look at the time format."))
            found[row] = 0
        return found, faults

    def _epochs(self, cells: Sequence[str], faults: dict[int, str]) -> npt.NDArray[np.int64]:
        factor = _EPOCHS[self._format]
        found = np.zeros(len(cells), np.int64)
        for row, cell in enumerate(cells):
            try:
                text = cell.strip()
                found[row] = int(text) * factor if text.isdecimal() else round(float(text.replace(",", ".")) * factor)
            except (ValueError, OverflowError):
                faults[row] = tr("This is not a number of seconds since 1970.") if text else tr("The time is missing.")
        return found

    def _moments(self, cells: Sequence[str], faults: dict[int, str]) -> npt.NDArray[np.int64]:
        moments: list[datetime] = []
        for row, cell in enumerate(cells):
            try:
                moments.append(self._parse(cell))
            except (ValueError, OverflowError):
                faults[row] = tr("This is not a time of the format chosen.") if cell.strip() else _MISSING
                moments.append(EPOCH_UTC)
        is_clock = np.array([moment.tzinfo is None for moment in moments], bool)
        found = np.array(
            [(moment - EPOCH) // US if moment.tzinfo is None else (moment - EPOCH_UTC) // US for moment in moments],
            np.int64,
        )
        if is_clock.any():
            rows = np.flatnonzero(is_clock)
            found[rows] = self._to_utc(found[rows], rows, faults)
        return found

    def _to_utc(
        self, clock_us: npt.NDArray[np.int64], rows: npt.NDArray[np.intp], faults: dict[int, str]
    ) -> npt.NDArray[np.int64]:
        first, second = self._offsets.at_clock(clock_us)
        if self._twice is Twice.REFUSE:
            for row in rows[first > second].tolist():
                faults[row] = tr("The clock shows this time twice, when it goes back. Say which of the two is meant.")
        for row in rows[first < second].tolist():
            faults[row] = tr("The clock never shows this time: it goes forward over it.")
        return clock_us - (second if self._twice is Twice.SECOND else first)

    def _dated(self, cell: str) -> datetime:
        """Read day.month.year or month/day/year, with or without time and offset. Raises ValueError."""
        found = _DATED.fullmatch(cell.strip())
        if found is None:
            raise ValueError(cell)
        one, two, three = int(found[1]), int(found[2]), int(found[3])
        if len(found[1]) == ISO_YEAR_DIGITS:
            year, month, day = one, two, three
        else:
            day, month = (one, two) if self._format is TimeFormat.DAY_FIRST else (two, one)
            year = three if len(found[3]) == ISO_YEAR_DIGITS else 2000 + three
            if month > MONTHS >= day:
                self.contrary += 1
        moment = _moment(found, year, month, day)
        if len(found[1]) != ISO_YEAR_DIGITS and day != month:
            # With points the day comes first, wherever dates are written so.
            if day > MONTHS or "." in found[0][: found.end(3)]:
                self.is_decided = True
            else:
                self.open_days += 1
                self.open_day = self.open_day or (cell.strip(), moment)
        return moment


_MISSING: Final = tr("The time is missing.")


def are_days(cells: Sequence[str]) -> bool:
    """Say whether nearly every cell that is not empty is a day, there is one, and no cell has a time of day."""
    said = [cell for cell in cells if cell.strip()]
    if not said or any(":" in cell for cell in said):
        return False
    return sum(bool(DAY.fullmatch(cell)) for cell in said) * 10 >= len(said) * 9


def are_clocks(cells: Sequence[str]) -> bool:
    """Say whether nearly every cell that is not empty is a time of a day without the day, and there is one."""
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and sum(bool(CLOCK.fullmatch(cell)) for cell in said) * 10 >= len(said) * 9


def joined(days: Sequence[str], clocks: Sequence[str]) -> list[str]:
    """Return days and times of day as one cell each; empty where the time of day is missing."""
    return [f"{day.strip()} {clock.strip()}" if clock.strip() else "" for day, clock in zip(days, clocks, strict=True)]


def _iso(cell: str) -> datetime:
    text = cell.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = _DATED.fullmatch(text)  # as many write it: one digit, a comma, no second
        if found is None or len(found[1]) != ISO_YEAR_DIGITS:
            raise
        return _moment(found, int(found[1]), int(found[2]), int(found[3]))


def _moment(found: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour = int(found[4] or 0)
    if found[8]:
        hour = hour % NOON + (NOON if found[8][0] in "Pp" else 0)
    micro = int((found[7] or "").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, int(found[5] or 0), int(found[6] or 0), micro, _zone(found[9]))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
