"""The figures of the alarm system as a file of CSV: each with its target, then the worst alarms, then the bars."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hmi.config.csv_files.cells import guarded
from hmi.domain.alarms import Priority
from hmi.domain.alarms.figures import PRIORITY_TARGET, TARGETS, AlarmFigures
from hmi.storage.exchange.part_file import part_file

PLAIN = (
    "count", "per_day", "per_hour", "per_ten_minutes", "most_in_ten_minutes", "busy_hours", "busy_ten_minutes",
    "floods", "flood_share", "top_share", "chattering", "fleeting", "stale", "acknowledged_mean_s",
    "acknowledged_p95_s", "never_acknowledged",
)  # fmt: skip


def write_figures(figures: AlarmFigures, path: Path) -> None:
    """Write a file. Blocks. Raises StorageError; then there is no file."""
    with part_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_lines(figures))


def _lines(figures: AlarmFigures) -> Iterator[list[str]]:
    yield ["figure", "value", "target at most"]
    yield ["from_utc", _utc(figures.start_us), ""]
    yield ["to_utc", _utc(figures.end_us), ""]
    for name in PLAIN:
        value = getattr(figures, name)
        is_none = isinstance(value, float) and math.isnan(value)
        yield [name, "" if is_none else f"{value:g}", f"{TARGETS[name]:g}" if name in TARGETS else ""]
    for priority in Priority:
        share, target = figures.priority_share(priority), PRIORITY_TARGET[priority]
        yield [f"priority_{int(priority)}_share", f"{share:g}", f"about {target:g}"]
    yield []
    yield ["most frequent alarms", "count", "share"]
    for each in figures.top:
        yield [guarded(each.name), str(each.count), f"{each.share:g}"]
    yield []
    yield ["from_utc", "alarms", ""]
    first = figures.start_us // figures.bucket_us * figures.bucket_us
    for number, count in enumerate(figures.per_bucket):
        yield [_utc(first + number * figures.bucket_us), str(count), ""]


def _utc(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
