from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from hmi.storage.errors import DamagedError, LockedError, NewerError, StorageError
from hmi.storage.history import live_file, schema
from hmi.storage.history.store import Store
from tests.support.holding import held_by_another

SAVED = Path(__file__).parent / "saved"


def test_a_new_file_has_the_version_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    live_file.open_file(path).close()
    again = live_file.open_file(path)
    assert again.execute("SELECT version FROM schema_version").fetchall() == [(schema.VERSION,)]
    again.close()


def test_it_takes_a_bounded_share_and_no_extension_from_anywhere(tmp_path: Path) -> None:
    opened = live_file.open_file(tmp_path / "live.duckdb")
    found = dict(
        opened.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN "
            "('memory_limit', 'threads', 'autoinstall_known_extensions', 'autoload_known_extensions')"
        ).fetchall()
    )
    opened.close()
    assert found["autoinstall_known_extensions"] == found["autoload_known_extensions"] == "false"
    assert found["memory_limit"] in ("256.0 MB", "244.1 MiB")
    assert int(found["threads"]) == max(1, (os.cpu_count() or 2) // 2)


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b"\0" * 10_000, b"x"])
def test_what_is_no_history_is_damaged_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "live.duckdb"
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        live_file.open_file(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    with duckdb.connect(path) as other:
        other.execute("CREATE TABLE mine (x INTEGER)")
    with pytest.raises(DamagedError, match="not a history"):
        live_file.open_file(path)


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    opened = live_file.open_file(path)
    opened.execute("UPDATE schema_version SET version = 99")
    opened.close()
    with pytest.raises(NewerError, match="update this one"):
        live_file.open_file(path)


def test_a_file_that_another_process_holds_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    live_file.open_file(path).close()
    with held_by_another(path) as pid, pytest.raises(LockedError, match=str(pid)):
        live_file.open_file(path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        live_file.open_file(tmp_path / "gone" / "live.duckdb")


def test_quarantine_keeps_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    path.write_bytes(b"bad")
    (tmp_path / "live.duckdb.wal").write_bytes(b"log")
    aside = live_file.quarantine(path)
    assert not path.exists()
    assert aside.read_bytes() == b"bad"
    assert aside.with_name(aside.name + ".wal").read_bytes() == b"log"


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
def test_a_history_of_each_version_opens_and_has_its_rows(tmp_path: Path, version: int) -> None:
    shutil.copy(SAVED / f"live-{version}.duckdb", tmp_path / "live.duckdb")
    if version > 1:
        shutil.copy(SAVED / "2025-10-09.1.duckdb", tmp_path)
    store = Store(tmp_path)
    assert store.status().rows == {1: 101, 2: 201}[version]
    assert store.last_seq == {1: 101, 2: 201}[version]
    made = store.cursor().execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    store.close()
    again = live_file.open_file(tmp_path / "new.duckdb")
    fresh = again.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    again.close()
    assert set(fresh) <= set(made), "the steps arrive at the schema"
