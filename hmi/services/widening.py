"""Rows of a file with one column a tag, and numbers with as many digits as they are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.services.history import History
from hmi.services.jobs import Progress
from hmi.services.port.archive import StartExport
from hmi.storage.exchange.sheet import LOW_BYTE, Rows

MOST: Final = 400_000
"""Readings, or cells of averages, that are joined at once."""
LEAST_US: Final = 1_000_000
DIGITS_MORE: Final = 3
EXACT: Final = 1e15
"""Beyond, a double has no digit left to round."""
TRUSTED: Final = (Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED)

Column = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
"""Times, UTC µs, and float64 values of one tag."""


def wide_rows(history: History, order: StartExport, is_stepped: Sequence[bool], progress: Progress) -> Iterator[Rows]:
    """Yield rows in order of time: at each time one of the tags has a reading, or its bucket has. Blocks.

    A cell is empty where a tag has no reading at that time, or one that is not to be trusted.
    """
    return _averages(history, order, is_stepped, progress) if order.width_us else _readings(history, order, progress)


def rounded(rows: Rows, decimals: Sequence[int], *, is_wide: bool) -> Rows:
    """Return rows with the digits that each tag shows and some more. decimals: by position of the tag."""
    if is_wide:
        numbers = [_round(column, digits) for column, digits in zip(rows.numbers, decimals, strict=True)]
    else:
        numbers = [column.copy() for column in rows.numbers]
        for position in np.unique(rows.tag).tolist():
            own = rows.tag == position
            for column in numbers:
                column[own] = _round(column[own], decimals[position])
    return Rows(rows.time_us, rows.tag, tuple(numbers), rows.quality, rows.counts, rows.texts)


def _round(values: npt.NDArray[np.float64], decimals: int) -> npt.NDArray[np.float64]:
    digits = decimals + DIGITS_MORE
    is_exact = np.abs(values) * 10.0**digits < EXACT  # false for no number, too
    return np.where(is_exact, np.round(values, digits), values)


def _readings(history: History, order: StartExport, progress: Progress) -> Iterator[Rows]:
    """Yield stretch by stretch, each as long as about so many readings lie in it."""
    total, done = history.estimate(order.tags, order.start_us, order.end_us), 0
    at, span = order.start_us, order.end_us - order.start_us
    while at < order.end_us:
        while span > LEAST_US and history.estimate(order.tags, at, min(at + span, order.end_us)) > MOST:
            span //= 2
        end = min(at + span, order.end_us)
        progress(done, max(done, total))
        columns = [_column(Batch.concatenate(list(history.rows((tag,), at, end)))) for tag in order.tags]
        found = sum(len(times) for times, _ in columns)
        if found:
            yield joined(columns)
        done += found
        at = end
        if found < MOST // 4:
            span *= 2


def _column(batch: Batch) -> Column:
    is_trusted = np.isin(batch.quality & LOW_BYTE, TRUSTED)
    return batch.source_us, np.where(is_trusted, batch.value, np.nan)


def _averages(history: History, order: StartExport, is_stepped: Sequence[bool], progress: Progress) -> Iterator[Rows]:
    stride = order.width_us * max(1, MOST // len(order.tags))
    windows = range(order.start_us, order.end_us, stride)
    for done, start in enumerate(windows):
        progress(done, len(windows))
        end = min(start + stride, order.end_us)
        pens = list(history.buckets(order.tags, start, end, order.width_us))
        columns = [
            (pen.time_us, pen.last if stepped else pen.mean) for pen, stepped in zip(pens, is_stepped, strict=True)
        ]
        if any(len(times) for times, _ in columns):
            yield joined(columns)


def joined(columns: Sequence[Column]) -> Rows:
    """Return one row a time at which any column has a number; of two values of a column at one time the last."""
    times = np.unique(np.concatenate([time_us for time_us, _ in columns]))
    numbers = []
    for time_us, values in columns:
        cells = np.full(len(times), np.nan)
        cells[np.searchsorted(times, time_us)] = values
        numbers.append(cells)
    has_any = ~np.all(np.isnan(numbers), axis=0)
    times = times[has_any]
    return Rows(times, np.zeros(len(times), np.int32), tuple(cells[has_any] for cells in numbers))
