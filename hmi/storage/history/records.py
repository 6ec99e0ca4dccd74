"""What the history says of itself, and what it is told: immutable, picklable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
MIB: Final = 1 << 20

Progress = Callable[[int, int], None]
"""Is told (done, total) from time to time, on the thread that works; what it raises ends the work, undone."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


class FileKind(StrEnum):
    """What a file of the history holds."""

    LIVE = "live"
    SEALED = "sealed"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class FileStatus:
    """One file. first_day_us to last_day_us: its UTC days, the last one's end not included; 0 when it has none.

    has_samples False: only averages are left of it.
    """

    name: str
    kind: FileKind
    first_day_us: int
    last_day_us: int
    bytes: int
    rows: int
    has_samples: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which the history knows that it lacks something. rows: how many samples, 0 when nobody knows."""

    from_us: int
    to_us: int
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class HistoryStatus:
    """The history at a glance. bytes_per_day: of the last sealed days; days_left: until the disk is full, or None."""

    files: tuple[FileStatus, ...]
    rows: int
    bytes: int
    oldest_us: int
    newest_us: int
    free_bytes: int
    bytes_per_day: float
    days_left: float | None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long what is kept: days of readings, of minute averages, of hourly averages; most_bytes 0 for no bound."""

    raw_days: int = 400
    minute_days: int = 400
    hour_days: int = 3650
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import. skipped: rows whose tag and time were there already. first_us, last_us: the times it spans."""

    id: int
    label: str
    user: str
    at_us: int
    rows: int
    skipped: int
    first_us: int
    last_us: int
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What the files say of a tag beside its number, so that other programs can read them."""

    tag_id: int
    id: str
    station: str
    name: str
    unit: str
    kind: str
    rollover: float
