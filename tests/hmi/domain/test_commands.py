"""When a readback shows a value: exactly is asked of no float."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plants import LEVEL_SETPOINT, PUMP


@pytest.mark.parametrize("value", [12.3, 0.1, 4.7, 99.99])
def test_a_32_bit_float_that_comes_back_is_the_value(value: float) -> None:
    setpoint = replace(LEVEL_SETPOINT, low=0.0, high=100.0, tolerance=0.0)
    assert setpoint.is_confirmed_by(value, float(np.float32(value)))
    assert setpoint.is_confirmed_by(value, round(value * 10) * 0.1) is (round(value, 1) == value)
    assert not setpoint.is_confirmed_by(value, value + 0.01)


def test_a_state_is_another_state_all_the_same() -> None:
    assert PUMP.is_confirmed_by(1.0, 1.0)
    assert not PUMP.is_confirmed_by(1.0, 0.0)
