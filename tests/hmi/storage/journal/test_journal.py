from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.storage.errors import DamagedError, NewerError, StorageError
from hmi.storage.journal import schema
from hmi.storage.journal.alarm_events import AlarmEvents
from hmi.storage.journal.journal import CommandEventRow, Journal, JournalReader, open_journal
from hmi.storage.journal.notes import NoteFilter, NoteRow, Notes

SENT = CommandEventRow(100, "c", "control", "station", "Pump 1", "SENT", 1.0, "Running", "Ann")


def test_every_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    assert journal.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


def test_commands_are_listed_in_their_newest_state_and_open_ones_apart(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append_command_events([replace(SENT, state="PENDING"), SENT, replace(SENT, command_id="d")])
    done = replace(SENT, command_id="d", state="CONFIRMED")
    journal.append_command_events([done])
    with closing(JournalReader(journal.path)) as reader:
        assert reader.commands(10) == [done, SENT]
        assert reader.commands(1) == [done]
    assert journal.open_commands() == [SENT]
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
    assert journal.connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    (row,) = AlarmEvents(journal).last()
    assert (row.state, row.user, row.comment, row.regions) == ("ACKED", "Maria", "Seen", 3)
    with closing(JournalReader(path)) as reader:
        assert [each.name for each in reader.commands(10)] == ["Pump 1"]
    note, notes = NoteRow(5, 6, "station", "", "Ann", "Filter washed"), Notes(journal)
    notes.append([note])
    assert [told.row for told in notes.find(NoteFilter(0, 10), 5)] == [note]
    journal.close()


def test_notes_of_the_version_that_first_had_a_station_to_each_are_notes_still(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    shutil.copy(Path(__file__).parent / "saved" / "journal-4.db", path)
    journal = Journal(path)
    (told,) = Notes(journal).find(NoteFilter(0, 1000), 10)
    assert told.row == NoteRow(300, 310, "station-1", "tag-1", "Ann", "Filter washed", "", "note", None, "", "")
    assert (told.corrected, told.corrected_by) == (None, 0)
    journal.close()


def test_a_damaged_journal_is_set_aside_and_a_newer_one_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"no database" * 500)
    journal, said = open_journal(path)
    journal.close()
    (aside,) = tmp_path.glob("journal.db.damaged-*")
    assert (aside.read_bytes(), aside.name in said) == (b"no database" * 500, True)
    journal, said = open_journal(path)
    assert said == ""
    journal.connection.execute("PRAGMA user_version = 99")
    journal.close()
    with pytest.raises(NewerError):
        open_journal(path)


def test_a_new_journal_and_a_migrated_one_have_the_same_tables(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "saved" / "journal-1.db", tmp_path / "old.db")
    found = []
    for name in ("old.db", "new.db"):
        journal = Journal(tmp_path / name)
        found.append(journal.connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
        journal.close()
    assert found[0] == found[1]
