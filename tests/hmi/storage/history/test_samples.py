from __future__ import annotations

import duckdb
import numpy as np
import pytest

from drivers.api import Batch, Flag
from hmi.storage.history import samples
from hmi.storage.history.store import Store
from tests.support.readings import T0


def count(store: Store) -> int:
    found = store.cursor().execute("SELECT (SELECT count(*) FROM hot_a) + (SELECT count(*) FROM hot_text_a)").fetchone()
    return int(found[0]) if found else -1


def test_flags_lie_beside_the_quality(store: Store) -> None:
    store.write(Batch.of([1], [3.0], [T0], flags=Flag.TIME_REPLACED | Flag.HISTORICAL))
    row = store.cursor().execute("SELECT quality FROM hot_a").fetchone()
    assert row == ((Flag.TIME_REPLACED | Flag.HISTORICAL) << 8,)


def test_texts_have_a_table_of_their_own(store: Store) -> None:
    store.write(Batch.of([1, 2], [np.nan, 4.0], [T0, T0], texts={0: "Batch 17"}))
    assert store.cursor().execute("SELECT tag_id, text FROM hot_text_a").fetchall() == [(1, "Batch 17")]
    assert store.cursor().execute("SELECT tag_id, value FROM hot_a").fetchall() == [(2, 4.0)]


def test_a_number_too_large_for_a_float_is_kept_whole(store: Store) -> None:
    store.write(Batch.of([1], [np.nan], [T0], texts={0: 2**63 + 1}))
    assert [each.texts for each in store.rows(1, T0, T0 + 1, 10)] == [{0: str(2**63 + 1)}]


def test_every_row_has_a_number_and_the_last_one_is_known(store: Store) -> None:
    store.write(Batch.of([1, 2], [1.0, 2.0], [T0, T0]))
    store.write(Batch.of([3], [3.0], [T0]))
    assert store.last_seq == 3
    assert store.cursor().execute("SELECT last_seq FROM progress").fetchone() == (3,)


def test_an_insert_that_fails_writes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = samples._append

    def fail_on_numbers(*arguments: object) -> None:
        if arguments[1] == "hot_a":
            raise duckdb.IOException("No space left on device")
        real(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(samples, "_append", fail_on_numbers)
    with pytest.raises(duckdb.IOException):
        store.write(Batch.of([1, 2], [np.nan, 1.0], [T0, T0], texts={0: "x"}))
    assert count(store) == 0
    assert store.last_seq == 0
