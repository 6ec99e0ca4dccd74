"""A valve needs time to travel."""

from __future__ import annotations

import pytest

from drivers.simulated.physics.valve import FULL_TRAVEL_S, Valve


def test_full_travel_takes_its_time() -> None:
    valve = Valve(0.0)
    valve.operate(100.0)
    valve.step(FULL_TRAVEL_S / 2)
    assert valve.position == pytest.approx(50.0)
    valve.step(FULL_TRAVEL_S / 2)
    assert valve.position == pytest.approx(100.0)
    valve.step(FULL_TRAVEL_S)
    assert valve.position == pytest.approx(100.0)


def test_it_stops_where_it_was_sent() -> None:
    valve = Valve(100.0)
    valve.operate(37.5)
    for _ in range(400):
        valve.step(0.25)
    assert valve.position == pytest.approx(37.5)


def test_the_automatic_moves_it_in_steps_and_leaves_it_alone_in_manual() -> None:
    valve = Valve(50.0)
    valve.follow(54.0, step=10.0)
    assert valve.commanded == 50.0
    valve.follow(73.0, step=10.0)
    assert valve.commanded == 70.0
    valve.operate(20.0)
    valve.follow(90.0, step=10.0)
    assert valve.commanded == 20.0
