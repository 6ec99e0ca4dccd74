"""Acting on alarms, ours and those that servers own, and reading what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.config.alarm_settings import AlarmSettings
from hmi.domain.alarms import AlarmEvent, AlarmState, Occurrence, Priority
from hmi.domain.alarms.figures import AlarmFigures
from hmi.services.port.requests import Request

MOST_COMMENT: Final = 500
JOURNAL_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Acknowledge(Request[int]):
    """Acknowledge the occurrences that were on screen; answers how many were, refuses when none could be."""

    occurrences: tuple[Occurrence, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ResetAlarms(Request[int]):
    """Reset latched alarms whose cause has gone; answers how many were, refuses when none could be."""

    alarms: tuple[UUID, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ShelveAlarms(Request[int]):
    """Take alarms off the list for a time, or until they clear (is_one_shot), with a reason."""

    alarms: tuple[UUID, ...]
    seconds: float
    reason: str
    is_one_shot: bool = False


@dataclass(frozen=True, slots=True)
class UnshelveAlarms(Request[int]):
    """Bring shelved alarms back now."""

    alarms: tuple[UUID, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PutOutOfService(Request[int]):
    """Take alarms out of service, for maintenance, with a note; they stay so until they are returned."""

    alarms: tuple[UUID, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ReturnToService(Request[int]):
    """Return alarms to service."""

    alarms: tuple[UUID, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class JournalQuestion:
    """Which rows of the alarm journal are wanted, from start_us to end_us (UTC µs); empty means any.

    text: words of the station's or the alarm's name, any case.
    """

    start_us: int
    end_us: int
    stations: tuple[UUID, ...] = ()
    tags: tuple[int, ...] = ()
    priorities: tuple[Priority, ...] = ()
    events: tuple[AlarmEvent, ...] = ()
    user: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One change of one alarm, named as it was then. value: with its unit, empty for none."""

    seq: int
    at_us: int
    alarm_id: UUID
    station_id: UUID | None
    tag: int
    priority: Priority
    source: str
    text: str
    event: AlarmEvent
    state: AlarmState
    value: str = ""
    limit: str = ""
    user: str = ""
    comment: str = ""
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class AlarmJournal:
    """Newest first. total: how many there are in all; damaged: rows that could not be read."""

    rows: tuple[JournalRow, ...] = ()
    total: int = 0
    users: tuple[str, ...] = ()
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class ReadAlarmJournal(Request[AlarmJournal]):
    """Ask for a page of the journal: the newest rows, or those that come after the row of this (at_us, seq)."""

    question: JournalQuestion
    most: int = JOURNAL_PAGE
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ExportAlarmJournal(Request[UUID]):
    """Write the journal's rows, oldest first, to a file of CSV; answers with the job."""

    question: JournalQuestion
    path: Path


class ConditionAction(StrEnum):
    """What can be done to an alarm that a server owns."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


@dataclass(frozen=True, slots=True)
class ReadAlarmSettings(Request[AlarmSettings]):
    """Ask for the rules that hold for all alarms."""


@dataclass(frozen=True, slots=True)
class SaveAlarmSettings(Request[None]):
    """Let other rules hold, from now on."""

    settings: AlarmSettings


@dataclass(frozen=True, slots=True)
class ReadAlarmFigures(Request[AlarmFigures]):
    """Ask for the figures of the alarm system from start_us to end_us (UTC µs), made from the journal."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class ExportAlarmFigures(Request[None]):
    """Write the figures of a stretch of time to a file of CSV."""

    start_us: int
    end_us: int
    path: Path
