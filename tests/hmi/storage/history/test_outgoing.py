"""A copy that takes rows by their numbers gets each once, whatever is moved between two batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from drivers.api import Batch, Flag
from hmi.storage.history import imports
from hmi.storage.history.store import Store
from tests.support.readings import DAY_US, T0, day_of


def test_every_row_goes_out_once_in_order_through_all_moves(store: Store) -> None:
    copied: list[int] = []
    last = 0
    for number in range(4):
        store.write(day_of(2, number))
        if number == 2:
            imports.take(store, "old", "Ann", iter([day_of(1, -20)]))
        for _ in range(2):
            found = store.after(last, 1000)
            copied += found.seq.tolist()
            last = copied[-1]
            store.swap()
            store.tend(T0 + number * DAY_US)
    while len((found := store.after(last, 1000)).seq):
        copied += found.seq.tolist()
        last = copied[-1]
    assert copied == sorted(set(copied))
    assert len(copied) == 4 * 2880 + 1440 + 1, "and where the import's line ends"


def test_what_is_recorded_during_an_import_goes_out_after_it(store: Store) -> None:
    seen: list[int] = []

    def slow() -> Iterator[Batch]:
        yield day_of(1, -20)
        store.write(Batch.of([7], [1.0], [T0]))
        seen.append(len(store.after(0, 10_000).seq))

    imports.take(store, "old", "Ann", slow())
    found = store.after(0, 10_000)
    assert seen == [0]
    assert len(found.seq) == 1440 + 1 + 1
    assert found.batch.tag[-1] == 7


def test_rows_go_out_with_all_that_they_are(store: Store) -> None:
    store.write(Batch.of([1, 2], [np.nan, 4.0], [T0, T0 + 1], texts={0: "Batch 17"}, flags=Flag.HISTORICAL))
    found = store.after(0, 10)
    assert found.seq.tolist() == [1, 2]
    assert found.batch.texts == {0: "Batch 17"}
    assert found.batch.value[1] == 4.0
    assert set(found.batch.flags.tolist()) == {Flag.HISTORICAL}
    assert found.epoch == store.epoch
    assert len(store.after(2, 10).seq) == 0


def test_another_history_is_another_epoch(tmp_path: Path) -> None:
    epochs = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store = Store(tmp_path / name)
        epochs.add(store.epoch)
        store.close()
        again = Store(tmp_path / name)
        epochs.add(again.epoch)
        again.close()
    assert len(epochs) == 2
