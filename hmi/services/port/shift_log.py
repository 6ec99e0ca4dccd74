"""People's notes, and what happened in a shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from hmi.domain.alarms import Priority
from hmi.services.port.frames import CommandStatus
from hmi.services.port.requests import Request

MOST_NOTE: Final = 500
MOST_HANDOVER: Final = 4000
MOST_PERSON: Final = 60
NOTE_PAGE: Final = 100
MOST_SHIFT_ROWS: Final = 300
"""Commands and notes that come with a shift at most; there may be more."""


class NoteKind(StrEnum):
    """What a note is for."""

    NOTE = "note"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class AddNote(Request[None]):
    """Write a note to a moment (UTC µs) of a station, or of a tag (dense index, −1 for none); None: the shift itself.

    It is never changed: corrects is the seq of another note that this one corrects, 0 for none. handing_over,
    taking_over: people, of a handover.
    """

    at_us: int
    station_id: UUID | None
    text: str
    tag: int = -1
    kind: NoteKind = NoteKind.NOTE
    corrects: int = 0
    handing_over: str = ""
    taking_over: str = ""


@dataclass(frozen=True, slots=True)
class OldNote:
    """The note that another one corrects."""

    seq: int
    at_us: int
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """One note. station_id: None for one to the shift itself. place: what station and tag are called, or were.

    corrected_by: the seq of the newest note that corrects this one, 0 for none.
    """

    seq: int
    at_us: int
    written_us: int
    station_id: UUID | None
    tag: int
    place: str
    user: str
    text: str
    kind: NoteKind = NoteKind.NOTE
    corrects: OldNote | None = None
    corrected_by: int = 0
    handing_over: str = ""
    taking_over: str = ""


@dataclass(frozen=True, slots=True)
class NoteQuestion:
    """Which notes are wanted, to moments from start_us to end_us (UTC µs); empty means any.

    stations: None among them for those to the shift itself. text: in the note or the place's name, any case.
    """

    start_us: int
    end_us: int
    stations: tuple[UUID | None, ...] = ()
    tags: tuple[int, ...] = ()
    user: str = ""
    text: str = ""
    kinds: tuple[NoteKind, ...] = ()


@dataclass(frozen=True, slots=True)
class NotePage:
    """Newest first. total: how many there are in all; authors: of every note there is."""

    notes: tuple[Note, ...] = ()
    total: int = 0
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadNotes(Request[NotePage]):
    """Ask for a page of notes, the newest, or those before (at_us, seq) of the oldest one that is known already."""

    question: NoteQuestion
    most: int = NOTE_PAGE
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class FrequentAlarm:
    """One alarm and how often it called."""

    alarm_id: UUID
    source: str
    text: str
    priority: Priority
    count: int


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What one person did: notes written, commands ordered, alarms answered in any way."""

    name: str
    notes: int
    commands: int
    alarms: int


@dataclass(frozen=True, slots=True)
class ShiftRecord:
    """What happened in a shift. commands, notes: newest first, MOST_SHIFT_ROWS at most of how many there were.

    notes: to a moment of the shift, or written in it. handed_over: the newest handover from before the shift's end.
    """

    start_us: int
    end_us: int
    commands: tuple[CommandStatus, ...] = ()
    command_count: int = 0
    notes: tuple[Note, ...] = ()
    note_count: int = 0
    alarms: Mapping[Priority, int] = field(default_factory=dict)
    most_frequent: tuple[FrequentAlarm, ...] = ()
    people: tuple[PersonRecord, ...] = ()
    handed_over: Note | None = None


@dataclass(frozen=True, slots=True)
class ReadShift(Request[ShiftRecord]):
    """Ask for what happened from start_us up to end_us (UTC µs)."""

    start_us: int
    end_us: int
