from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hmi.panes.trend.chart.number_marks import spread


@given(st.lists(st.floats(0, 300), max_size=8))
def test_numbers_make_room_for_each_other_and_stay_inside(wanted: list[float]) -> None:
    places = spread(sorted(wanted), 16, 300)
    assert all(later - earlier >= 16 - 1e-9 for earlier, later in itertools.pairwise(places))
    assert all(8 - 1e-9 <= place <= 292 + 1e-9 for place in places)


def test_numbers_far_apart_stay_where_they_are() -> None:
    assert spread([50.0, 100.0], 16, 300) == [50.0, 100.0]
