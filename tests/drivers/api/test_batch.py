from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import Batch, Credentials, Flag, Quality

COLUMNS = {
    "tag": np.uint32,
    "value": np.float64,
    "quality": np.uint16,
    "code": np.uint32,
    "source_us": np.int64,
    "received_us": np.int64,
    "flags": np.uint16,
}


def test_every_column_has_its_dtype_and_the_same_length() -> None:
    batch = Batch.of([1, 2, 3], 4, 5, quality=Quality.BAD, flags=Flag.HISTORICAL)
    for name, dtype in COLUMNS.items():
        column = getattr(batch, name)
        assert column.dtype == dtype, name
        assert column.shape == (3,), name
    assert batch.received_us.tolist() == [5, 5, 5]


def test_concatenate_keeps_rows_in_order_and_texts_with_their_rows() -> None:
    first = Batch.of([1, 2], [1.0, np.nan], [1, 2], texts={1: "b"})
    second = Batch.of([3], [np.nan], [3], texts={0: "c"})
    both = Batch.concatenate([first, second])
    assert both.tag.tolist() == [1, 2, 3]
    assert both.texts == {1: "b", 2: "c"}
    assert len(Batch.concatenate([])) == 0
    assert Batch.concatenate([first]) is first


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_select_by_mask_takes_texts_along(mask: list[bool]) -> None:
    rows = len(mask)
    batch = Batch.of(np.arange(rows), np.arange(rows), np.arange(rows), texts={row: str(row) for row in range(rows)})
    chosen = batch.select(np.array(mask))
    assert chosen.tag.tolist() == [row for row in range(rows) if mask[row]]
    assert [chosen.texts[row] for row in range(len(chosen))] == [str(tag) for tag in chosen.tag]


def test_a_batch_can_be_pickled_and_credentials_never_show_their_password() -> None:
    batch = pickle.loads(pickle.dumps(Batch.of([1], [2.0], 3, texts={0: "x"})))
    assert (batch.value.tolist(), batch.texts) == ([2.0], {0: "x"})
    assert "hunter2" not in repr(Credentials("ann", "hunter2"))


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        Batch.of([1, 2], [1.0, 2.0, 3.0], 1)
