from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.api import Batch, Quality
from hmi.storage.errors import StorageError
from hmi.storage.history import imports
from hmi.storage.history import store as module
from hmi.storage.history.records import RetentionPolicy
from hmi.storage.history.store import Store
from tests.support.readings import DAY_US, SECOND_US, T0, day_of


def values(store: Store, tag: int = 1) -> list[float]:
    batches = list(store.rows(tag, T0 - 400 * DAY_US, T0 + 400 * DAY_US, 10_000))
    return [float(value) for batch in batches for value in batch.value if np.isfinite(value)]


def test_an_import_is_there_whole_and_is_sealed_like_everything_else(store: Store) -> None:
    taken = imports.take(store, "old.csv", "Ann", iter([day_of(2, -41), day_of(2, -40)]))
    assert (taken.rows, taken.skipped, taken.label, taken.user) == (5760, 0, "old.csv", "Ann")
    assert (taken.first_us, taken.last_us) == (T0 - 41 * DAY_US, T0 - 39 * DAY_US - 60 * SECOND_US)
    assert len(values(store)) == 2880
    assert store.tend(T0) == 1
    assert len(values(store)) == 2880
    assert [each.end_day - each.first_day for each in store.shelf.picture.sealed] == [3], "and where the lines end"


def test_rows_that_are_there_already_are_skipped_and_counted(store: Store) -> None:
    store.write(day_of(1, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    store.write(Batch.of([1], [3.0], [T0 + DAY_US]))
    twice = Batch.of([1, 1, 1, 1], [9.0, 9.0, 8.0, 7.0], [T0, T0 + DAY_US, T0 - 5, T0 - 5])
    taken = imports.take(store, "x", "Ann", iter([twice]))
    assert (taken.rows, taken.skipped) == (1, 3)
    found = values(store)
    assert found[0] == 8.0
    assert len(found) == 1442
    assert 9.0 not in found


def test_a_second_import_of_the_same_file_adds_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 500)
    imports.take(store, "x", "Ann", iter([day_of(1, 0)]))
    taken = imports.take(store, "x", "Ann", iter([day_of(1, 0), day_of(1, 0)]))
    assert (taken.rows, taken.skipped) == (0, 2880)
    assert len(values(store)) == 1440


@pytest.mark.parametrize("is_sealed", [False, True])
def test_undoing_takes_exactly_the_imports_rows_out(store: Store, is_sealed: bool) -> None:
    store.write(day_of(1, 0))
    before = values(store)
    texts = Batch.of([1], [np.nan], [T0 + 5], texts={0: "imported"})
    taken = imports.take(store, "x", "Ann", iter([Batch.of([1, 1], [5e5, 6e5], [T0 + 1, T0 + DAY_US + 1]), texts]))
    assert max(values(store)) == 6e5
    if is_sealed:
        store.swap()
        store.tend(T0 + 3 * DAY_US)
    assert imports.undo(store, taken.id) == 3
    assert values(store) == before
    found = store.read(1, T0, T0 + DAY_US, 30)
    assert found.high.max() < 5e5
    assert found.count.sum() == 1440
    assert imports.records(store)[0].is_undone
    with pytest.raises(StorageError, match="undone before"):
        imports.undo(store, taken.id)


def test_what_became_averages_cannot_be_undone_and_says_so(store: Store) -> None:
    taken = imports.take(store, "x", "Ann", iter([day_of(1, 0)]))
    store.tend(T0 + 3 * DAY_US)
    store.retain(RetentionPolicy(raw_days=1), T0 + 9 * DAY_US)
    with pytest.raises(StorageError, match="averages"):
        imports.undo(store, taken.id)


def test_an_import_that_fails_or_is_cancelled_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 500)

    def broken() -> Iterator[Batch]:
        yield day_of(1, 0)
        assert values(store) == [], "nothing is shown before it is complete"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.take(store, "x", "Ann", broken())
    assert values(store) == []
    assert imports.records(store) == ()
    tables = store.cursor().execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert not [name for (name,) in tables if name.startswith(("import_", "run_1"))]


def test_an_import_that_a_crash_cut_off_is_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 500)
    store = Store(tmp_path)
    work = imports._Import(store, store.cursor())
    work.begin("x", "Ann")
    work.add(day_of(1, 0))
    store.write(Batch.of([1], [1.0], [T0]))
    store.close()
    again = Store(tmp_path)
    imports.remove_unfinished(again)
    assert values(again) == [1.0]
    assert imports.records(again) == ()
    again.close()


def test_the_writer_goes_on_beside_an_import(store: Store) -> None:
    def slow() -> Iterator[Batch]:
        for number in range(3):
            store.write(Batch.of([7], [float(number)], [T0 + number]))
            yield day_of(1, number)

    imports.take(store, "x", "Ann", slow())
    assert values(store, 7) == [0.0, 1.0, 2.0]
    assert imports.undo(store, 1) == 3 * 1440
    assert values(store, 7) == [0.0, 1.0, 2.0]


def test_what_is_recorded_during_a_long_import_is_sorted_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 500)
    monkeypatch.setattr(module, "SWAP_ROWS", 1)
    seen: list[int] = []

    def slow() -> Iterator[Batch]:
        for number in range(3):
            store.write(Batch.of([7], [float(number)], [T0 + number]))
            yield day_of(1, number)
            seen.append(len(store.shelf.picture.runs))

    imports.take(store, "x", "Ann", slow())
    assert seen == [1, 2, 3], "runs of what was recorded, and none of the import"
    assert values(store, 7) == [0.0, 1.0, 2.0]
    assert len(values(store)) == 3 * 1440


def ends(store: Store) -> list[int]:
    batches = list(store.rows(1, T0 - 400 * DAY_US, T0 + 400 * DAY_US, 10_000))
    return [int(at) for batch in batches for at in batch.source_us[batch.quality == Quality.NOT_CONNECTED]]


def test_the_line_ends_where_the_next_row_of_an_import_would_have_been(store: Store) -> None:
    store.write(Batch.of([1], [1.0], [T0 + 50 * DAY_US]))
    imports.take(store, "x", "Ann", iter([day_of(1, 0)]))
    assert ends(store) == [T0 + DAY_US]
    found = store.read(1, T0 + 10 * DAY_US, T0 + 11 * DAY_US, 100)
    assert np.isnan(found.held), "nothing is known of the time after it"
    imports.take(store, "y", "Ann", iter([day_of(1, -1)]))
    assert ends(store) == [T0 + DAY_US], "where the history goes on there is no end"
    imports.undo(store, 1)
    assert ends(store) == []
