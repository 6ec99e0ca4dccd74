"""A shift's sums, from a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents, AlarmRecordRow
from hmi.storage.journal.journal import CommandEventRow, Journal
from hmi.storage.journal.notes import NoteRow, Notes
from hmi.storage.journal.shift_sums import FrequentRow, PersonRow, ShiftSums

START, END = 1000, 2000
CALLED = AlarmEventRow(START, "a", START, "ACTIVATE", "UNACK", 0.8, is_annunciated=1)
ORDERED = CommandEventRow(START, "c", "control", "station", "Pump 1", "PENDING", 1.0, "Running", "Ann")


def record(alarm_id: str, priority: int, *, is_event: int = 0) -> AlarmRecordRow:
    return AlarmRecordRow(
        alarm_id, "s", "st", 4, "low", priority, "Hill", f"alarm {alarm_id}", "", 1, 1.0, "", is_event
    )


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


def test_alarms_are_counted_by_priority_and_the_most_frequent_come_first(journal: Journal) -> None:
    events, sums = AlarmEvents(journal), ShiftSums(journal)
    numbers = events.put_records([record("a", 2), record("b", 1), record("c", 3), record("e", 1, is_event=1)])
    for alarm, count in (("a", 3), ("b", 3), ("c", 1), ("e", 9)):
        events.append([CALLED._replace(at_us=START + n, alarm_id=alarm, record=numbers[alarm]) for n in range(count)])
    events.append(
        [
            CALLED._replace(at_us=START - 1, record=numbers["c"]),
            CALLED._replace(at_us=END, record=numbers["c"]),
            CALLED._replace(at_us=START + 5, event="CLEAR", is_annunciated=0, record=numbers["c"]),
        ]
    )
    assert sums.by_priority(START, END) == {1: 3, 2: 3, 3: 1}
    assert sums.most_frequent(START, END, 2) == [
        FrequentRow("b", "Hill", "alarm b", 1, 3),
        FrequentRow("a", "Hill", "alarm a", 2, 3),
    ]


def test_a_row_that_nobody_can_name_any_more_counts_as_the_lowest(journal: Journal) -> None:
    AlarmEvents(journal).append([CALLED])
    sums = ShiftSums(journal)
    assert sums.by_priority(START, END) == {4: 1}
    assert sums.most_frequent(START, END, 3) == [FrequentRow("a", "", "", 4, 1)]


def test_commands_stand_at_their_order_with_their_outcome(journal: Journal) -> None:
    rows = [
        ORDERED,
        replace(ORDERED, at_us=END + 1, state="SENT"),
        replace(ORDERED, at_us=END + 2, state="CONFIRMED"),  # ordered in the shift, confirmed after it
        replace(ORDERED, at_us=END, command_id="d"),
    ]
    journal.append_command_events(rows)
    sums = ShiftSums(journal)
    (found,) = sums.commands(START, END, 10)
    assert (found.at_us, found.state, found.command_id) == (START, "CONFIRMED", "c")
    assert sums.count_commands(START, END) == 1
    assert sums.count_commands(START, END + 1) == 2


def test_people_are_named_with_what_they_did(journal: Journal) -> None:
    journal.append_command_events([ORDERED, replace(ORDERED, at_us=START + 1, state="SENT")])
    Notes(journal).append(
        [
            NoteRow(1, START, "", "", "Bo", "written now to an earlier moment"),
            NoteRow(START, END, "", "", "Bo", "written after the shift"),
        ]
    )
    AlarmEvents(journal).append([CALLED, CALLED._replace(event="ACKNOWLEDGE", user="Ann", is_annunciated=0)])
    assert ShiftSums(journal).people(START, END) == [PersonRow("Ann", 0, 1, 1), PersonRow("Bo", 1, 0, 0)]
