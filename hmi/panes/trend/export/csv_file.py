"""The visible values as CSV: local time with its offset, UTC, one column a pen. No Qt; called off the GUI thread."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.plant import Station
from hmi.domain.tags import TagKind
from hmi.panes.trend.export.buckets import BucketRows
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.panes.trend.value_rows import ValueRows
from hmi.ui.points import Float64
from hmi.ui.words import length_text


def csv_lines(rows: ValueRows | BucketRows, stations: Mapping[UUID, Station], past: str = "") -> Iterator[list[str]]:
    """Yield the header and the rows of a file. past: the earlier period."""
    if isinstance(rows, BucketRows):
        return _bucket_lines(rows, stations, past)
    return _reading_lines(rows, stations, past)


def _reading_lines(rows: ValueRows, stations: Mapping[UUID, Station], past: str) -> Iterator[list[str]]:
    """Yield single readings; a pen without one at a time has an empty cell."""
    yield [tr("Local time"), "UTC", *(_title(pen, stations, past if pen.shift else "") for pen in rows.pens)]
    for row, time_us in enumerate(rows.time_us.tolist()):
        values = (
            _number(pen, float(rows.values[row, column])) if rows.is_read[row, column] else ""
            for column, pen in enumerate(rows.pens)
        )
        yield [*_times(time_us), *values]


def _bucket_lines(rows: BucketRows, stations: Mapping[UUID, Station], past: str) -> Iterator[list[str]]:
    """Yield what the rows are, and low, mean and high of each pen; of a state the last value."""
    says = tr("Not single readings: each row is {width}, and its time is its beginning.")
    yield [says.format(width=width_text(rows))]
    yield [tr("Low, mean and high are of the readings in it, a state has its last one. Zoom in for single readings.")]
    titles = [tr("Local time"), "UTC"]
    columns: list[tuple[Pen, Float64]] = []
    for place, pen in enumerate(rows.pens):
        title = _title(pen, stations, past if pen.shift else "")
        if pen.tag.kind is TagKind.DISCRETE:
            titles.append(f"{title} {tr('last')}")
            columns.append((pen, rows.last[:, place]))
            continue
        titles += [f"{title} {word}" for word in (tr("low"), tr("mean"), tr("high"))]
        columns += [(pen, each[:, place]) for each in (rows.low, rows.mean, rows.high)]
    yield titles
    for row, begin_us in enumerate(rows.begin_us.tolist()):
        yield [*_times(begin_us), *(_number(pen, float(column[row])) for pen, column in columns)]


def width_text(rows: BucketRows) -> str:
    """Return how long each row is, such as 5 min."""
    return length_text(rows.width_us / SECOND_US)


def write_csv(path: Path, lines: Sequence[list[str]] | Iterator[list[str]]) -> int:
    """Write a file that appears only when it is whole; return how many rows it has. Raises OSError. Blocks."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            count = -1
            for count, line in enumerate(lines):  # noqa: B007  # counted on the way
                writer.writerow(line)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return max(0, count)


def _times(time_us: int) -> tuple[str, str]:
    moment = local(time_us)
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds"), utc.isoformat(timespec="milliseconds") + "Z"


def _title(pen: Pen, stations: Mapping[UUID, Station], past: str) -> str:
    station = stations.get(pen.tag.station_id)
    words = [station.name if station else "", pen.tag.name, f"[{pen.tag.unit}]" if pen.tag.unit else "", past]
    return " ".join(each for each in words if each)


def _number(pen: Pen, value: float) -> str:
    if value != value:  # only NaN is unlike itself
        return ""
    return str(int(value)) if pen.tag.kind is TagKind.DISCRETE else f"{value:.10g}"
