"""A pump follows its curve, needs time to run up, and trips."""

from __future__ import annotations

import pytest

from drivers.simulated.physics.pump import Pump, PumpDesign

DESIGN = PumpDesign(shutoff_head_m=90.0, runout_flow_m3h=200.0, rated_kw=37.0, run_up_s=4.0, coast_down_s=6.0)
STATIC_M = 40.0
RESISTANCE = 0.001
STEP_S = 0.25


def step(pump: Pump, seconds: float) -> None:
    for _ in range(round(seconds / STEP_S)):
        pump.step(STEP_S, 20.0)
        pump.set_duty(pump.flow_into(STATIC_M, RESISTANCE))


def started() -> Pump:
    pump = Pump(DESIGN)
    pump.operate(True)
    return pump


def test_the_duty_lies_on_the_curve_and_on_the_main() -> None:
    pump = started()
    step(pump, 10.0)

    assert pump.flow_m3h > 50.0
    assert pump.head_m == pytest.approx(STATIC_M + RESISTANCE * pump.flow_m3h**2)
    assert pump.head_m == pytest.approx(90.0 - 90.0 / 200.0**2 * pump.flow_m3h**2)


def test_two_pumps_on_one_main_deliver_more_than_one_but_less_than_twice() -> None:
    pump = started()
    step(pump, 10.0)
    shared = pump.flow_into(STATIC_M, RESISTANCE, turning=2.0)
    assert pump.flow_m3h < 2.0 * shared < 2.0 * pump.flow_m3h


def test_no_water_flows_before_the_pump_overcomes_the_static_head() -> None:
    pump = started()
    step(pump, 1.0)
    assert pump.speed == pytest.approx(0.25)
    assert pump.flow_m3h == 0.0


def test_it_runs_up_and_coasts_down_in_the_makers_times() -> None:
    pump = started()
    step(pump, 3.75)
    assert pump.speed < 1.0
    step(pump, 0.25)
    assert pump.speed == 1.0
    assert pump.is_running

    pump.operate(False)
    assert not pump.is_running
    step(pump, 5.75)
    assert pump.speed > 0.0
    step(pump, 0.25)
    assert pump.speed == 0.0


def test_a_start_is_counted_once_and_hours_only_while_it_runs() -> None:
    pump = started()
    step(pump, 3600.0)
    assert pump.starts == 1
    assert pump.hours == pytest.approx(1.0)

    pump.operate(False)
    step(pump, 60.0)
    assert pump.hours == pytest.approx(1.0)


def test_the_motor_warms_up_under_load_and_draws_no_more_than_its_rating() -> None:
    pump = started()
    step(pump, 3600.0)
    assert 35.0 < pump.temperature_c < 70.0
    assert 0.4 * DESIGN.rated_current_a < pump.current_a < 1.1 * DESIGN.rated_current_a


def test_an_operators_command_puts_it_in_manual() -> None:
    pump = started()
    assert not pump.is_auto


def test_a_jammed_pump_trips_on_overload_and_starts_only_after_a_reset() -> None:
    pump = started()
    step(pump, 5.0)
    pump.is_jammed = True
    step(pump, 9.0)
    assert not pump.is_tripped
    step(pump, 3.0)
    assert pump.is_tripped
    assert not pump.is_ready

    pump.reset()
    step(pump, 10.0)
    assert not pump.is_running, "a reset alone must not start it"
    pump.operate(True)
    step(pump, 10.0)
    assert pump.is_running


def test_a_start_while_tripped_is_lost_for_good() -> None:
    pump = started()
    pump.trip()
    pump.operate(True)
    step(pump, 10.0)
    assert not pump.is_running
    pump.reset()
    step(pump, 10.0)
    assert not pump.is_running


def test_it_trips_when_it_runs_dry() -> None:
    pump = started()
    step(pump, 5.0)
    pump.has_suction = False
    step(pump, 6.0)
    assert pump.is_tripped


def test_a_start_without_suction_is_lost() -> None:
    pump = Pump(DESIGN)
    pump.has_suction = False
    pump.operate(True)
    assert not pump.requested


def test_without_mains_it_coasts_down() -> None:
    pump = started()
    step(pump, 5.0)
    pump.has_power = False
    step(pump, 7.0)
    assert pump.speed == 0.0
    assert pump.current_a == 0.0
