"""How fast messages go and how long a failed one waits; time comes in as an argument."""

from __future__ import annotations

from collections import deque
from typing import Final

MINUTE_US: Final = 60_000_000
FIRST_WAIT_US: Final = 30_000_000
LONGEST_WAIT_US: Final = 3_600_000_000
LEAST_SHARE: Final = 0.75
SPREAD: Final = 0.5


class Pace:
    """At most so many messages in any minute."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._sent_us: deque[int] = deque()

    def free(self, now_us: int) -> int:
        """Return how many may go now."""
        while self._sent_us and self._sent_us[0] <= now_us - MINUTE_US:
            self._sent_us.popleft()
        return max(0, self.per_minute - len(self._sent_us))

    def free_us(self, now_us: int) -> int:
        """Return when the next one may go."""
        if self.free(now_us):
            return now_us
        return self._sent_us[len(self._sent_us) - self.per_minute] + MINUTE_US

    def sent(self, now_us: int) -> None:
        """Note that one went."""
        self._sent_us.append(now_us)


def wait_us(attempts: int, share: float) -> int:
    """Return how long to wait after so many failures: twice as long each time, up to an hour.

    share: 0 to 1, from a source of chance: those that failed together do not come back together.
    """
    grown = min(FIRST_WAIT_US << min(attempts - 1, 20), LONGEST_WAIT_US)
    return round(grown * (LEAST_SHARE + SPREAD * share))
