"""Value axes: pens of one unit share one, and all have the same number of divisions, so that one grid serves them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.domain.tags import Tag, TagKind

DIVISIONS: Final = 5
MOST_AXES: Final = 4
PADDING: Final = 0.04
SMALLEST_SHARE: Final = 0.02
"""The least that a fitted axis shows, as a share of the tag's range: noise is not blown up to a storm.

A counter has no noise, and its range is all it can ever count to: its axis shows what it counted, however little.
"""

LOOSE: Final = 0.5
"""An axis keeps its range while the next finer one would not be this much smaller, so that it does not twitch."""

_STEPS: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of DIVISIONS steps, from low upward, in the unit of its pens."""

    low: float
    step: float

    @property
    def high(self) -> float:
        return self.low + DIVISIONS * self.step

    def holds(self, low: float, high: float) -> bool:
        """Whether values from low to high can be seen on it."""
        return self.low <= low and high <= self.high

    def share(self, value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return where values lie, 0 at the bottom and 1 at the top; values beyond lie beyond."""
        return (value - self.low) / (DIVISIONS * self.step)

    def labels(self) -> tuple[str, ...]:
        """Return the texts of the divisions, from the bottom up, with as many digits as the step needs."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        most = decimals + 2
        while decimals < most and abs(round(self.step, decimals) - self.step) > 1e-6 * self.step:
            decimals += 1
        texts = (f"{self.low + number * self.step:,.{decimals}f}" for number in range(DIVISIONS + 1))
        return tuple(text.replace(",", "\u202f").replace("-", "\u2212") for text in texts)


def scale_key(tag: Tag) -> str:
    """Return what pens on one axis have in common: the unit, or for numbers without one what is measured."""
    return tag.unit or tag.quantity or str(tag.id)


def scale_over(low: float, high: float) -> Scale:
    """Return the closest scale of round steps that holds a range."""
    spread = high - low
    if not (math.isfinite(spread) and spread > 0):
        return Scale(low if math.isfinite(low) else 0.0, 1.0)
    exponent = math.floor(math.log10(spread / DIVISIONS))
    for power in (exponent, exponent + 1):
        for multiple in _STEPS:
            step = multiple * 10.0**power
            bottom = math.floor(low / step + 1e-9) * step
            if bottom + DIVISIONS * step >= high - step * 1e-9:
                return Scale(bottom, step)
    return Scale(low, spread / DIVISIONS)


def full_scale(tags: Iterable[Tag]) -> Scale:
    """Return a scale over the ranges of tags."""
    revisions = [tag.revision for tag in tags]
    return scale_over(min(each.low for each in revisions), max(each.high for each in revisions))


def typed_scale(low: float, high: float) -> Scale:
    """Return a scale with exactly these ends."""
    return Scale(low, (high - low) / DIVISIONS)


def fitted_scale(tags: Iterable[Tag], low: float, high: float, before: Scale | None) -> Scale:
    """Return a scale over visible data from low to high, or the one before while that still suits."""
    least = max(max(map(_least_shown, tags), default=SMALLEST_SHARE), abs(high) * 1e-9, 1e-9)
    padding = max(PADDING * (high - low), (least - (high - low)) / 2)
    bottom = low - padding
    if low >= 0 > bottom:
        bottom = 0.0  # a flow or a level that cannot be negative needs no room below zero
    wanted = scale_over(bottom, high + padding)
    if before is not None and before.holds(low, high) and wanted.step > LOOSE * before.step:
        return before
    return wanted


def _least_shown(tag: Tag) -> float:
    if tag.kind is TagKind.COUNTER:
        return float(DIVISIONS * 10.0**-tag.revision.decimals)  # a digit a division
    return SMALLEST_SHARE * (tag.revision.high - tag.revision.low)
