from __future__ import annotations

from drivers.api import Batch
from hmi.storage.history import imports
from hmi.storage.history.records import FileKind
from hmi.storage.history.store import Store
from tests.support.readings import DAY_US, HOUR_US, T0, day_of


def rows(store: Store) -> int:
    return sum(len(batch) for tag in (1, 2) for batch in store.rows(tag, T0 - DAY_US, T0 + 100 * DAY_US, 100_000))


def test_every_reading_is_counted_once_wherever_it_is(store: Store) -> None:
    for number in range(3):
        store.write(day_of(2, number))
    store.swap()
    store.tend(T0 + DAY_US + HOUR_US)
    store.write(Batch.of([1], [1.0], [T0 + 4 * DAY_US]))
    found = store.status()
    assert found.rows == rows(store) == 3 * 2880 + 1
    assert {each.kind: each.rows for each in found.files} == {FileKind.SEALED: 2880, FileKind.LIVE: 2 * 2880 + 1}
    taken = imports.take(store, "x", "Ann", iter([day_of(2, 5)]))
    imports.undo(store, taken.id)
    assert store.status().rows == rows(store)


def test_an_empty_history_has_no_days(store: Store) -> None:
    found = store.status()
    assert (found.rows, found.oldest_us, found.newest_us, found.days_left) == (0, 0, 0, None)
