"""A history that lost rows says so, however well its files open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.api import Batch
from hmi.storage.history import guard
from hmi.storage.history.records import Gap
from hmi.storage.history.store import Store
from tests.conftest import Warnings
from tests.support.readings import T0


def crashed(folder: Path, rows: int) -> None:
    """Leave a history as a kill leaves it: a write-ahead log, and a mark that says it was not closed."""
    store = Store(folder)
    for number in range(rows):
        store.write(Batch.of([1], [float(number)], [T0 + number]))
    store._set_mark(is_clean=False)
    copies = [(folder / name, (folder / name).read_bytes()) for name in ("live.duckdb", "live.duckdb.wal")]
    mark = (folder / guard.NAME).read_bytes()
    store.close()
    for path, content in copies:
        path.write_bytes(content)
    (folder / guard.NAME).write_bytes(mark)


def test_after_a_crash_everything_committed_is_there_and_the_log_was_kept(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    crashed(tmp_path, 5)
    store = Store(tmp_path)
    assert not store.was_clean
    assert store.note == ""
    assert len(next(store.rows(1, T0, T0 + 100, 10))) == 5
    store.close()
    assert (tmp_path / "live.duckdb.wal-before").stat().st_size > 0
    assert log_warnings.take("history was not closed")


def test_a_missing_log_is_told_and_leaves_a_gap_and_numbers_go_on(tmp_path: Path, log_warnings: Warnings) -> None:
    crashed(tmp_path, 5)
    (tmp_path / "live.duckdb.wal").unlink()
    store = Store(tmp_path)
    assert "5 readings from before the last crash are missing" in store.note
    (gap,) = store.status().gaps
    assert gap.rows == 5
    store.write(Batch.of([1], [9.0], [T0 + 9]))
    assert store.last_seq == 6, "a number is never given twice"
    store.close()
    again = Store(tmp_path)
    assert again.note == "", "it is told once"
    again.close()
    log_warnings.take("history lost rows")


def test_a_damaged_live_file_leaves_a_gap_and_sealed_days_are_still_read(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    store = Store(tmp_path)
    store.write(Batch.of([1], [1.0], [T0]))
    store.swap()
    store.tend(T0 + 3 * 86_400_000_000)
    store.close()
    (tmp_path / "live.duckdb").write_bytes(b"rubbish" * 1000)
    again = Store(tmp_path)
    assert "set aside as live.duckdb.damaged-" in again.note
    assert len(next(again.rows(1, T0, T0 + 100, 10))) == 1
    assert len(again.status().gaps) == 1
    assert again.last_seq >= 1
    again.close()
    log_warnings.take("history set aside")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"last_seq": "x"}', '{"last_seq": 1}', "\0" * 100])
def test_a_mark_that_cannot_be_read_is_no_mark(tmp_path: Path, text: str) -> None:
    (tmp_path / guard.NAME).write_text(text, encoding="utf-8")
    assert guard.read(tmp_path) == guard.Mark()


def test_a_mark_is_replaced_whole(tmp_path: Path) -> None:
    guard.write(tmp_path, guard.Mark(1, 2, is_clean=False))
    guard.write(tmp_path, guard.Mark(3, 4, is_clean=True))
    assert guard.read(tmp_path) == guard.Mark(3, 4, is_clean=True)
    assert json.loads((tmp_path / guard.NAME).read_text(encoding="utf-8"))["last_seq"] == 3


def test_a_log_broken_in_its_middle_is_cut_there_and_what_is_missing_is_counted(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    crashed(tmp_path, 5)
    log = tmp_path / "live.duckdb.wal"
    content = bytearray(log.read_bytes())
    content[len(content) - 60] ^= 0xFF
    log.write_bytes(content)
    store = Store(tmp_path)
    left = len(next(store.rows(1, T0, T0 + 100, 10)))
    assert 3 <= left < 5
    assert "broken at its end" in store.note
    assert f"{5 - left} readings from before the last crash are missing" in store.note
    store.close()
    log_warnings.take("history log was broken", "history was not closed", "history lost rows")


def test_a_log_of_rubbish_takes_nothing_from_what_lies_in_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(Batch.of([1], [1.0], [T0]))
    store.close()
    (tmp_path / "live.duckdb.wal").write_bytes(b"rubbish" * 1000)
    again = Store(tmp_path)
    assert len(next(again.rows(1, T0, T0 + 100, 10))) == 1
    again.close()


def test_looking_at_a_history_keeps_the_evidence_of_a_crash(tmp_path: Path, log_warnings: Warnings) -> None:
    crashed(tmp_path, 3)
    before = guard.read(tmp_path)
    looking = Store(tmp_path)
    looking.status()
    looking.close()
    assert guard.read(tmp_path) == before
    again = Store(tmp_path)
    assert not again.was_clean
    assert again.ended_us == before.at_us
    again.write(Batch.of([1], [9.0], [T0 + 9]))
    again.close()
    assert guard.read(tmp_path).is_clean
    log_warnings.take("history was not closed")


def test_time_goes_on_in_the_mark_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.storage.history.store.MARK_S", 0.0)
    store = Store(tmp_path)
    store.mark_time()
    assert guard.read(tmp_path) == guard.Mark(), "nothing was recorded yet"
    store.write(Batch.of([1], [1.0], [T0]))
    first = guard.read(tmp_path).at_us
    while guard.read(tmp_path).at_us == first:
        store.mark_time()
    assert not guard.read(tmp_path).is_clean
    store.close()


def test_a_gap_that_grows_is_one_gap(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.note_gap(Gap(5, 10, 0, "away"))
    store.note_gap(Gap(5, 20, 0, "away"))
    store.note_gap(Gap(5, 7, 1, "lost"))
    assert {(gap.from_us, gap.to_us, gap.reason) for gap in store.status().gaps} == {(5, 20, "away"), (5, 7, "lost")}
    store.close()
