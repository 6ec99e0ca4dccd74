"""What the plant says of itself can be believed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.simulated.description import Area, AreaEndpoint, Point, ReadyLine, StationDescription
from drivers.simulated.plant_description import describe

ROOT = Path(__file__).parents[3]

PLANT = describe()
STATIONS: list[tuple[Area, StationDescription]] = [(area, station) for area in PLANT.areas for station in area.stations]
POINTS: list[tuple[Area, StationDescription, Point]] = [
    (area, station, point) for area, station in STATIONS for unit in station.equipment for point in unit.points
]


def test_it_has_three_areas_sixteen_stations_and_some_300_points() -> None:
    assert [area.key for area in PLANT.areas] == ["North", "Plain", "East"]
    assert len(STATIONS) == 16
    assert 270 <= len(POINTS) <= 340


def test_every_kind_of_station_is_there() -> None:
    assert {station.kind for _, station in STATIONS} == {
        "borehole", "solar_borehole", "treatment", "booster", "elevated_reservoir", "ground_reservoir",
        "chlorination", "press", "packaging",
    }  # fmt: skip


def test_names_and_identifiers_are_unique() -> None:
    identifiers = Counter(point.identifier for _, _, point in POINTS)
    assert max(identifiers.values()) == 1
    assert len({station.key for _, station in STATIONS}) == len({station.name for _, station in STATIONS}) == 16
    for _, station in STATIONS:
        names = Counter(point.name for unit in station.equipment for point in unit.points)
        assert max(names.values()) == 1, names.most_common(1)


def test_every_point_is_sound() -> None:
    for area, station, point in POINTS:
        assert point.identifier == f"{area.key}.{station.key}.{point.key}"
        assert point.name
        if point.kind == "analog":
            assert point.low < point.high
            assert point.unit
        if point.kind == "discrete":
            assert all(point.states)


def test_every_limit_lies_in_the_range_and_in_order() -> None:
    for _, _, point in POINTS:
        values = {limit.kind: limit.value for limit in point.limits}
        order = [values[kind] for kind in ("low_low", "low", "high", "high_high") if kind in values]
        assert all(lower < higher for lower, higher in pairwise(order)), point.identifier
        for limit in point.limits:
            assert (limit.kind == "discrete") == (point.kind == "discrete")
            assert point.low <= limit.value <= point.high, point.identifier
            assert 0.0 <= limit.deadband < point.high - point.low
            assert limit.priority in (1, 2, 3, 4)
            assert limit.consequence.endswith(".")
            assert limit.action.endswith(".")


def test_stations_lie_on_the_island_and_apart() -> None:
    for _, station in STATIONS:
        assert 39.26 < station.latitude < 39.97
        assert 2.34 < station.longitude < 3.48
    km = [
        ((a.latitude - b.latitude) * 111.0, (a.longitude - b.longitude) * 85.5)
        for index, (_, a) in enumerate(STATIONS)
        for _, b in STATIONS[:index]
    ]
    assert min((north**2 + east**2) ** 0.5 for north, east in km) > 4.0
    assert 60.0 < max(abs(east) for _, east in km) < 85.0


def test_controls_name_points_that_exist() -> None:
    for _, station in STATIONS:
        points = {point.key: point for unit in station.equipment for point in unit.points}
        for unit in station.equipment:
            for control in unit.controls:
                assert points[control.command].writable
                assert not points[control.readback].writable
                assert points[control.command].kind == ("discrete" if control.kind == "pump" else "analog")
                assert (points[control.command].low, points[control.command].high) == (control.low, control.high)
                for key in (*control.permissives, *control.blocks):
                    assert points[key].kind == "discrete"
                for key in (control.mode, control.reset):
                    assert not key or points[key].writable


def test_pipes_join_stations_and_name_their_flow() -> None:
    flows = {f"{station.key}/{point.key}" for _, station, point in POINTS if point.quantity == "flow"}
    keys = {station.key for _, station in STATIONS}
    for pipe in PLANT.pipes:
        assert {pipe.start, pipe.end} <= keys
        assert pipe.flow in flows


def test_alarms_are_few_at_the_top() -> None:
    priorities = Counter(limit.priority for _, _, point in POINTS for limit in point.limits)
    total = priorities.total()
    assert priorities[1] / total <= 0.06
    assert priorities[2] / total <= 0.17
    assert 35 <= sum(bool(point.limits) for _, _, point in POINTS) <= 60


def test_a_load_plant_has_as_many_points_as_asked() -> None:
    plant = describe(40, 50)
    stations = [station for area in plant.areas for station in area.stations]
    identifiers = {point.identifier for station in stations for unit in station.equipment for point in unit.points}
    assert len(stations) == 40
    assert len(identifiers) == 2_000
    assert len({(station.latitude, station.longitude) for station in stations}) == 40
    assert [area.key for area in describe(1, 1).areas] == ["North"]


@pytest.mark.parametrize(("stations", "tags"), [(1, None), (None, 1), (0, 5), (5, 0)])
def test_half_a_load_plant_is_refused(stations: int | None, tags: int | None) -> None:
    with pytest.raises(ValueError, match="both 1 or more"):
        describe(stations, tags)


def test_describing_needs_neither_asyncua_nor_numpy() -> None:
    program = (
        "import sys, drivers.simulated.plant_description as p; p.describe(); "
        "print([m for m in ('asyncua', 'numpy', 'cryptography') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_description_can_be_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drivers.simulated", "--describe"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert json.loads(done.stdout) == json.loads(json.dumps(asdict(PLANT)))


def test_the_ready_line_survives_the_pipe_and_hides_its_password() -> None:
    line = ReadyLine((AreaEndpoint("East", "opc.tcp://127.0.0.1:4840/East", "operator", "secret"),))
    assert ReadyLine.parse(line.text()) == line
    assert "secret" not in repr(line)
    with pytest.raises(ValueError, match="did not start"):
        ReadyLine.parse("Traceback")
