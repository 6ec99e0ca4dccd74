"""How long after a failure the next attempt is looked at: never for good, since an operator must get in (CR 1.11)."""

from __future__ import annotations

from typing import Final

FREE: Final = 2
"""Failures that cost nothing: fingers slip."""
LONGEST_S: Final = 30.0


def delay_s(failures: int) -> float:
    """Return how long to wait after so many failures in a row, in s: 0, 0, 1, 2, 4 … 30."""
    return 0.0 if failures <= FREE else min(LONGEST_S, 2.0 ** min(failures - FREE - 1, 16))


def wait_s(failures: int, not_before_us: int, now_us: int) -> float:
    """Return how long is left, in s; never longer than the delay itself, however the clock was set."""
    return max(0.0, min(delay_s(failures), (not_before_us - now_us) / 1e6))
