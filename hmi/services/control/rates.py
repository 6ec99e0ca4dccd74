"""How often commands may be given: a tag and a user each have a pace, so that a stuck key or a script cannot race."""

from __future__ import annotations

from collections import deque
from typing import Final

USER_MOST: Final = 10
USER_WINDOW_S: Final = 60.0


class Rates:
    """Remembers when commands were given; times are monotonic, in s. Bounded: what is old is forgotten."""

    def __init__(self) -> None:
        self._of_tag: dict[int, float] = {}
        self._of_user: dict[str, deque[float]] = {}

    def note(self, tag: int, user: str, now_s: float) -> None:
        """Count a command that was given."""
        self._of_tag[tag] = now_s
        self._recent(user, now_s).append(now_s)

    def wait_for_tag(self, tag: int, least_s: float, now_s: float) -> float:
        """Return for how many seconds the tag takes no further command; 0 when it takes one."""
        return max(0.0, self._of_tag.get(tag, -1e12) + least_s - now_s)

    def wait_for_user(self, user: str, now_s: float) -> float:
        """Return for how many seconds the user gives no further command; 0 when one may be given."""
        recent = self._recent(user, now_s)
        return 0.0 if len(recent) < USER_MOST else recent[-USER_MOST] + USER_WINDOW_S - now_s

    def _recent(self, user: str, now_s: float) -> deque[float]:
        given = self._of_user.setdefault(user, deque(maxlen=USER_MOST))
        while given and given[0] <= now_s - USER_WINDOW_S:
            given.popleft()
        return given
