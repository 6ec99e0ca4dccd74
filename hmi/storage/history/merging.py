"""Adding readings and buckets up to buckets of another width, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.api import Quality

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_SHOWN: Final = np.array([Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED], np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Readings or buckets, a row each, in any order.

    time_us: by which a part belongs to a bucket. first_us, last_us: of its first and last reading. low, high: NaN for
    nothing to draw; total: the sum of what is. first, last: NaN where that reading was not to be trusted.
    """

    time_us: Ints
    first_us: Ints
    last_us: Ints
    low: Floats
    high: Floats
    total: Floats
    first: Floats
    last: Floats
    count: Ints
    bad: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Buckets that have a reading, ascending. number: 0 for the one that begins at the start."""

    number: Ints
    low: Floats
    high: Floats
    total: Floats
    first: Floats
    last: Floats
    count: Ints
    bad: Ints


def of_readings(found: Mapping[str, Any]) -> Parts:
    """Return fetched readings, columns t, value, quality, as parts."""
    time_us = np.asarray(found["t"], np.int64)
    is_shown = np.isin(np.asarray(found["quality"], np.uint16) & np.uint16(255), _SHOWN)
    value = np.where(is_shown, floats(found["value"]), np.nan)
    bad = np.isnan(value)
    count = np.ones(len(value), np.int64)
    return Parts(
        time_us, time_us, time_us, value, value, np.where(bad, 0.0, value), value, value, count, bad.astype(np.int64)
    )


def of_averages(found: Mapping[str, Any]) -> Parts:
    """Return fetched rollup rows as parts."""
    return Parts(
        np.asarray(found["t"], np.int64),
        np.asarray(found["tfirst"], np.int64),
        np.asarray(found["tlast"], np.int64),
        floats(found["vmin"]),
        floats(found["vmax"]),
        np.nan_to_num(floats(found["vsum"]), nan=0.0),
        floats(found["vfirst"]),
        floats(found["vlast"]),
        np.asarray(found["n"], np.int64),
        np.asarray(found["n_bad"], np.int64),
    )


def merged(parts: Sequence[Parts], start_us: int, width_us: int) -> Merged:
    """Add parts up to buckets of a width, the first of which begins at start_us."""
    whole = _joined(parts)
    if not len(whole.time_us):
        ints, none = np.empty(0, np.int64), np.empty(0)
        return Merged(ints, none, none, none, none, none, ints, ints)
    number = (whole.time_us - start_us) // width_us
    order = _order(number, whole.last_us)
    ends = np.append(np.flatnonzero(np.diff(number[order])), len(order) - 1)
    begins = np.append(0, ends[:-1] + 1)

    def added(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.add.reduceat(column[order], begins)

    by_first = order if whole.first_us is whole.last_us else _order(number, whole.first_us)
    return Merged(
        number[order[ends]],
        np.fmin.reduceat(whole.low[order], begins),
        np.fmax.reduceat(whole.high[order], begins),
        added(whole.total),
        whole.first[by_first[begins]],
        whole.last[order[ends]],
        added(whole.count),
        added(whole.bad),
    )


def floats(column: Any) -> Floats:
    """Return a fetched column with NaN for NULL; DuckDB gives a masked array where there is one."""
    if isinstance(column, np.ma.MaskedArray):
        return np.ma.filled(column.astype(np.float64), np.nan)
    return np.asarray(column, np.float64)


def _order(number: Ints, time_us: Ints) -> npt.NDArray[np.intp]:
    """Return the order by bucket, then by time; what comes in order, as it mostly does, is not sorted."""
    if (np.diff(number) >= 0).all() and (np.diff(time_us) >= 0).all():
        return np.arange(len(number))
    return np.lexsort((time_us, number))


def _joined(parts: Sequence[Parts]) -> Parts:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        ints, none = np.empty(0, np.int64), np.empty(0)
        return Parts(ints, ints, ints, none, none, none, none, none, ints, ints)
    return Parts(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Parts)))
