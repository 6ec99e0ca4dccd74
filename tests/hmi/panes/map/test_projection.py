from __future__ import annotations

import numpy as np
import pytest

from hmi.panes.map.projection import FIT_ZOOM, MAX_ZOOM, Viewport, to_degrees, to_world
from tests.hmi.panes.map.small_plant import view_of

MALLORCA = to_world([2.6, 3.4], [39.9, 39.4])


def view_of_mallorca() -> Viewport:
    return Viewport(width=800, height=600).fitted(MALLORCA, 80)


@pytest.mark.parametrize(("longitude", "latitude"), [(0, 0), (2.9, 39.7), (-179.5, -60), (179.9, 84.9)])
def test_degrees_come_back(longitude: float, latitude: float) -> None:
    x, y = to_world(longitude, latitude)
    assert to_degrees(x, y) == pytest.approx((longitude, latitude), abs=1e-9)


def test_the_poles_lie_on_the_edge_of_the_world() -> None:
    assert to_world([0, 0], [90, -90])[:, 1] == pytest.approx([0, 1], abs=1e-6)


def test_a_fitted_view_holds_every_point_inside_its_padding() -> None:
    screen = view_of_mallorca().to_screen(MALLORCA)
    assert (screen >= 79.9).all()
    assert (screen <= np.array([800, 600]) - 79.9).all()


def test_a_lone_station_is_not_fitted_to_its_doorstep() -> None:
    assert Viewport(width=800, height=600).fitted(MALLORCA[:1], 80).zoom == FIT_ZOOM


def test_nothing_to_fit_shows_the_world() -> None:
    view = Viewport(width=800, height=600).fitted(np.empty((0, 2)), 80)
    assert view.zoom == view.min_zoom


def test_what_is_under_the_cursor_stays_there_while_zooming() -> None:
    view = view_of_mallorca()
    before = view.at(640, 120)
    assert view.zoomed(2.5, 640, 120).at(640, 120) == pytest.approx(before)


def test_dragging_moves_the_content_with_the_hand() -> None:
    view = view_of_mallorca()
    before, after = view.to_screen(MALLORCA), view.moved(30, -20).to_screen(MALLORCA)
    assert after - before == pytest.approx(np.array([[30, -20], [30, -20]]), abs=1e-6)


def test_zoom_ends_at_street_and_at_world() -> None:
    view = view_of_mallorca()
    assert view.zoomed(50, 0, 0).zoom == MAX_ZOOM
    world = view.zoomed(-50, 0, 0)
    assert world.scale == pytest.approx(800)
    assert world.at(0, 0)[1] >= 0
    assert world.at(0, 600)[1] <= 1


def test_a_place_is_shown_once_and_nearest_across_the_date_line() -> None:
    fiji = to_world([178.0, -178.0], [-18, -18])
    view = view_of(178.0, -18, 6)
    screen = view.to_screen(fiji)
    assert 0 < screen[1, 0] - screen[0, 0] < 400


def test_a_line_stays_whole_across_the_date_line() -> None:
    line = to_world([178.0, 182.0], [-18, -18])
    view = view_of(-178.0, -18, 6)
    screen = view.line_to_screen(line)
    assert screen[1, 0] == pytest.approx(400)
    assert 0 < screen[1, 0] - screen[0, 0] < 400


def test_metres_per_pixel_shrink_away_from_the_equator() -> None:
    equator = Viewport(0.5, 0.5, 10, 800, 600)
    north = equator.centred(*map(float, to_world(0, 60)))
    assert equator.metres_per_px == pytest.approx(40_075_017 / 256 / 1024)
    assert north.metres_per_px == pytest.approx(equator.metres_per_px / 2)
