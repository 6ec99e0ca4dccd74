from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.storage.errors import DamagedError, NewerError, StorageError
from hmi.storage.journal import schema
from hmi.storage.journal.journal import AlarmEventRow, CommandEventRow, Journal, NoteRow
from tests.support.whole_program import ROOT

RAISED = AlarmEventRow(100, "a", 100, "ACTIVATE", "UNACK", 1.5)
SENT = CommandEventRow(100, "c", "control", "station", "Pump 1", "SENT", 1.0, "Running", "Ann")


def test_every_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    assert journal._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    code = (
        "from pathlib import Path\n"
        "from hmi.storage.journal.journal import AlarmEventRow, Journal\n"
        f"journal = Journal(Path({str(path)!r}))\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1\n"
        "    journal.append_alarm_events([AlarmEventRow(number, 'a', number, 'ACTIVATE', 'UNACK')])\n"
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
    rows = journal.last_alarm_events()
    journal.close()
    assert rows[0].at_us >= answered


def test_the_last_row_of_each_alarm_is_its_state(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    acknowledged = replace(RAISED, at_us=200, event="ACKNOWLEDGE", state="ACKED", user="Ann", comment="seen")
    journal.append_alarm_events([RAISED, replace(RAISED, alarm_id="b")])
    journal.append_alarm_events([acknowledged])
    assert {row.alarm_id: row for row in journal.last_alarm_events()} == {
        "a": acknowledged,
        "b": replace(RAISED, alarm_id="b"),
    }
    assert journal.acknowledgements("a", 100) == [acknowledged]
    assert journal.acknowledgements("a", 99) == []
    journal.close()


def test_commands_are_listed_in_their_newest_state_and_open_ones_apart(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append_command_events([replace(SENT, state="PENDING"), SENT, replace(SENT, command_id="d")])
    done = replace(SENT, command_id="d", state="CONFIRMED")
    journal.append_command_events([done])
    assert journal.commands(10) == [done, SENT]
    assert journal.commands(1) == [done]
    assert journal.open_commands() == [SENT]
    journal.close()


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    bad = replace(RAISED, state=None)  # type: ignore[arg-type]  # what the table refuses
    with pytest.raises(StorageError, match="cannot be written"):
        journal.append_alarm_events([RAISED, bad])
    assert journal.last_alarm_events() == []
    journal.append_alarm_events([RAISED])
    journal.close()


def test_files_that_cannot_be_used_are_said_and_kept(tmp_path: Path) -> None:
    damaged, newer = tmp_path / "damaged.db", tmp_path / "newer.db"
    damaged.write_bytes(b"no database" * 500)
    with pytest.raises(DamagedError, match=r"damaged\.db"):
        Journal(damaged)
    assert damaged.read_bytes() == b"no database" * 500
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NewerError, match="newer version"):
        Journal(newer)
    with pytest.raises(StorageError, match="cannot be written"):
        Journal(tmp_path / "gone" / "journal.db")


@pytest.mark.parametrize("saved", sorted((Path(__file__).parent / "saved").glob("*.db")), ids=lambda path: path.stem)
def test_a_journal_of_every_earlier_version_opens_and_keeps_what_it_says(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    shutil.copy(saved, path)
    journal = Journal(path)
    assert journal._connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    (row,) = journal.last_alarm_events()
    assert (row.state, row.user, row.comment) == ("ACKED", "Maria", "Seen")
    assert [each.name for each in journal.commands(10)] == ["Pump 1"]
    note = NoteRow(5, 6, "station", "", "Ann", "Filter washed")
    journal.append_notes([note])
    assert journal.notes_between(0, 10, ["station"], 5) == [note]
    journal.close()


def test_a_new_journal_and_a_migrated_one_have_the_same_tables(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "saved" / "journal-1.db", tmp_path / "old.db")
    found = []
    for name in ("old.db", "new.db"):
        journal = Journal(tmp_path / name)
        found.append(journal._connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
        journal.close()
    assert found[0] == found[1]
