"""What a lost link does to the lines of the history."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import Batch, Flag, Quality
from hmi.services.gaps import Gaps


def rows(batch: Batch) -> list[tuple[int, float, int, bool]]:
    """Return tag, value, source time and whether the time is not the source's own."""
    replaced = (batch.flags & np.uint16(Flag.TIME_REPLACED)) != 0
    return list(zip(batch.tag.tolist(), batch.value.tolist(), batch.source_us.tolist(), replaced.tolist(), strict=True))


def broken_at(now_us: int, *values: tuple[int, float, int]) -> Gaps:
    """Return gaps after some values (tag, value, source time) and the loss of tags 1 and 2."""
    gaps = Gaps()
    for tag, value, source_us in values:
        gaps.after(Batch.of([tag], [value], [source_us]))
    gaps.begin(np.array([1, 2], np.uint32), now_us)
    return gaps


def test_a_line_is_broken_only_where_there_was_one() -> None:
    gaps = Gaps()
    gaps.after(Batch.of([1], [1.0], [10]))
    found = gaps.begin(np.array([1, 2], np.uint32), 100)
    assert found.tag.tolist() == [1]
    assert found.quality.tolist() == [Quality.NOT_CONNECTED]
    assert np.isnan(found.value).all()
    assert len(gaps.begin(np.array([1], np.uint32), 200)) == 0, "a broken line is not broken again"


def test_what_was_made_after_the_break_needs_nothing() -> None:
    gaps = broken_at(100, (1, 1.0, 10))
    assert rows(gaps.after(Batch.of([1], [2.0], [101]))) == [(1, 2.0, 101, False)]


def test_the_value_that_still_holds_is_said_once_behind_the_break() -> None:
    gaps = broken_at(100, (1, 1.0, 10))
    assert rows(gaps.after(Batch.of([1], [1.0], [10]))) == [(1, 1.0, 101, True)]


def test_what_the_source_kept_lies_where_it_was_made_and_the_last_of_it_also_behind_the_break() -> None:
    gaps = broken_at(100, (1, 1.0, 10))
    found = gaps.after(Batch.of([1, 1], [2.0, 3.0], [50, 60]))
    assert rows(found) == [(1, 2.0, 50, False), (1, 3.0, 60, False), (1, 3.0, 101, True)]
    more = gaps.after(Batch.of([1], [4.0], [70]))
    assert rows(more) == [(1, 4.0, 70, False), (1, 4.0, 102, True)]


def test_what_follows_in_the_same_batch_makes_a_restatement_needless() -> None:
    gaps = broken_at(100, (1, 1.0, 10))
    assert rows(gaps.after(Batch.of([1, 1], [2.0, 3.0], [50, 120]))) == [(1, 2.0, 50, False), (1, 3.0, 120, False)]


def test_tags_do_not_mix() -> None:
    gaps = broken_at(100, (1, 1.0, 10), (2, 5.0, 20))
    found = gaps.after(Batch.of([1, 2, 3], [1.0, 6.0, 9.0], [10, 30, 5]))
    assert sorted(rows(found)) == [(1, 1.0, 101, True), (2, 6.0, 30, False), (2, 6.0, 101, True), (3, 9.0, 5, False)]


def test_texts_go_with_their_rows() -> None:
    gaps = broken_at(100, (1, float("nan"), 10))
    found = gaps.after(Batch.of([1], [float("nan")], [40], texts={0: "Running"}))
    assert found.texts == {0: "Running", 1: "Running"}


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 300)), min_size=1, max_size=30),
    st.integers(50, 200),
)
def test_after_a_break_every_tag_that_spoke_has_a_row_behind_it_and_no_new_value_is_lost(
    sent: list[tuple[int, int]], break_us: int
) -> None:
    gaps = Gaps()
    gaps.after(Batch.of([1, 2, 3], [0.0, 0.0, 0.0], [20, 20, 20]))
    gaps.begin(np.array([1, 2, 3], np.uint32), break_us)
    tags, times = [tag for tag, _ in sent], [time for _, time in sent]
    found = rows(gaps.after(Batch.of(tags, [float(row) for row in range(len(sent))], times)))
    for tag in set(tags):
        last = [float(row) for row in range(len(sent)) if tags[row] == tag][-1]
        mine = [each for each in found if each[0] == tag]
        assert mine[-1][1] == last, "what holds comes last"
        assert mine[-1][2] > break_us
        for row, time in enumerate(times):
            if tags[row] == tag and (time > break_us or time > 20):
                assert (tag, float(row), time, False) in mine


@pytest.mark.parametrize("size", [1, 5000])
def test_indices_grow_as_they_come(size: int) -> None:
    assert len(Gaps().after(Batch.of([size], [1.0], [1]))) == 1
