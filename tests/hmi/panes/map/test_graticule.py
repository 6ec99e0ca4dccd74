from __future__ import annotations

import pytest

from hmi.panes.map.graticule import STEPS, angle_text, latitudes, longitudes, scale_bar, step_of
from hmi.panes.map.projection import Viewport
from tests.hmi.panes.map.small_plant import view_of


def view(zoom: float) -> Viewport:
    return view_of(2.9, 39.7, zoom)


@pytest.mark.parametrize("zoom", [2, 5, 8, 10.3, 13, 16, 18])
def test_lines_stand_apart_at_round_figures_at_every_zoom(zoom: float) -> None:
    step = step_of(view(zoom))
    assert step in STEPS
    assert len(longitudes(view(zoom), step)) <= 7
    assert len(latitudes(view(zoom), step)) <= 12


@pytest.mark.parametrize(
    ("degrees", "step", "letters", "text"),
    [
        (40, 10, "NS", "40°N"),
        (-40, 10, "NS", "40°S"),
        (0, 10, "EW", "0°"),
        (190, 10, "EW", "170°W"),
        (39 + 2 / 3, 1 / 6, "NS", "39°40′N"),
        (3 + 7 / 60 + 20 / 3600, 10 / 3600, "EW", "3°07′20″E"),
    ],
)
def test_angles_read_as_people_write_them(degrees: float, step: float, letters: str, text: str) -> None:
    assert angle_text(degrees, step, letters) == text


@pytest.mark.parametrize("zoom", [2, 5, 8, 10.3, 13, 16, 18])
def test_the_scale_bar_is_round_and_fits(zoom: float) -> None:
    length, text = scale_bar(view(zoom), 150)
    assert 150 / 2.6 < length <= 150
    number, unit = text.split()
    assert number.rstrip("0") in {"1", "2", "5"}
    assert float(number) * (1000 if unit == "km" else 1) / view(zoom).metres_per_px == pytest.approx(length)
