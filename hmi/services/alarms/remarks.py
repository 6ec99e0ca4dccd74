"""What is remarkable about alarms that stand: chattering, fleeting, stale, first of a burst, a value not trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.api import Quality
from hmi.domain.alarms import LISTED_STATES, AlarmEvent, Occurrence
from hmi.services.alarms.flood import FLEETING_US, STALE_US, FirstOut, Flood, is_chattering
from hmi.services.alarms.standing import Alarm, Changed, Standing
from hmi.services.port import Mark

Qualities = Callable[[npt.NDArray[np.uint32]], npt.NDArray[np.uint16]]

_TRUSTED: Final = np.array([Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED], np.uint16)


class Remarks:
    """Marks alarms as they change and as time goes by, and counts how they come. I/O thread only."""

    def __init__(self, standing: Standing, qualities: Qualities) -> None:
        """qualities: of some tags (dense indices), uint16 of Quality."""
        self._standing = standing
        self._qualities = qualities
        self._first_out = FirstOut()
        self.flood = Flood()
        self.raised = 0

    def take(self, change: Changed, now_us: int) -> Iterator[Alarm]:
        """Mark the alarm that changed; yield another one that is remarkable by that."""
        alarm, happening = change.alarm, change.event.happening
        if happening.event is AlarmEvent.ACKNOWLEDGE:
            alarm.marks &= ~Mark.FLEETING
        if happening.event is AlarmEvent.CLEAR and not alarm.status.is_acknowledged:
            if happening.at_us - alarm.status.activated_us <= FLEETING_US:
                alarm.marks |= Mark.FLEETING
            return
        if not calls(change):
            return
        self.raised += 1
        self.flood.add(now_us)
        alarm.marks &= Mark.CHATTERING
        if is_chattering(alarm.activations):
            alarm.marks |= Mark.CHATTERING
        first = self._first_out.add(alarm.place.station_id, Occurrence(alarm.definition.id, alarm.status.activated_us))
        leader = self._standing.find(first.alarm_id) if first is not None else None
        if leader is not None and first is not None and leader.status.activated_us == first.activated_us:
            leader.marks |= Mark.FIRST_OUT
            yield leader

    def look(self, now_us: int) -> Iterable[Alarm]:
        """Return the alarms whose marks time has changed; once a second."""
        self.flood.look(now_us)
        listed = [alarm for alarm in self._standing if alarm.status.state in LISTED_STATES]
        if not listed:
            return []
        tags = np.array([max(0, alarm.place.tag) for alarm in listed], np.uint32)
        trusted = np.isin(self._qualities(tags), _TRUSTED).tolist()
        return [
            alarm
            for alarm, is_trusted in zip(listed, trusted, strict=True)
            if _has_changed(alarm, now_us, is_trusted=is_trusted or alarm.place.tag < 0)
        ]


def calls(change: Changed) -> bool:
    """Whether a change must be brought to a person."""
    return change.is_annunciated and not change.alarm.definition.is_event


def _has_changed(alarm: Alarm, now_us: int, *, is_trusted: bool) -> bool:
    marks = alarm.marks & ~(Mark.UNTRUSTED | Mark.STALE)
    if not is_trusted:
        marks |= Mark.UNTRUSTED
    if alarm.status.is_active and now_us - alarm.status.activated_us > STALE_US:
        marks |= Mark.STALE
    if Mark.CHATTERING in marks and alarm.activations and now_us - alarm.activations[-1] > FLEETING_US:
        marks &= ~Mark.CHATTERING
    has_changed = marks != alarm.marks
    alarm.marks = marks
    return has_changed
