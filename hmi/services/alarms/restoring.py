"""Taking up the alarms as the journal left them; a row that makes no sense costs that one alarm its last word only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hmi.domain.alarms import AlarmState, AlarmStatus
from hmi.services.alarms.standing import HIDING, status_of
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents


@dataclass(frozen=True, slots=True)
class Found:
    """One alarm in the journal: its status, and the rows that tell the rest, oldest first."""

    alarm_id: str
    status: AlarmStatus
    rows: tuple[AlarmEventRow, ...]


@dataclass(slots=True)
class Restored:
    """What the journal holds of alarms that were not normal. damaged: alarms with rows that could not be read."""

    found: list[Found] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def restore(events: AlarmEvents) -> Restored:
    """Read the journal, on its thread. Raises StorageError."""
    restored = Restored()
    standing: dict[str, AlarmStatus] = {}
    for row in events.last():
        status = _sound_status(events, row, restored)
        if status is not None and (status.state is not AlarmState.NORM):
            standing[row.alarm_id] = status
    told = events.of_occurrences([(alarm_id, status.activated_us) for alarm_id, status in standing.items()])
    hidden = events.last_of([each.value for each in HIDING], list(standing))
    for alarm_id, status in standing.items():
        rows = [*told.get(alarm_id, ())]
        if alarm_id in hidden:
            rows.append(hidden[alarm_id])
        restored.found.append(Found(alarm_id, status, tuple(_sound(rows))))
    return restored


def _sound_status(events: AlarmEvents, row: AlarmEventRow, restored: Restored) -> AlarmStatus | None:
    """Return what the newest row that can be read says."""
    try:
        return status_of(row)
    except (ValueError, TypeError):
        restored.damaged.append(str(row.alarm_id))
    for older in events.newest(str(row.alarm_id)):
        try:
            return status_of(older)
        except (ValueError, TypeError):
            continue
    return None


def _sound(rows: Iterable[AlarmEventRow]) -> Iterable[AlarmEventRow]:
    for row in rows:
        try:
            status_of(row)
        except (ValueError, TypeError):
            continue
        yield row
