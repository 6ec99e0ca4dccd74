"""The network lives by itself, obeys its operator and is the same twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.simulated.model import PointValue, Trust
from drivers.simulated.network import WaterNetwork
from drivers.simulated.plant_description import describe

PLANT = describe()
POINTS = {
    point.identifier: point
    for area in PLANT.areas
    for station in area.stations
    for unit in station.equipment
    for point in unit.points
}


def network(seed: int = 1, hour: float = 10.0) -> WaterNetwork:
    return WaterNetwork(PLANT, seed, hour=hour, day_of_year=172)


def number(plant: WaterNetwork, identifier: str) -> float:
    return float(plant.values()[identifier])


def advance_until(plant: WaterNetwork, condition: Callable[[], bool], within_s: float) -> None:
    for _ in range(int(within_s)):
        if condition():
            return
        plant.advance(1.0)
    pytest.fail(f"not within {within_s} s of plant time")


def test_it_shows_exactly_the_described_points_in_their_ranges_and_types() -> None:
    plant = network()
    expected = {"analog": float, "discrete": bool, "counter": int, "text": str}
    for _ in range(5):
        plant.advance(60.0)
        values = plant.values()
        assert values.keys() == POINTS.keys()
        for identifier, value in values.items():
            point = POINTS[identifier]
            assert type(value) is expected[point.kind], identifier
            if point.kind == "analog":
                assert point.low <= float(value) <= point.high, identifier


def test_same_seed_and_same_steps_give_the_same_values() -> None:
    first, second, other = network(7), network(7), network(8)
    for plant in (first, second, other):
        for _ in range(200):
            plant.advance(0.25)
    values = first.values()
    assert values == second.values()
    assert values != other.values()


def test_values_are_meaningful_at_once() -> None:
    values = network().values()
    assert float(values["North.BH1.Out.Flow"]) > 50.0
    assert float(values["North.TW1.Filter.Flow"]) > 50.0
    assert 0.4 < float(values["North.TW1.Clear.Chlorine"]) < 0.8
    assert float(values["Plain.SB1.Solar.Irradiance"]) > 100.0
    assert float(values["East.PK1.OEE.OEE"]) > 50.0


def test_many_analog_values_move_within_a_minute() -> None:
    plant = network()
    before = plant.values()
    plant.advance(60.0)
    after = plant.values()
    moved = [key for key, point in POINTS.items() if point.kind == "analog" and before[key] != after[key]]
    assert len(moved) > 90


def test_mass_is_conserved_between_the_works_and_its_tanks() -> None:
    plant = network()
    works = plant.works
    before = works.raw.volume_m3 + works.clear.volume_m3 + works.raw.spilled_m3 + works.clear.spilled_m3
    balance = 0.0
    for _ in range(1_800):
        plant.advance(1.0)
        raw_m3h = plant.sea_wells.flow_m3h + plant.hill_well.flow_m3h
        balance += (raw_m3h - works.flow_m3h - works.palma_m3h) / 3600.0
    after = works.raw.volume_m3 + works.clear.volume_m3 + works.raw.spilled_m3 + works.clear.spilled_m3
    assert after - before == pytest.approx(balance, abs=1e-6)


def test_a_started_booster_gives_flow_pressure_and_then_level() -> None:
    plant = network(hour=3.0)
    for pump in ("P1", "P2"):
        plant.command(f"North.BP1.{pump}.Start", False)
    advance_until(plant, lambda: number(plant, "North.BP1.Out.Flow") == 0.0, 20.0)
    assert plant.values()["North.BP1.P1.Mode"] is False
    low = plant.north_tower.tank.level_m
    plant.advance(120.0)
    assert plant.north_tower.tank.level_m < low

    plant.command("North.BP1.P1.Start", True)
    advance_until(plant, lambda: plant.values()["North.BP1.P1.Run"] is True, 5.0)
    advance_until(plant, lambda: number(plant, "North.BP1.Out.Flow") > 60.0, 20.0)
    level = plant.north_tower.tank.level_m
    plant.advance(120.0)
    assert plant.north_tower.tank.level_m > level


def test_a_pressure_setpoint_is_used_and_reached() -> None:
    plant = network()
    plant.command("North.BP1.P1.Start", True)
    for setpoint in (5.0, 6.0):
        plant.command("North.BP1.Out.PressureSP", setpoint)
        plant.advance(1.0)
        assert plant.values()["North.BP1.Out.PressureSPInUse"] == setpoint
        plant.advance(120.0)
        assert number(plant, "North.BP1.Out.Pressure") == pytest.approx(setpoint, abs=0.3)


def test_chlorine_follows_its_dose() -> None:
    plant = network()
    plant.command("Plain.CL1.Dose.SP", 0.7)
    plant.advance(100.0)
    assert number(plant, "Plain.CL1.Out.Chlorine") == pytest.approx(0.7, abs=0.05)
    plant.command("Plain.CL1.P1.Start", False)
    plant.advance(120.0)
    assert number(plant, "Plain.CL1.Out.Chlorine") < 0.35


def test_a_valve_travels_to_its_command() -> None:
    plant = network()
    plant.command("North.TW1.V2.Cmd", 35.0)
    advance_until(plant, lambda: abs(number(plant, "North.TW1.V2.Pos") - 35.0) < 1.0, 60.0)
    assert plant.values()["North.TW1.V2.Mode"] is False


def test_a_tripped_pump_does_not_start_until_it_is_reset() -> None:
    plant = network()
    plant.advance(30.0)
    assert plant.values()["Plain.BP2.P2.Trip"] is True, "the opening trips the standby"
    plant.command("Plain.BP2.P2.Start", True)
    plant.advance(30.0)
    values = plant.values()
    assert (values["Plain.BP2.P2.Start"], values["Plain.BP2.P2.Run"]) == (False, False)

    plant.command("Plain.BP2.P2.Reset", True)
    plant.command("Plain.BP2.P2.Start", True)
    advance_until(plant, lambda: plant.values()["Plain.BP2.P2.Run"] is True, 10.0)
    assert plant.values()["Plain.BP2.P2.Reset"] is False


def test_back_in_automatic_the_level_rules_again() -> None:
    plant = network()
    for pump in ("P1", "P2"):
        plant.command(f"East.BP3.{pump}.Start", False)
    plant.east_tower.tank.set_level(2.2)
    plant.advance(60.0)
    assert number(plant, "East.BP3.Out.Flow") == 0.0
    for pump in ("P1", "P2"):
        plant.command(f"East.BP3.{pump}.Mode", True)
    advance_until(plant, lambda: number(plant, "East.BP3.Out.Flow") > 30.0, 30.0)


def test_an_empty_reservoir_takes_the_permissive_of_its_booster() -> None:
    plant = network()
    plant.north_store.tank.set_level(0.05)
    plant.advance(1.0)
    assert plant.values()["North.BP1.P1.Ready"] is False


def test_the_opening_brings_a_handful_of_alarms_and_a_failed_sensor() -> None:
    plant = network()
    alarms: set[str] = set()
    failed: dict[str, Trust] = {}
    for _ in range(300):
        plant.advance(1.0)
        alarms |= standing(plant.values())
        failed |= plant.distrusted()
    assert {"Plain.ER2.T1.Level", "Plain.BP2.P2.Trip", "North.TW1.Raw.Turbidity", "Plain.CL1.Out.Chlorine"} <= alarms
    assert len(alarms) <= 8
    assert failed == {"North.BH2.Out.Flow": Trust.SENSOR_FAILURE}


@pytest.mark.parametrize("hour", [2.0, 14.0])
def test_a_quarter_day_goes_by_without_flood_or_dry_tank(hour: float) -> None:
    plant = network(seed=3, hour=hour)
    most = 0
    for _ in range(6 * 60):
        plant.advance(60.0)
        most = max(most, len(standing(plant.values())))
    assert most < 10
    for store in (plant.north_store, plant.north_tower, plant.palma_store, plant.east_tower, plant.plain_tower):
        assert store.tank.level_m > 0.5


def standing(values: object) -> set[str]:
    """Return the points beyond a limit now, without deadbands and delays."""
    assert isinstance(values, dict)
    return {identifier for identifier, value in values.items() if is_beyond_a_limit(identifier, value)}


def is_beyond_a_limit(identifier: str, value: PointValue) -> bool:
    return any(
        float(value) >= limit.value if limit.kind in ("high", "high_high", "discrete") else float(value) <= limit.value
        for limit in POINTS[identifier].limits
    )
