"""Which tone is due, from the news of alarms alone; time comes in as an argument.

An alarm calls from its annunciation until it is acknowledged. Silencing quiets those that call now; one that is
annunciated after it calls again, and only the most urgent of all that call is heard.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hmi.config.sound_settings import LEAST_GAP_S, SoundSettings
from hmi.domain.alarms import UNACKNOWLEDGED_STATES, Priority
from hmi.services.alarms.news import AlarmNews
from hmi.services.port import AlarmRow


class Calling:
    """The alarms that call. Times in s of one clock that only goes forward."""

    def __init__(self) -> None:
        self._calling: dict[UUID, Priority] = {}
        self._silenced: set[UUID] = set()
        self._fresh: dict[UUID, Priority] = {}
        """Annunciated and not heard yet; among them those that need no acknowledgement, which sound once."""
        self._last_s: dict[Priority, float] = {}
        self._last_any_s = float("-inf")
        self.settings = SoundSettings()

    def begin(self, rows: Iterable[AlarmRow]) -> None:
        """Take up the alarms that stand when the program starts."""
        for row in rows:
            if row.state in UNACKNOWLEDGED_STATES:
                self._calling[row.occurrence.alarm_id] = self._fresh[row.occurrence.alarm_id] = row.priority

    def take(self, news: Iterable[AlarmNews]) -> None:
        """Take up what changed."""
        for each in news:
            alarm = each.row.occurrence.alarm_id
            is_calling = each.row.state in UNACKNOWLEDGED_STATES
            if is_calling:
                self._calling[alarm] = each.row.priority
            else:
                self._calling.pop(alarm, None)
            if each.is_annunciated:
                self._fresh[alarm] = each.row.priority
            elif not is_calling:
                self._fresh.pop(alarm, None)
            if each.is_annunciated or not is_calling:
                self._silenced.discard(alarm)

    def forget(self, alarm_id: UUID) -> None:
        """Let an alarm that is not there any more, acknowledged or not, call no longer."""
        self._calling.pop(alarm_id, None)
        self._fresh.pop(alarm_id, None)
        self._silenced.discard(alarm_id)

    def silence(self) -> None:
        """Quiet all that calls now."""
        self._silenced |= set(self._calling)
        self._fresh.clear()

    @property
    def is_silenced(self) -> bool:
        """Whether something is unacknowledged that would call, had it not been silenced."""
        return any(self._is_on(self._calling[alarm]) for alarm in self._silenced)

    @property
    def priority(self) -> Priority | None:
        """The most urgent that calls, or None."""
        calling = {each for alarm, each in self._calling.items() if alarm not in self._silenced}
        return min((each for each in calling.union(self._fresh.values()) if self._is_on(each)), default=None)

    def due_s(self) -> tuple[float, Priority] | None:
        """Return when which tone sounds next; None while nothing calls, or what calls has sounded already."""
        gap_end_s, fresh = self._last_any_s + LEAST_GAP_S, set(self._fresh.values())
        calling = {each for alarm, each in self._calling.items() if alarm not in self._silenced}
        for priority in sorted(each for each in calling | fresh if self._is_on(each)):
            if priority in fresh:
                return gap_end_s, priority
            repeat_s = self.settings.of(priority).repeat_s
            if repeat_s:
                return max(gap_end_s, self._last_s.get(priority, float("-inf")) + repeat_s), priority
        return None

    def sounded(self, priority: Priority, at_s: float) -> None:
        """Note that a tone was begun; it called for those that are less urgent, too."""
        self._last_s[priority] = self._last_any_s = at_s
        self._fresh = {alarm: each for alarm, each in self._fresh.items() if each < priority}

    def _is_on(self, priority: Priority) -> bool:
        return not self.settings.is_quiet and self.settings.of(priority).is_on
