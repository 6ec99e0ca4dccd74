"""The range of a value axis: what fits the data, the tags' whole range, or what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class RangeMode(StrEnum):
    """Where an axis takes its ends from."""

    AUTO = "auto"
    FULL = "full"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class AxisRange:
    """One axis's own range. low, high: in its unit, for TYPED only."""

    mode: RangeMode
    low: float = 0.0
    high: float = 0.0

    @property
    def is_usable(self) -> bool:
        """Whether it can be drawn: ends that are numbers, in order, and not nearly the same."""
        if self.mode is not RangeMode.TYPED:
            return True
        if not (np.isfinite(self.low) and np.isfinite(self.high)):
            return False
        return self.high - self.low > max(abs(self.low), abs(self.high), 1e-6) * 1e-9

    def zoomed(self, factor: float, at_share: float) -> AxisRange:
        """Return a typed range `factor` times as high around a place, 0 the low end and 1 the high one."""
        fixed = self.low + at_share * (self.high - self.low)
        height = (self.high - self.low) * factor
        return AxisRange(RangeMode.TYPED, fixed - at_share * height, fixed + (1 - at_share) * height)

    def part(self, low_share: float, high_share: float) -> AxisRange:
        """Return a typed range over a part of this one."""
        height = self.high - self.low
        return AxisRange(RangeMode.TYPED, self.low + low_share * height, self.low + high_share * height)

    def state(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"mode": str(self.mode), "low": self.low, "high": self.high}


def range_of(state: object) -> AxisRange | None:
    """Return the range of plain data; None for what is none."""
    if not isinstance(state, Mapping):
        return None
    try:
        found = AxisRange(RangeMode(str(state.get("mode"))), float(state.get("low", 0)), float(state.get("high", 0)))
    except (TypeError, ValueError):
        return None
    return found if found.is_usable else None
