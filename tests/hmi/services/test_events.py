from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hmi.domain.alarms import AlarmEvent, Priority
from hmi.services.events import Events
from hmi.services.port import MOST_EVENTS, EventKind, PlantEvents, ReadEvents
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents
from hmi.storage.journal.journal import CommandEventRow, Journal
from hmi.storage.journal.notes import NoteRow, Notes
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, PUMP, RUN, STATION

MINUTE = 60_000_000
NOON = 1_760_000_000_000_000


class Room:
    """A real journal."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)
        self.events = Events(path, lambda: CATALOGUE)

    def ask(self, request: Any) -> Any:
        return asyncio.run(_answer(self.events, request))

    def read(self, start_us: int = NOON - MINUTE, end_us: int = NOON + MINUTE) -> PlantEvents:
        found: PlantEvents = self.ask(ReadEvents(start_us, end_us, (STATION.id,)))
        return found


async def _answer(events: Events, request: Any) -> Any:
    return await events.handlers()[type(request)](request)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path / "journal.db")
    yield room
    room.journal.close()


def _alarm(at_us: int, event: str, state: str, alarm: str = str(LOW_LEVEL.id)) -> AlarmEventRow:
    return AlarmEventRow(at_us, alarm, NOON, event, state, 0.9, "Ann" if event == "ACKNOWLEDGE" else "")


def test_alarms_commands_and_notes_come_together_in_order(room: Room) -> None:
    AlarmEvents(room.journal).append([_alarm(NOON, "ACTIVATE", "UNACK"), _alarm(NOON + 2, "ACKNOWLEDGE", "ACKED")])
    for number, state in enumerate(("PENDING", "SENT", "CONFIRMED")):
        row = CommandEventRow(
            NOON + 1 + number, str(PUMP.id), str(PUMP.id), str(STATION.id), "Pump 1", state, 1.0, "Running", "Ann"
        )
        room.journal.append_command_events([row])
    note = NoteRow(NOON + 3, NOON + 9, str(STATION.id), str(CATALOGUE.tags[LEVEL].id), "Ann", "Filter washed.")
    Notes(room.journal).append([note])
    found = room.read()
    assert not found.is_cut
    assert [(each.kind, each.at_us - NOON, each.tag) for each in found.events] == [
        (EventKind.ALARM, 0, LEVEL),
        (EventKind.COMMAND, 1, RUN),
        (EventKind.ALARM, 2, LEVEL),
        (EventKind.NOTE, 3, LEVEL),
    ]
    raised, command, seen, noted = found.events
    assert (raised.title, raised.priority, raised.event) == ("Tank level low", Priority.HIGH, AlarmEvent.ACTIVATE)
    assert raised.detail == "0.9 m, limit 1.0 m"
    assert (seen.title, seen.user) == ("Tank level low acknowledged", "Ann")
    assert (command.title, command.detail) == ("Pump 1: Running", "confirmed")
    assert (noted.title, noted.user) == ("Filter washed.", "Ann")


def test_a_lost_link_belongs_to_its_stations_and_another_station_has_none_of_it(room: Room) -> None:
    AlarmEvents(room.journal).append([_alarm(NOON, "ACTIVATE", "UNACK", str(LINK_LOST.id))])
    assert [each.title for each in room.read().events] == ["Link lost"]
    assert room.ask(ReadEvents(NOON - 1, NOON + 1, (LEVEL_ID,))).events == ()


LEVEL_ID = CATALOGUE.tags[LEVEL].id


def test_only_what_lies_between_the_two_times(room: Room) -> None:
    AlarmEvents(room.journal).append(
        [_alarm(NOON + step, "ACTIVATE", "UNACK") for step in (-MINUTE - 1, 0, MINUTE + 1)]
    )
    assert [each.at_us for each in room.read().events] == [NOON]


def test_too_many_are_cut_to_the_newest_and_said(room: Room) -> None:
    AlarmEvents(room.journal).append([_alarm(NOON + step, "ACTIVATE", "UNACK") for step in range(MOST_EVENTS + 5)])
    found = room.read()
    assert found.is_cut
    assert len(found.events) == MOST_EVENTS
    assert found.events[-1].at_us == NOON + MOST_EVENTS + 4


def test_a_note_that_was_corrected_says_so_and_the_shift_s_own_is_not_a_station_s(room: Room) -> None:
    row, notes = NoteRow(NOON, NOON, str(STATION.id), "", "Ann", "Valve 3 closed"), Notes(room.journal)
    notes.append([row, row._replace(at_us=NOON + 1, text="Valve 4 closed", corrects=1), row._replace(station_id="")])
    assert [(each.title, each.detail) for each in room.read().events] == [
        ("Valve 3 closed", "corrected by a later note"),
        ("Valve 4 closed", "a correction"),
    ]
    assert room.ask(ReadEvents(NOON - 1, NOON + 1, ())).events == ()
