from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hmi.panes.map.clusters import group, middles
from hmi.panes.map.projection import Points

APART = 40.0


def test_stations_far_apart_stand_alone() -> None:
    pixels = np.array([[0.0, 0], [100, 0], [0, 100]])
    assert len(set(group(pixels, APART).tolist())) == 3


def test_two_near_stations_share_a_marker_also_across_the_edge_of_a_square() -> None:
    assert len(set(group(np.array([[39.0, 5], [41.0, 5]]), APART).tolist())) == 1


def test_a_row_of_near_stations_is_not_swallowed_whole() -> None:
    pixels = np.stack([np.arange(30) * 25.0, np.zeros(30)], axis=1)
    assert len(set(group(pixels, APART).tolist())) > 8


def test_nothing_makes_no_groups() -> None:
    assert len(group(np.empty((0, 2)), APART)) == 0


def test_one_spot_is_one_group() -> None:
    assert set(group(np.full((500, 2), 7.0), APART).tolist()) == {0}


@given(arrays.arrays(np.float64, (40, 2), elements=st.integers(0, 300).map(float)))
def test_no_two_markers_cover_each_other_and_groups_have_no_gaps(pixels: Points) -> None:
    groups = group(pixels, APART)
    middle = middles(pixels, groups)
    assert sorted(set(groups.tolist())) == list(range(len(middle)))
    distance = np.abs(middle[:, None] - middle[None]).max(axis=2)
    np.fill_diagonal(distance, np.inf)
    assert distance.min() >= APART - 1e-9
