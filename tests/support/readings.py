"""Readings to fill a history with, and the times that its tests speak of."""

from __future__ import annotations

import numpy as np

from drivers.api import Batch
from hmi.storage.history.records import DAY_US, HOUR_US, SECOND_US

FIRST_DAY = 20_370
"""2025-10-09, in the middle of a month."""

T0 = FIRST_DAY * DAY_US
"""Midnight UTC of that day."""

__all__ = ["DAY_US", "FIRST_DAY", "HOUR_US", "SECOND_US", "T0", "day_of", "steady"]


def steady(tags: int, rows: int, start_us: int, step_us: int, seed: int = 0) -> Batch:
    """Return rows for each tag, one every step_us, in the order of time; values walk at random."""
    random = np.random.default_rng(seed)
    values = np.cumsum(random.normal(size=(rows, tags)), axis=0)
    times = np.repeat(start_us + np.arange(rows, dtype=np.int64) * step_us, tags)
    return Batch.of(np.tile(np.arange(1, tags + 1), rows), values.ravel(), times)


def day_of(tags: int, number: int, step_us: int = 60 * SECOND_US) -> Batch:
    """Return one whole day of readings, `number` days after T0."""
    return steady(tags, DAY_US // step_us, T0 + number * DAY_US, step_us, abs(number))
