"""A shift, notes and an inbox for the pane's tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hmi.domain.alarms import Occurrence, Priority
from hmi.domain.commands import CommandState
from hmi.services.port import (
    CommandStatus,
    FrequentAlarm,
    InboxRow,
    Note,
    NoteKind,
    OldNote,
    PersonRecord,
    ReadShift,
    ShiftRecord,
)
from tests.support.plants import LEVEL, LOW_LEVEL, PUMP, STATION

NOW_US = 1_800_000_000_000_000
HOUR_US = 3_600_000_000


def note(seq: int, text: str = "Filter washed", **facts: Any) -> Note:
    at_us = facts.pop("at_us", NOW_US - seq * HOUR_US)
    found = {
        "written_us": at_us, "station_id": STATION.id, "tag": LEVEL, "place": "Hill borehole · Tank level",
        "user": "Ann", **facts,
    }  # fmt: skip
    return Note(seq, at_us, text=text, **found)


HANDOVER = note(
    9, "Watch the press", at_us=NOW_US, station_id=None, tag=-1, place="", kind=NoteKind.HANDOVER,
    handing_over="Ann", taking_over="Bo",
)  # fmt: skip
CORRECTION = note(2, "Valve 4 closed", corrects=OldNote(1, NOW_US, "Ann", "Valve 3 closed"))
CORRECTED = note(1, "Valve 3 closed", corrected_by=2)
NOTES = (HANDOVER, CORRECTION, CORRECTED)
COMMAND = CommandStatus(
    UUID(int=50), PUMP.id, STATION.id, "Pump 1", CommandState.REJECTED, 0.0, "Stopped", "Bo", NOW_US, "Tripped."
)


def record(request: ReadShift) -> ShiftRecord:
    """Return what happened in a shift."""
    return ShiftRecord(
        request.start_us,
        request.end_us,
        (COMMAND,),
        250,
        NOTES,
        3,
        {Priority.HIGH: 7, Priority.LOW: 1200},
        (FrequentAlarm(LOW_LEVEL.id, "Hill borehole", "Tank level low", Priority.HIGH, 7),),
        (PersonRecord("Ann", 2, 0, 11),),
        HANDOVER,
    )


def missed(seq: int, alarm: UUID = LOW_LEVEL.id, **facts: Any) -> InboxRow:
    found = {
        "priority": Priority.HIGH, "station_id": STATION.id, "source": "Hill borehole", "text": "Tank level low",
        "value": 0.9, **facts,
    }  # fmt: skip
    return InboxRow(seq, NOW_US - seq, Occurrence(alarm, NOW_US - seq), **found)
