from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hmi.panes.map.clipping import clip_line, clip_ring, runs_near, thin
from hmi.panes.map.projection import Points

BOX = (0.0, 0.0, 10.0, 10.0)


def area(ring: Points) -> float:
    x, y = ring.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def test_a_ring_inside_the_box_is_left_alone() -> None:
    ring = np.array([[1.0, 1], [9, 1], [5, 9]])
    assert clip_ring(ring, BOX) is ring


def test_a_ring_outside_the_box_is_nothing() -> None:
    assert len(clip_ring(np.array([[20.0, 1], [30, 1], [25, 9]]), BOX)) == 0


def test_a_ring_around_the_box_becomes_the_box() -> None:
    ring = np.array([[-5.0, -5], [15, -5], [15, 15], [-5, 15]])
    assert area(clip_ring(ring, BOX)) == pytest.approx(100)


def test_corners_are_cut_off() -> None:
    ring = np.array([[-2.5, 5], [5, -2.5], [12.5, 5], [5, 12.5]])
    assert area(clip_ring(ring, BOX)) == pytest.approx(100 - 4 * 3.125)


@given(arrays.arrays(np.float64, (12, 2), elements=st.integers(-30, 40).map(float)))
def test_no_point_of_a_cut_ring_lies_outside(ring: Points) -> None:
    cut = clip_ring(ring, BOX)
    assert (cut >= -1e-9).all()
    assert (cut <= 10 + 1e-9).all()


def test_a_line_through_the_box_is_cut_at_both_sides_and_knows_where_it_begins() -> None:
    parts = list(clip_line(np.array([[-20.0, 5], [30, 5]]), BOX))
    assert len(parts) == 1
    part, passed = parts[0]
    assert part == pytest.approx(np.array([[0, 5], [10, 5]]))
    assert passed == pytest.approx(20)


def test_the_way_along_a_line_counts_what_came_before() -> None:
    parts = list(clip_line(np.array([[-3.0, -4], [0, 0], [0, 8]]), BOX))
    assert [passed for _part, passed in parts] == pytest.approx([5])


@pytest.mark.parametrize("line", [[[-5.0, -5], [-5, 20]], [[-8.0, 5], [5, 18]], [[3.0, 3], [3, 3]]])
def test_a_line_that_misses_the_box_or_has_no_length_is_nothing(line: list[list[float]]) -> None:
    assert not list(clip_line(np.array(line), BOX))


def test_only_stretches_near_the_box_are_kept() -> None:
    line = np.array([[-50.0, 5], [-40, 5], [-1, 5], [5, 5], [11, 5], [40, 5], [50, 5]])
    runs = [run[:, 0].tolist() for run in runs_near(line, BOX)]
    assert runs == [[-1, 5, 11]]


def test_a_long_segment_across_the_box_is_kept() -> None:
    assert [len(run) for run in runs_near(np.array([[-50.0, 5], [50, 5]]), BOX)] == [2]


def test_thinning_keeps_the_ends_and_drops_what_cannot_be_seen() -> None:
    line = np.stack([np.linspace(0, 10, 1001), np.zeros(1001)], axis=1)
    thinned = thin(line, 1.0)
    assert 10 <= len(thinned) <= 13
    assert thinned[0].tolist() == [0, 0]
    assert thinned[-1].tolist() == [10, 0]
