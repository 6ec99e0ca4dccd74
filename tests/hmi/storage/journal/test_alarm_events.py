from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import (
    AlarmEventReader,
    AlarmEventRow,
    AlarmEvents,
    AlarmFilter,
    AlarmRecordRow,
    Regions,
)
from hmi.storage.journal.journal import Journal, JournalReader
from tests.support.whole_program import ROOT

RAISED = AlarmEventRow(100, "a", 100, "ACTIVATE", "UNACK", 1.5, regions=int(Regions.ACTIVE), is_annunciated=1)
SEEN = RAISED._replace(at_us=200, event="ACKNOWLEDGE", state="ACKED", user="Ann", comment="seen", regions=3)
LEVEL = AlarmRecordRow("a", "tag", "station", 7, "low", 2, "Hill", "Level low", "m", 1, 1.0, "", 0)
EVER = AlarmFilter(0, 10**18)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


@pytest.fixture
def events(journal: Journal) -> AlarmEvents:
    return AlarmEvents(journal)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    code = (
        "from pathlib import Path\n"
        "from hmi.storage.journal.journal import Journal\n"
        "from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents\n"
        f"events = AlarmEvents(Journal(Path({str(path)!r})))\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1\n"
        "    events.append([AlarmEventRow(number, 'a', number, 'ACTIVATE', 'UNACK')])\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(30):
            answered = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    answered = max([answered, *(int(number) for number in rest)])
    journal = Journal(path)
    rows = AlarmEvents(journal).last()
    journal.close()
    assert rows[0].at_us >= answered


def test_the_last_row_of_each_alarm_is_its_state(events: AlarmEvents) -> None:
    events.append([RAISED, RAISED._replace(alarm_id="b")])
    events.append([SEEN])
    assert {row.alarm_id: row for row in events.last()} == {"a": SEEN, "b": RAISED._replace(alarm_id="b")}
    assert events.of_occurrence("a", 100) == [RAISED, SEEN]
    assert events.of_occurrence("a", 99) == []
    assert events.of_occurrences([("a", 100), ("b", 99)]) == {"a": [RAISED, SEEN]}
    assert events.newest("a") == [SEEN, RAISED]
    assert events.last_of(["ACTIVATE"], ["a"]) == {"a": RAISED}


def test_a_batch_is_stored_whole_or_not_at_all(events: AlarmEvents) -> None:
    bad = RAISED._replace(state=None)  # type: ignore[arg-type]  # what the table refuses
    with pytest.raises(StorageError, match="cannot be written"):
        events.append([RAISED, bad])
    assert events.last() == []
    events.append([RAISED])


def test_a_row_keeps_the_name_that_its_alarm_had_then(events: AlarmEvents) -> None:
    first = events.put_records([LEVEL])
    assert events.put_records([LEVEL]) == first, "the same words are told once"
    events.append([RAISED._replace(record=first["a"])])
    second = events.put_records([LEVEL._replace(text="Tank low")])
    events.append([SEEN._replace(record=second["a"])])
    assert [told.record.text for told in events.find(EVER, 10) if told.record] == ["Tank low", "Level low"]


def test_rows_from_before_names_were_kept_go_by_the_first_known(events: AlarmEvents) -> None:
    events.append([RAISED, RAISED._replace(alarm_id="unknown")])
    events.put_records([LEVEL])
    found = {told.event.alarm_id: told.record for told in events.find(EVER, 10)}
    assert found == {"a": LEVEL, "unknown": None}


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (AlarmFilter(150, 250), 1),
        (AlarmFilter(0, 999, stations=("station",)), 2),
        (AlarmFilter(0, 999, stations=("elsewhere",)), 0),
        (AlarmFilter(0, 999, tags=(7,)), 2),
        (AlarmFilter(0, 999, priorities=(1, 3)), 0),
        (AlarmFilter(0, 999, events=("ACKNOWLEDGE",)), 1),
        (AlarmFilter(0, 999, user="Ann"), 1),
        (AlarmFilter(0, 999, text="level LOW"), 2),
        (AlarmFilter(0, 999, text="x' OR '1'='1"), 0),
        (AlarmFilter(0, 999, alarms=("b",)), 0),
    ],
)
def test_the_journal_is_asked_by_time_place_priority_and_person(
    events: AlarmEvents, wanted: AlarmFilter, rows: int
) -> None:
    record = events.put_records([LEVEL])["a"]
    events.append([RAISED._replace(record=record), SEEN._replace(record=record)])
    assert len(events.find(wanted, 10)) == events.count(wanted) == rows
    assert sum(len(block) for block in events.blocks(wanted)) == rows


def test_pages_go_on_where_the_last_one_ended(events: AlarmEvents) -> None:
    events.append([RAISED._replace(at_us=at) for at in range(10)])
    first = events.find(EVER, 4)
    second = events.find(EVER, 4, (first[-1].event.at_us, first[-1].seq))
    assert [told.event.at_us for told in (*first, *second)] == [9, 8, 7, 6, 5, 4, 3, 2]


def test_a_row_that_was_written_late_is_on_its_page(events: AlarmEvents) -> None:
    events.append([RAISED._replace(at_us=at) for at in (10, 20, 30, 15, 25)])
    seen: list[int] = []
    before: tuple[int, int] | None = None
    while page := events.find(EVER, 2, before):
        seen += [told.event.at_us for told in page]
        before = (page[-1].event.at_us, page[-1].seq)
    assert seen == [30, 25, 20, 15, 10]


def test_names_are_found_in_any_case_and_order_of_words(events: AlarmEvents) -> None:
    record = events.put_records([LEVEL._replace(source="Son Òrgiva")])["a"]
    events.append([RAISED._replace(record=record)])
    assert events.count(AlarmFilter(0, 999, text="LOW òrgiva")) == 1
    assert events.count(AlarmFilter(0, 999, text="low nowhere")) == 0
    assert events.first_us() == 100


def test_blocks_bring_every_row_once(events: AlarmEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.storage.journal.alarm_events.BLOCK_ROWS", 3)
    events.append([RAISED._replace(at_us=100 + number // 4) for number in range(10)])
    assert [told.seq for block in events.blocks(EVER) for told in block] == list(range(1, 11))


def test_who_only_reads_has_a_connection_of_its_own(events: AlarmEvents, journal: Journal) -> None:
    events.append([RAISED])
    reader = JournalReader(journal.path)
    assert AlarmEventReader(reader).count(EVER) == 1
    reader.close()
    with pytest.raises(StorageError, match="cannot be read"):
        JournalReader(journal.path.with_name("none.db"))
