"""What the alarm engine tells those who call people: one piece of news a change."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.domain.alarms import AlarmEvent
from hmi.services.port import AlarmRow


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """One alarm as it stands after an event. at_us: UTC µs of the event. is_annunciated: a person must be called."""

    row: AlarmRow
    event: AlarmEvent
    at_us: int
    is_annunciated: bool
