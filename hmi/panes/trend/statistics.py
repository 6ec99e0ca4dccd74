"""Figures of a stretch of time: what a pen did between two moments, each value counted for as long as it held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hmi.panes.trend.history.records import Records
from hmi.ui.points import Float64

NAN: Final = float("nan")
RESET_BELOW: Final = 0.5
"""A counter that falls to less than this share of what it was has begun at 0 again; a smaller fall is a correction."""


ROUND_MOST: Final = 0.25
"""Of a counter's round: more than this between two readings is not believed to be a rollover."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """In the tag's unit but for: good_share and on_share 0…1, on_s seconds, starts a count; NaN for nothing known.

    mean, deviation: weighted by time, each value held until the next; gaps are not counted. change: last − first.
    total: what a counter counted. is_exact: made from single readings and not from buckets of them.
    """

    low: float = NAN
    high: float = NAN
    mean: float = NAN
    deviation: float = NAN
    first: float = NAN
    last: float = NAN
    good_share: float = NAN
    on_s: float = NAN
    starts: int = 0
    total: float = NAN
    is_exact: bool = True

    @property
    def change(self) -> float:
        return self.last - self.first


def statistics(records: Records, start_us: int, end_us: int, rollover: float = 0.0) -> Statistics:
    """Return the figures from start to end; rollover: where a counter begins at 0 again, 0 for never."""
    if end_us <= start_us:
        return Statistics()
    held = records.clipped(start_us, end_us)
    known = np.isfinite(held.mean)
    if not known.any():
        return Statistics(good_share=0.0, is_exact=records.is_exact)
    weight = np.where(known, (held.end_us - held.begin_us) * held.good, 0.0)
    whole = float(weight.sum())
    values = np.where(known, held.mean, 0.0)
    mean = float((weight * values).sum() / whole) if whole > 0 else float(values[known].mean())
    spread = float((weight * (values - mean) ** 2).sum() / whole) if whole > 0 else 0.0
    course = held.course()
    return Statistics(
        low=float(np.fmin.reduce(held.low)),
        high=float(np.fmax.reduce(held.high)),
        mean=mean,
        deviation=spread**0.5,
        first=float(course[0]),
        last=float(course[-1]),
        good_share=min(1.0, whole / (end_us - start_us)),
        on_s=float((weight * values).sum()) / 1e6,
        starts=starts(course),
        total=total(course, rollover),
        is_exact=records.is_exact,
    )


def starts(course: Float64) -> int:
    """Return how often a state went from off to on; one seen off before a gap and on after it started once."""
    is_on = course >= 0.5
    return int(np.count_nonzero(is_on[1:] & ~is_on[:-1]))


def total(course: Float64, rollover: float) -> float:
    """Return how far a counter went through these values, in order.

    A fall is a rollover when going on over the top is less than a quarter of a round; else a reset when it is deep
    (what is there now was counted since), else a correction, which counts as it is.
    """
    if not len(course):
        return NAN
    steps = np.diff(course)
    before, after = course[:-1], course[1:]
    is_fall = steps < 0
    over = rollover - before + after
    is_round = is_fall & (rollover > 0) & (over >= 0) & (over < ROUND_MOST * rollover)
    is_reset = is_fall & ~is_round & (after < RESET_BELOW * before)
    return float(np.where(is_round, over, np.where(is_reset, after, steps)).sum())
