"""Times of a zone: its offset at many times at once, and what a clock's time means in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from hmi.storage.errors import StorageError

QUARTER_US: Final = 900 * 1_000_000
"""Every zone's clocks change on a quarter of an hour."""
QUARTERS_KNOWN: Final = 100_000
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # a clock's reading, without a zone


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its IANA name, such as Europe/Madrid; an empty one is this machine's."""

    key: str = ""

    @property
    def label(self) -> str:
        """The name for a header."""
        return self.key or "local"

    def info(self) -> tzinfo | None:
        """Return the zone's rules, None for this machine's. Raises StorageError for a name that is none."""
        try:
            return ZoneInfo(self.key) if self.key else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise StorageError(f"There is no time zone {self.key}. Use a name such as Europe/Madrid.") from error


class Offsets:
    """A zone's offsets from UTC, looked up once for each quarter of an hour that occurs. All in µs, int64."""

    def __init__(self, zone: Zone) -> None:
        """Look the zone up. Raises StorageError for one that is none."""
        self._info = zone.info()
        self._at_utc: dict[int, int] = {}
        self._at_clock: dict[int, tuple[int, int]] = {}

    def at_utc(self, time_us: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the offsets at UTC times."""
        quarters, inverse = np.unique(time_us // QUARTER_US, return_inverse=True)
        return np.array([self._of_utc(quarter) for quarter in quarters.tolist()], np.int64)[inverse]

    def at_clock(self, clock_us: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the offsets at a clock's times: for the first time it shows them, and for the second.

        Equal nearly always; the first is larger where the clock shows a time twice, smaller where it never does.
        """
        quarters, inverse = np.unique(clock_us // QUARTER_US, return_inverse=True)
        pairs = np.array([self._of_clock(quarter) for quarter in quarters.tolist()], np.int64).reshape(-1, 2)
        return pairs[:, 0][inverse], pairs[:, 1][inverse]

    def _of_utc(self, quarter: int) -> int:
        found = self._at_utc.get(quarter)
        if found is None:
            if len(self._at_utc) >= QUARTERS_KNOWN:
                self._at_utc.clear()
            moment = datetime.fromtimestamp(quarter * 900, UTC).astimezone(self._info)
            found = self._at_utc[quarter] = _us(moment.utcoffset() or timedelta())
        return found

    def _of_clock(self, quarter: int) -> tuple[int, int]:
        found = self._at_clock.get(quarter)
        if found is None:
            if len(self._at_clock) >= QUARTERS_KNOWN:
                self._at_clock.clear()
            clock = (EPOCH + timedelta(seconds=quarter * 900)).replace(tzinfo=self._info)
            first, second = (quarter * 900 - round(clock.replace(fold=fold).timestamp()) for fold in (0, 1))
            found = self._at_clock[quarter] = (first * 1_000_000, second * 1_000_000)
        return found


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
