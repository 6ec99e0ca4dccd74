"""Slowing down under overload: values then come more rarely, and the operator is told, rather than late or lost.

factor 1 ──► 2 ──► 4 ──► 8        while values lag behind the server for 3 s
       ◄──── ◄──── ◄────          after 10 s without lag
"""

from __future__ import annotations

from typing import Final

FACTORS: Final = (1.0, 2.0, 4.0, 8.0)
LAG_HIGH_S: Final = 1.0
LAG_LOW_S: Final = 0.3
SLOWER_AFTER_S: Final = 3.0
FASTER_AFTER_S: Final = 10.0


class Throttle:
    """Decides by how much sampling is slowed. Times are monotonic seconds, handed in."""

    def __init__(self) -> None:
        self._step = 0
        self._high_since: float | None = None
        self._low_since: float | None = None

    @property
    def factor(self) -> float:
        return FACTORS[self._step]

    def note(self, lag_s: float, interval_s: float, now: float) -> bool:
        """Take the worst lag since the last call; return whether the factor changed.

        What the publishing interval itself delays is no lag.
        """
        excess = lag_s - interval_s
        if excess > LAG_HIGH_S:
            self._low_since = None
            self._high_since = now if self._high_since is None else self._high_since
            if now - self._high_since >= SLOWER_AFTER_S and self._step < len(FACTORS) - 1:
                self._step += 1
                self._high_since = now
                return True
            return False
        self._high_since = None
        if excess > LAG_LOW_S or not self._step:
            self._low_since = None
            return False
        self._low_since = now if self._low_since is None else self._low_since
        if now - self._low_since >= FASTER_AFTER_S:
            self._step -= 1
            self._low_since = now
            return True
        return False
