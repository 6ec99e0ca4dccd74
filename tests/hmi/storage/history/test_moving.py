"""No query sees a row twice or not at all while it is moved, and no crash in between changes what there is."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from drivers.api import Batch
from hmi.storage.errors import StorageError
from hmi.storage.history import building, moving, sealed_files
from hmi.storage.history.records import RetentionPolicy
from hmi.storage.history.store import Store
from tests.conftest import Warnings
from tests.support.readings import DAY_US, FIRST_DAY, HOUR_US, SECOND_US, T0, day_of

ROWS = 1440
FAR_US = T0 + 100 * DAY_US


def rows_of(store: Store, tag: int = 1) -> list[float]:
    found = Batch.concatenate(list(store.rows(tag, T0, FAR_US, 10_000)))
    assert len(set(found.source_us.tolist())) == len(found)
    return list(found.value.tolist())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.duckdb"))


def test_days_are_sealed_when_they_are_over_and_months_become_one_file(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        store.write(day_of(2, number))
    store.swap()
    before = rows_of(store)
    assert store.tend(T0 + DAY_US + HOUR_US - 1) == 0, "a day is left open an hour for what comes late"
    assert store.tend(T0 + DAY_US + HOUR_US) == 1
    assert files(tmp_path) == ["2025-10-09.1.duckdb", "live.duckdb"]
    assert rows_of(store) == before
    store.tend(T0 + 5 * DAY_US)
    assert len(files(tmp_path)) == 4
    store.tend(T0 + 40 * DAY_US)
    assert files(tmp_path) == ["2025-10-09_2025-10-11.4.duckdb", "live.duckdb"]
    assert rows_of(store) == before
    assert store.tend(T0 + 41 * DAY_US) == 0, "nothing is done twice"
    tables = store.cursor().execute(
        "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'run\\__%' ESCAPE '\\'"
    )
    assert [name for (name,) in tables.fetchall() if name != "run_day"] == []


def test_each_day_lies_sorted_by_tag_and_time(store: Store) -> None:
    store.write(day_of(5, 0))
    store.write(Batch.of([3, 1], [0.5, 0.6], [T0 + 7, T0 + 9]))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    (sealed,) = store.shelf.picture.sealed
    found = store.cursor().execute(f"SELECT tag_id, epoch_us(ts) FROM {sealed.alias}.sample").fetchall()
    assert found == sorted(found)
    assert len(found) == 5 * ROWS + 2


def test_late_readings_are_read_at_once_and_sealed_with_their_day(store: Store) -> None:
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    late = Batch.of([1], [1234.5], [T0 + 30 * SECOND_US])
    store.write(late)
    assert 1234.5 in rows_of(store)
    store.swap()
    assert store.tend(T0 + 2 * DAY_US + HOUR_US) == 1
    assert rows_of(store)[1] == 1234.5
    assert store.shelf.picture.runs == ()


def test_a_file_knows_the_runs_of_all_that_it_was_made_of(store: Store) -> None:
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    store.write(Batch.of([1], [5.0], [T0 + 1]))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    store.retain(RetentionPolicy(raw_days=1), T0 + 9 * DAY_US)
    with store.cursor() as cursor:
        assert sealed_files.runs_in(cursor, store.shelf.picture.sealed) == {(1, FIRST_DAY), (2, FIRST_DAY)}


def test_a_run_over_midnight_is_sealed_day_by_day(store: Store) -> None:
    store.write(day_of(1, 0).select(np.arange(1400, 1440)))
    store.write(day_of(1, 1).select(np.arange(50)))
    store.swap()
    before = rows_of(store)
    store.tend(T0 + DAY_US + HOUR_US)
    assert rows_of(store) == before
    assert [place.from_us for place in store.shelf.picture.runs] == [T0 + DAY_US]
    store.tend(T0 + 2 * DAY_US + HOUR_US)
    assert rows_of(store) == before
    assert store.shelf.picture.runs == ()


def test_a_query_all_the_while_sees_each_row_once(store: Store) -> None:
    """Four days are written, swapped, sealed, merged to a month and thinned out, while a reader counts and counts."""
    wrong: list[object] = []
    counted = 0
    is_over, written = threading.Event(), [0]

    def look() -> None:
        nonlocal counted
        while not is_over.is_set():
            least = written[0]
            found = store.read(1, T0, FAR_US, 100_000)
            most = written[1] if len(written) > 1 else written[0]
            times = found.time_us.tolist()
            if not least <= len(times) or len(set(times)) != len(times) or most < 0:
                wrong.append((least, len(times), len(set(times))))
            buckets = store.read(1, T0, FAR_US, 30)
            if int(buckets.count.sum()) < least:
                wrong.append(("buckets", least, int(buckets.count.sum())))
            counted += 1

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(4):
            day = day_of(1, number)
            for part in range(6):
                store.write(day.select(np.arange(part * 240, (part + 1) * 240)))
                written[0] += 240
                store.swap()
            store.tend(T0 + (number + 1) * DAY_US + HOUR_US)
        store.tend(T0 + 60 * DAY_US)
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert counted > 20
    assert len(rows_of(store)) == 4 * ROWS


CRASHES: list[tuple[object, str, Callable[[Store], object]]] = [
    (moving.Mover, "_empty", lambda store: store.swap()),
    (moving.Mover, "_drop_days", lambda store: store.tend(T0 + 3 * DAY_US)),
    (moving, "_sync_folder", lambda store: store.tend(T0 + 3 * DAY_US)),
    (building, "_describe", lambda store: store.tend(T0 + 3 * DAY_US)),
]


class CrashError(BaseException):
    """The program ends here."""


@pytest.mark.parametrize(("of", "step", "work"), CRASHES, ids=[step for _, step, _ in CRASHES])
def test_a_crash_between_two_steps_of_a_move_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: object, step: str, work: Callable[[Store], object]
) -> None:
    store = Store(tmp_path)
    store.write(day_of(2, 0))
    if step != "_empty":
        store.swap()
    store.write(day_of(2, 1))
    before = sorted(rows_of(store, 2))

    def crash(*_: object) -> None:
        raise CrashError

    with monkeypatch.context() as breaking:
        breaking.setattr(of, step, crash)
        with pytest.raises(CrashError):
            work(store)
    store._connection.close()
    again = Store(tmp_path)
    assert sorted(rows_of(again, 2)) == before
    again.tend(T0 + 3 * DAY_US)
    assert sorted(rows_of(again, 2)) == before
    again.close()


def test_a_leftover_of_a_crash_is_not_read_beside_what_replaced_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    old = next(tmp_path.glob("2025*.duckdb"))
    kept = old.read_bytes()
    store.write(Batch.of([1], [5.0], [T0 + 1]))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    store.close()
    old.write_bytes(kept)  # as if the crash had come before it was deleted
    (tmp_path / "2025-10-10.9.duckdb.part").write_bytes(b"half")
    again = Store(tmp_path)
    assert len(rows_of(again)) == ROWS + 1
    again.close()
    assert not old.exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_seal_that_finds_another_number_of_rows_changes_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(day_of(1, 0))
    store.swap()
    monkeypatch.setattr(building, "_counts", lambda *_: (ROWS - 1, 0, 1, ROWS))
    with pytest.raises(StorageError, match="stay as they were"):
        store.tend(T0 + 2 * DAY_US)
    assert files(tmp_path) == ["live.duckdb"]
    monkeypatch.undo()
    assert len(rows_of(store)) == ROWS
    assert store.tend(T0 + 2 * DAY_US) == 1


def test_a_full_disk_while_sealing_leaves_the_days_where_they_are(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(day_of(1, 0))
    store.swap()

    def refuse(*_: object) -> None:
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(building, "_roll_up", refuse)
    with pytest.raises(duckdb.IOException):
        store.tend(T0 + 2 * DAY_US)
    monkeypatch.undo()
    assert not list(tmp_path.glob("*.part*"))
    assert len(rows_of(store)) == ROWS
    assert store.tend(T0 + 2 * DAY_US) == 1


def test_retention_thins_out_and_then_deletes_whole_files(store: Store, tmp_path: Path) -> None:
    for number in range(2):
        store.write(day_of(1, number))
    store.swap()
    store.tend(T0 + 3 * DAY_US)
    policy = RetentionPolicy(raw_days=10, minute_days=20, hour_days=30)
    store.retain(policy, T0 + 5 * DAY_US)
    assert all("sample" in each.tables for each in store.shelf.picture.sealed)
    store.retain(policy, T0 + 13 * DAY_US)
    assert [each.tables for each in store.shelf.picture.sealed] == [("r1m", "r5m", "r1h")] * 2
    assert store.retain(policy, T0 + 13 * DAY_US) == ()
    store.retain(policy, T0 + 23 * DAY_US)
    assert [each.tables for each in store.shelf.picture.sealed] == [("r1h",)] * 2
    store.retain(policy, T0 + 33 * DAY_US)
    assert files(tmp_path) == ["live.duckdb"]


def test_retention_by_bytes_lets_the_oldest_days_go(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        store.write(day_of(20, number))
    store.swap()
    store.tend(T0 + 4 * DAY_US)
    live = (tmp_path / "live.duckdb").stat().st_size
    one = store.shelf.picture.sealed[0].bytes
    store.retain(RetentionPolicy(most_bytes=live + 2 * one + one // 2), T0 + 5 * DAY_US)
    assert [each.first_day for each in store.shelf.picture.sealed] == [FIRST_DAY + 1, FIRST_DAY + 2]


def test_sealed_files_are_read_by_other_programs_while_ours_runs(store: Store, tmp_path: Path) -> None:
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    path = next(tmp_path.glob("2025*.duckdb"))
    query = "SELECT count(*) FROM sample"
    code = f"import duckdb; print(duckdb.connect({str(path)!r}, read_only=True).sql({query!r}).fetchall()[0][0])"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert other.stdout.strip() == str(ROWS)
    assert len(rows_of(store)) == ROWS


def test_a_sealed_file_that_is_damaged_is_set_aside_and_the_others_are_read(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    store = Store(tmp_path)
    for number in range(2):
        store.write(day_of(1, number))
    store.swap()
    store.tend(T0 + 3 * DAY_US)
    store.close()
    first = min(tmp_path.glob("2025*.duckdb"))
    first.write_bytes(b"rubbish" * 1000)
    again = Store(tmp_path)
    assert "set aside" in again.note
    assert len(rows_of(again)) == ROWS
    again.close()
    log_warnings.take("history file not read")


def test_a_file_of_a_newer_version_is_left_alone_and_said(tmp_path: Path, log_warnings: Warnings) -> None:
    store = Store(tmp_path)
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 3 * DAY_US)
    store.close()
    path = next(tmp_path.glob("2025*.duckdb"))
    with duckdb.connect(path) as other:
        other.execute("UPDATE sealed SET version = 99")
    again = Store(tmp_path)
    assert "newer version" in again.note
    again.close()
    assert path.exists()
    log_warnings.take("history file not read")


def test_names_say_the_days() -> None:
    assert sealed_files.file_name(FIRST_DAY, FIRST_DAY + 1, 3) == "2025-10-09.3.duckdb"
    assert sealed_files.file_name(FIRST_DAY, FIRST_DAY + 2, 4) == "2025-10-09_2025-10-10.4.duckdb"
