from __future__ import annotations

import pytest

from hmi.panes.map.projection import Viewport
from hmi.panes.map.saved_view import restored, saved
from tests.hmi.panes.map.small_plant import view_of

VIEW = view_of(2.9, 39.7, 10.5)


def test_a_kept_view_comes_back() -> None:
    found = restored(Viewport(width=800, height=600), saved(VIEW))
    assert found is not None
    assert (found.x, found.y, found.zoom) == pytest.approx((VIEW.x, VIEW.y, 10.5), abs=1e-7)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"latitude": "north", "longitude": 2.9, "zoom": 10},
        {"latitude": None, "longitude": 2.9, "zoom": 10},
        {"latitude": 39.0, "longitude": 2.9},
        {"latitude": float("nan"), "longitude": 2.9, "zoom": 10},
        {"latitude": 39.0, "longitude": float("inf"), "zoom": 10},
        {"latitude": 139.0, "longitude": 2.9, "zoom": 10},
        {"latitude": True, "longitude": 2.9, "zoom": 10},
        {"latitude": [39], "longitude": {}, "zoom": ()},
    ],
)
def test_rubbish_is_passed_over(state: dict[str, object]) -> None:
    assert restored(VIEW, state) is None


def test_a_zoom_out_of_bounds_is_brought_in() -> None:
    found = restored(VIEW, {"latitude": 39.0, "longitude": 2.9, "zoom": 9000})
    assert found is not None
    assert found.zoom == 18
