"""What goes to the source: its own value, whole where it is meant to be."""

from __future__ import annotations

import pytest

from hmi.services.control.sending import unscaled


@pytest.mark.parametrize(("scale", "digits"), [(0.1, 1), (0.01, 2), (0.001, 3)])
def test_every_value_in_steps_of_the_scale_is_whole_at_the_source(scale: float, digits: int) -> None:
    for whole in range(10_001):
        assert unscaled(round(whole * scale, digits), scale, 0.0) == whole


def test_what_is_not_meant_to_be_whole_stays_as_it_is() -> None:
    assert unscaled(2.55, 1.0, 0.0) == 2.55
    assert unscaled(0.25, 0.1, 0.0) == pytest.approx(2.5)
    assert unscaled(10.0, 2.0, 4.0) == 3.0
