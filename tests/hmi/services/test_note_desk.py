"""Notes and shifts asked over a real journal."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hmi.domain.alarms import Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState
from hmi.domain.roles import DEMO_OPERATOR, VISITOR, User
from hmi.services.database_thread import DatabaseThread
from hmi.services.notes import NoteDesk
from hmi.services.port import (
    AddNote,
    CommandStatus,
    NoteKind,
    NotePage,
    NoteQuestion,
    ReadCommands,
    ReadNotes,
    ReadShift,
    RefusedError,
    ShiftRecord,
)
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents, AlarmRecordRow
from hmi.storage.journal.journal import CommandEventRow, Journal
from tests.support.plants import CATALOGUE, LEVEL, LOW_LEVEL, PUMP, STATION

NOON = 1_760_000_000_000_000
HOUR = 3_600_000_000
YEAR_2100 = 4_102_444_800_000_000
NOWHERE = CATALOGUE.tags[LEVEL].id
EVER = NoteQuestion(0, YEAR_2100)


class Room:
    """A real journal with its thread."""

    def __init__(self, path: Path) -> None:
        self.thread = DatabaseThread()
        self.journal = Journal(path)
        self.user: User = DEMO_OPERATOR
        self.catalogue: Catalogue = CATALOGUE
        self.desk = NoteDesk(self.journal, self.thread, lambda: self.catalogue, lambda: self.user)

    def ask(self, request: Any) -> Any:
        async def answer() -> Any:
            return await self.desk.handlers()[type(request)](request)

        return asyncio.run(answer())

    def read(self, question: NoteQuestion = EVER) -> NotePage:
        page: NotePage = self.ask(ReadNotes(question))
        return page

    def shift(self, start_us: int = NOON - HOUR, end_us: int = NOON + HOUR) -> ShiftRecord:
        found: ShiftRecord = self.ask(ReadShift(start_us, end_us))
        return found


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path / "journal.db")
    yield room
    room.journal.close()
    room.thread.stop()


def test_the_latest_commands_are_read_beside_the_journal_thread(room: Room) -> None:
    row = CommandEventRow(NOON, str(UUID(int=7)), str(PUMP.id), str(STATION.id), "Pump 1", "SENT", 1.0, "On", "Ann")
    room.journal.append_command_events([row])
    is_free = threading.Event()

    async def ask() -> tuple[CommandStatus, ...]:
        held = asyncio.create_task(room.thread.run(is_free.wait))
        try:
            async with asyncio.timeout(5):
                found: tuple[CommandStatus, ...] = await room.desk.handlers()[ReadCommands](ReadCommands(10))
                return found
        finally:
            is_free.set()
            await held

    assert [(each.id, each.state, each.user) for each in asyncio.run(ask())] == [
        (UUID(int=7), CommandState.SENT, "Ann")
    ]


def test_notes_to_a_tag_a_station_and_the_shift_itself(room: Room) -> None:
    room.ask(AddNote(NOON, STATION.id, "  Filter washed. ", LEVEL))
    room.ask(AddNote(NOON + 1, STATION.id, "Fence open"))
    room.ask(AddNote(NOON + 2, None, "Quiet"))
    page = room.read()
    assert [(note.text, note.station_id, note.tag, note.place) for note in page.notes] == [
        ("Quiet", None, -1, ""),
        ("Fence open", STATION.id, -1, "Hill borehole"),
        ("Filter washed.", STATION.id, LEVEL, "Hill borehole · Tank level"),
    ]
    assert (page.total, page.authors) == (3, (DEMO_OPERATOR.name,))
    assert {note.user for note in page.notes} == {DEMO_OPERATOR.name}


def test_they_are_narrowed_and_read_page_by_page(room: Room) -> None:
    for number in range(5):
        room.ask(AddNote(NOON + number, STATION.id if number % 2 else None, f"number {number}", LEVEL))
    assert [note.text[-1] for note in room.read(replace(EVER, stations=(None,))).notes] == ["4", "2", "0"]
    assert [note.text[-1] for note in room.read(replace(EVER, tags=(LEVEL,))).notes] == ["3", "1"]
    first = room.ask(ReadNotes(EVER, most=2))
    second = room.ask(ReadNotes(EVER, most=2, before=(first.notes[-1].at_us, first.notes[-1].seq)))
    assert [note.text[-1] for note in (*first.notes, *second.notes)] == ["4", "3", "2", "1"]
    assert first.total == second.total == 5


def test_a_correction_is_another_note(room: Room) -> None:
    room.ask(AddNote(NOON, STATION.id, "Valve 3 closed"))
    (wrong,) = room.read().notes
    room.ask(AddNote(NOON, STATION.id, "Valve 4 closed", corrects=wrong.seq))
    right, old = room.read().notes
    assert right.corrects is not None
    assert (right.corrects.seq, right.corrects.text, right.corrects.user) == (wrong.seq, wrong.text, wrong.user)
    assert (old.text, old.corrected_by) == ("Valve 3 closed", right.seq)
    with pytest.raises(RefusedError, match="is not there"):
        room.ask(AddNote(NOON, STATION.id, "Nothing", corrects=99))


def test_a_place_that_was_deleted_keeps_its_name(room: Room) -> None:
    room.ask(AddNote(NOON, STATION.id, "Filter washed", LEVEL))
    room.catalogue = replace(CATALOGUE, tags=())
    (note,) = room.read().notes
    assert (note.tag, note.place) == (-1, "Hill borehole · Tank level")
    room.catalogue = Catalogue()
    assert room.read().notes[0].place == "Hill borehole · Tank level"


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (AddNote(NOON, STATION.id, "  "), "Type the note first."),
        (AddNote(NOON, STATION.id, "x" * 501), "500 characters"),
        (AddNote(NOON, None, "x" * 4001, kind=NoteKind.HANDOVER), "4000 characters"),
        (AddNote(NOON, None, "Over", kind=NoteKind.HANDOVER, handing_over="x" * 61), "60 characters"),
        (AddNote(YEAR_2100, STATION.id, "Later"), "future"),
        (AddNote(NOON, NOWHERE, "Nowhere"), "no longer there"),
    ],
)
def test_a_note_that_cannot_be_is_refused_in_words(room: Room, note: AddNote, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        room.ask(note)
    assert room.read().notes == ()


def test_a_visitor_writes_no_notes(room: Room) -> None:
    room.user = VISITOR
    with pytest.raises(RefusedError, match="may not write notes"):
        room.ask(AddNote(NOON, STATION.id, "I was here"))


def test_a_shift_is_told_with_all_that_happened_in_it(room: Room) -> None:
    events = AlarmEvents(room.journal)
    record = AlarmRecordRow(
        str(LOW_LEVEL.id), str(LOW_LEVEL.subject), str(STATION.id), LEVEL, "low", 2, "Hill borehole",
        "Tank level low", "m", 1, 1.0, "", 0,
    )  # fmt: skip
    number = events.put_records([record])[str(LOW_LEVEL.id)]
    called = AlarmEventRow(NOON, str(LOW_LEVEL.id), NOON, "ACTIVATE", "UNACK", 0.9, is_annunciated=1, record=number)
    events.append([called, called._replace(at_us=NOON + 5), called._replace(at_us=NOON + 2 * HOUR)])
    ordered = CommandEventRow(
        NOON, str(PUMP.id), str(PUMP.id), str(STATION.id), "Pump 1", "CONFIRMED", 1.0, "Running", "Ann"
    )
    room.journal.append_command_events([ordered])
    room.ask(AddNote(NOON - 3 * HOUR, None, "Watch the press", kind=NoteKind.HANDOVER, handing_over="Bo"))
    room.ask(AddNote(NOON, STATION.id, "Pump bled"))
    found = room.shift()
    assert found.alarms == {Priority.HIGH: 2}
    assert [(each.source, each.text, each.count) for each in found.most_frequent] == [
        ("Hill borehole", "Tank level low", 2)
    ]
    assert [(each.name, each.label, each.state.value) for each in found.commands] == [
        ("Pump 1", "Running", "CONFIRMED")
    ]
    assert (found.command_count, found.note_count) == (1, 1)
    assert [note.text for note in found.notes] == ["Pump bled"]
    assert found.handed_over is not None
    assert (found.handed_over.text, found.handed_over.handing_over) == ("Watch the press", "Bo")
    assert [(each.name, each.commands) for each in found.people] == [("Ann", 1)]
    assert room.shift(0, 1) == ShiftRecord(0, 1)
    with pytest.raises(RefusedError, match="must come after"):
        room.shift(5, 5)


def test_a_note_that_was_written_in_the_shift_to_an_earlier_moment_belongs_to_it(room: Room) -> None:
    room.ask(AddNote(NOON, STATION.id, "Seen yesterday"))
    now_us = time.time_ns() // 1000
    found = room.shift(now_us - HOUR, now_us + HOUR)
    assert ([note.text for note in found.notes], found.note_count) == (["Seen yesterday"], 1)
    assert [(each.name, each.notes) for each in found.people] == [(DEMO_OPERATOR.name, 1)]


def test_a_journal_that_cannot_be_read_says_so(room: Room) -> None:
    room.journal.connection.execute("DROP TABLE note")
    with pytest.raises(StorageError, match="cannot be read"):
        room.read()
