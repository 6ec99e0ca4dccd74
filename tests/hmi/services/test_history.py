"""The history's promise: a sample waits half a second at most, and a disk that refuses loses nothing that fits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
import pytest_asyncio

from drivers.api import Batch, Quality
from hmi.domain.catalogue import Catalogue
from hmi.services import history as module
from hmi.services import recording
from hmi.services.history import History
from hmi.services.port import PenData, ReadHistory
from hmi.storage.errors import StorageError
from hmi.storage.history import live_file, samples
from hmi.storage.history.store import Store
from tests.conftest import Warnings
from tests.support.holding import held_by_another
from tests.support.plants import CATALOGUE
from tests.support.readings import DAY_US, T0, day_of
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio
NOW_US = time.time_ns() // 1000


@pytest_asyncio.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    opened = History(tmp_path)
    opened.start()
    yield opened
    opened.stop()


def reading(number: int) -> Batch:
    return Batch.of([1], [float(number)], [NOW_US + number])


def catalogue_with_deadband() -> Catalogue:
    first = replace(CATALOGUE.tags[0], index=0)
    return replace(CATALOGUE, tags=(replace(first, revision=replace(first.revision, log_deadband=1.0)),))


async def stored(history: History, rows: int) -> None:
    await until(lambda: history.figures().stored >= rows)


async def values(history: History) -> list[float]:
    request = ReadHistory((1,), NOW_US - 1, NOW_US + 1_000_000, 100_000)
    return [float(value) for value in (await history.read(request))[0].last]


async def test_a_sample_is_stored_within_its_half_second(history: History) -> None:
    history.append(reading(1))
    started = time.monotonic()
    await stored(history, 1)
    assert time.monotonic() - started < 1.5
    assert await values(history) == [1.0]


async def test_many_rows_are_written_at_once_and_in_order(history: History) -> None:
    for number in range(50):
        history.append(reading(number))
    await stored(history, 50)
    assert await values(history) == [float(number) for number in range(50)]


async def test_stopping_writes_what_waits(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.start()
    history.append(reading(7))
    history.stop()
    with duckdb.connect(tmp_path / live_file.FILE_NAME) as connection:
        assert connection.execute("SELECT value FROM hot_a").fetchall() == [(7.0,)]


async def test_a_full_disk_holds_the_ring_says_so_and_goes_on(
    history: History, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    real = samples.insert
    is_full = True

    def insert(*arguments: object) -> int:
        if is_full:
            raise duckdb.IOException("No space left on device")
        return real(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(samples, "insert", insert)
    monkeypatch.setattr(recording, "RETRY_S", 0.05)
    history.append(reading(1))
    await until(lambda: "No space left" in history.figures().note)
    history.append(reading(2))
    history.append(reading(3))
    assert history.figures().waiting == 3
    is_full = False
    await stored(history, 3)
    assert history.figures().note == ""
    assert await values(history) == [1.0, 2.0, 3.0], "nothing lost, nothing doubled"
    assert len(log_warnings.take("refused a write")) == 1


async def test_a_full_ring_lets_the_oldest_go_and_counts_them(
    history: History, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    def insert(*_: object) -> int:
        raise duckdb.IOException("No space left on device")

    with monkeypatch.context() as full:
        full.setattr(samples, "insert", insert)
        full.setattr(recording, "RETRY_S", 0.05)
        full.setattr(recording, "RING_ROWS", 10)
        history.append(reading(0))
        await until(lambda: bool(history.figures().note))
        for number in range(1, 31):
            history.append(reading(number))
        assert history.figures().dropped >= 20
        assert history.figures().waiting <= 10
    await until(lambda: history.figures().note == "")
    assert (await values(history))[-1] == 30.0
    log_warnings.take("refused a write")


async def test_a_batch_that_cannot_be_written_does_not_end_the_recording(
    history: History, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    real = samples.insert

    def insert(connection: duckdb.DuckDBPyConnection, batch: Batch, seq: int, hot: str) -> int:
        if 13.0 in batch.value:
            raise TypeError("not understood")
        return real(connection, batch, seq, hot)

    monkeypatch.setattr(samples, "insert", insert)
    history.append(reading(13))
    await until(lambda: history.figures().dropped == 1)
    history.append(reading(14))
    await stored(history, 1)
    assert await values(history) == [14.0]
    log_warnings.take("not understood")


async def test_a_damaged_file_is_set_aside_and_recording_goes_on(tmp_path: Path, log_warnings: Warnings) -> None:
    (tmp_path / live_file.FILE_NAME).write_bytes(b"rubbish" * 1000)
    history = History(tmp_path)
    history.start()
    history.append(reading(1))
    await stored(history, 1)
    assert "set aside as live.duckdb.damaged-" in history.figures().note
    history.stop()
    assert log_warnings.take("history set aside")


async def test_a_history_that_another_program_holds_is_said_and_what_waits_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    monkeypatch.setattr(recording, "REOPEN_S", 0.05)
    history = History(tmp_path)
    with held_by_another(tmp_path / live_file.FILE_NAME) as pid:
        history.start()
        history.append(reading(1))
        await until(lambda: bool(history.figures().note))
        note = history.figures().note
        with pytest.raises(StorageError, match="Nothing is being recorded"):
            await history.read(ReadHistory((1,), NOW_US, NOW_US + 1, 10))
    (tmp_path / live_file.FILE_NAME).unlink()  # the other program's own, empty one
    await stored(history, 1)
    assert history.figures().note == ""
    assert await values(history) == [1.0]
    history.stop()
    assert "Nothing is being recorded" in note
    assert str(pid) in note
    assert len(log_warnings.take("history not recorded")) >= 1


async def test_what_the_ring_lost_is_a_gap_in_the_history(
    history: History, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    def insert(*_: object) -> int:
        raise duckdb.IOException("No space left on device")

    with monkeypatch.context() as full:
        full.setattr(samples, "insert", insert)
        full.setattr(recording, "RETRY_S", 0.05)
        full.setattr(recording, "RING_ROWS", 5)
        for number in range(20):
            history.append(reading(number))
        await until(lambda: history.figures().dropped >= 15)
    await until(lambda: history.figures().stored > 0)
    history.append(reading(30))
    await until(lambda: bool(history.status().gaps))
    (gap,) = history.status().gaps
    assert gap.rows == history.figures().dropped
    assert gap.from_us == NOW_US
    log_warnings.take("refused a write")


async def test_a_query_that_nobody_waits_for_any_more_is_stopped(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.append(reading(1))
    await stored(history, 1)
    begun, ended = threading.Event(), threading.Event()

    def slow(cursor: duckdb.DuckDBPyConnection, *_: object) -> PenData:
        begun.set()
        try:
            cursor.execute("SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)").fetchall()
        finally:
            ended.set()
        raise AssertionError("it was not stopped")

    monkeypatch.setattr(module.query, "read", slow)
    asked = asyncio.create_task(history.read(ReadHistory((1,), 0, 1, 10)))
    await until(begun.is_set)
    asked.cancel()
    await until(ended.is_set)
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_the_keeper_makes_runs_and_seals_days_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEPING_S", 0.05)
    history = History(tmp_path)
    history.start()
    history.append(day_of(2, 0))
    await stored(history, 2880)
    await asyncio.to_thread(history.store.swap)
    await until(lambda: len(history.store.shelf.picture.sealed) == 1)
    found = (await history.read(ReadHistory((1,), T0, T0 + DAY_US, 100)))[0]
    assert found.count.sum() == 1440
    history.stop()


async def test_a_disk_too_full_to_seal_is_said_and_recording_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    def refuse(*_: object) -> int:
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(module, "KEEPING_S", 0.05)
    monkeypatch.setattr(Store, "tend", refuse)
    history = History(tmp_path)
    history.start()
    await until(lambda: "days cannot be closed" in history.figures().note)
    history.append(reading(1))
    await stored(history, 1)
    history.stop()
    assert len(log_warnings.take("history not tidied")) == 1


async def test_only_live_values_are_thinned_out(history: History) -> None:
    history.apply(catalogue_with_deadband())
    for number in range(3):
        history.append(Batch.of([0], [5.0], [NOW_US + number]))
    for number in range(3, 6):
        history.append_all(Batch.of([0], [5.0], [NOW_US + number]))
    await stored(history, 4)
    found = (await history.read(ReadHistory((0,), NOW_US - 1, NOW_US + 100, 1000)))[0]
    assert found.time_us.tolist() == [NOW_US, NOW_US + 3, NOW_US + 4, NOW_US + 5]


async def test_the_last_readings_come_back(history: History) -> None:
    history.append(Batch.of([1, 2, 1], [1.0, 2.0, 3.0], [NOW_US, NOW_US, NOW_US + 1]))
    await stored(history, 3)
    latest = await history.latest(NOW_US + 10)
    assert dict(zip(latest.tag.tolist(), latest.value.tolist(), strict=True)) == {1: 3.0, 2: 2.0}
    assert set(latest.quality.tolist()) == {Quality.GOOD}
    assert np.issubdtype(latest.quality.dtype, np.uint16)


async def test_after_an_error_that_duckdb_calls_fatal_the_history_is_opened_anew(
    history: History, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    monkeypatch.setattr(recording, "RETRY_S", 0.05)
    history.append(reading(1))
    await stored(history, 1)
    first, real = history.store, Store.write

    def fail(store: Store, batch: Batch) -> None:
        if store is first:
            raise duckdb.FatalException("FATAL Error: database has been invalidated")
        real(store, batch)

    monkeypatch.setattr(Store, "write", fail)
    history.append(reading(2))
    await stored(history, 2)
    assert history.store is not first
    assert await values(history) == [1.0, 2.0]
    assert history.figures().note == ""
    log_warnings.take("refused a write")
