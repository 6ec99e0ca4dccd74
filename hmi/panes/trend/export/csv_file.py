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
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.value_rows import ValueRows


def csv_lines(rows: ValueRows, stations: Mapping[UUID, Station], past: str = "") -> Iterator[list[str]]:
    """Yield the header and the rows; a pen without a reading at a time has an empty cell. past: the earlier period."""
    yield [tr("Local time"), "UTC", *(_title(pen, stations, past if pen.shift else "") for pen in rows.pens)]
    for row, time_us in enumerate(rows.time_us.tolist()):
        moment = local(time_us)
        values = (
            _number(pen, float(rows.values[row, column])) if rows.is_read[row, column] else ""
            for column, pen in enumerate(rows.pens)
        )
        utc = moment.astimezone(UTC).replace(tzinfo=None)
        yield [moment.isoformat(timespec="milliseconds"), utc.isoformat(timespec="milliseconds") + "Z", *values]


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


def _title(pen: Pen, stations: Mapping[UUID, Station], past: str) -> str:
    station = stations.get(pen.tag.station_id)
    words = [station.name if station else "", pen.tag.name, f"[{pen.tag.unit}]" if pen.tag.unit else "", past]
    return " ".join(each for each in words if each)


def _number(pen: Pen, value: float) -> str:
    if value != value:  # only NaN is unlike itself
        return ""
    return str(int(value)) if pen.tag.kind is TagKind.DISCRETE else f"{value:.10g}"
