"""Levels call for pumps; pumps take turns and stand in for one another."""

from __future__ import annotations

from drivers.simulated.physics.pump import Pump, PumpDesign
from drivers.simulated.stations.duty import DutyPumps, LevelCall
from drivers.simulated.stations.panel import Setpoint

DESIGN = PumpDesign(90.0, 200.0, 37.0)


def pair() -> tuple[Pump, Pump, DutyPumps]:
    first, second = Pump(DESIGN, hours=100.0), Pump(DESIGN, hours=50.0)
    return first, second, DutyPumps((first, second))


def test_a_level_calls_between_start_and_stop_and_for_help_below() -> None:
    call = LevelCall(Setpoint(2.0), Setpoint(3.0))
    assert [call.count(level) for level in (3.1, 2.5, 1.9, 2.5, 2.9, 3.0, 2.5)] == [0, 0, 1, 1, 1, 0, 0]
    assert [call.count(level) for level in (1.6, 2.1, 2.4)] == [2, 2, 1]


def test_the_pump_with_the_fewest_hours_starts_first_and_goes_on() -> None:
    first, second, duty = pair()
    duty.call(1)
    assert (first.requested, second.requested) == (False, True)
    second.hours = 500.0
    duty.call(1)
    assert (first.requested, second.requested) == (False, True)
    duty.call(0)
    duty.call(1)
    assert (first.requested, second.requested) == (True, False)


def test_the_standby_replaces_a_tripped_pump() -> None:
    first, second, duty = pair()
    duty.call(1)
    second.trip()
    duty.call(1)
    assert (first.requested, second.requested) == (True, False)


def test_a_pump_that_an_operator_runs_counts() -> None:
    first, second, duty = pair()
    first.operate(True)
    duty.call(1)
    assert (first.requested, second.requested) == (True, False)
    first.operate(False)
    duty.call(1)
    assert (first.requested, second.requested) == (False, True)
