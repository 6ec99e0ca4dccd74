"""How alarms come: floods, chattering, what came first (ISA-18.2-2016, 16; EEMUA 191).

A flood begins with more than ten new alarms in ten minutes and ends with fewer than five. Nothing is dropped in it.
"""

from __future__ import annotations

from collections import deque
from typing import Final
from uuid import UUID

from hmi.domain.alarms import Occurrence
from hmi.domain.alarms.figures import (
    CHATTER_TIMES,
    DAY_US,
    FLOOD_ABOVE,
    FLOOD_ENDS_BELOW,
    MINUTE_US,
    TEN_MINUTES_US,
)

FLEETING_US: Final = MINUTE_US
STALE_US: Final = DAY_US
BURST_US: Final = 10_000_000
"""Alarms of one station that come no further apart than this are taken to have one cause."""


class Flood:
    """Counts what is annunciated. Times in UTC µs."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque()
        self.since_us = 0

    @property
    def recent(self) -> int:
        """How many alarms were annunciated in the last ten minutes."""
        return len(self._recent)

    def add(self, at_us: int) -> None:
        """Note an alarm that was annunciated."""
        self._recent.append(at_us)

    def look(self, now_us: int) -> bool:
        """Forget what is older than the window; return whether a flood began or ended."""
        while self._recent and self._recent[-1] > now_us:
            self._recent.pop()  # the clock was set back
        while self._recent and self._recent[0] <= now_us - TEN_MINUTES_US:
            self._recent.popleft()
        if not self.since_us and len(self._recent) > FLOOD_ABOVE:
            self.since_us = now_us
            return True
        if self.since_us and len(self._recent) < FLOOD_ENDS_BELOW:
            self.since_us = 0
            return True
        return False


class FirstOut:
    """Which alarm of a station came first in a burst; it is marked as soon as a second one follows."""

    def __init__(self) -> None:
        self._bursts: dict[UUID | None, tuple[Occurrence, int, int]] = {}

    def add(self, station_id: UUID | None, occurrence: Occurrence) -> Occurrence | None:
        """Note an activation; return the first of its burst when this one is its second."""
        at_us = occurrence.activated_us
        first, last_us, count = self._bursts.get(station_id, (occurrence, -BURST_US, 0))
        if not count or at_us - last_us > BURST_US:
            self._bursts[station_id] = (occurrence, at_us, 1)
            return None
        self._bursts[station_id] = (first, max(last_us, at_us), count + 1)
        return first if count == 1 else None


def is_chattering(activations: deque[int]) -> bool:
    """Whether the latest of the activations (UTC µs, ascending) is one of three or more within a minute."""
    return len(activations) >= CHATTER_TIMES and activations[-1] - activations[-CHATTER_TIMES] <= MINUTE_US
