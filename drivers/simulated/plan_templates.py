"""Templates of the plan's equipment: which points and controls a pump, a tank, a setpoint or a site has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.simulated.description import (
    IN_USE,
    Area,
    Control,
    Equipment,
    EquipmentKind,
    Limit,
    Point,
    StationDescription,
    StationKind,
)
from drivers.simulated.plan_limits import limit_of_door, limit_of_power_failure, limit_of_trip, limits_of_temperature

STOPPED_RUNNING = ("Stopped", "Running")
MANUAL_AUTO = ("Manual", "Auto")

PUMP_TIMEOUT_S = 12.0
VALVE_TIMEOUT_S = 90.0
SETPOINT_TIMEOUT_S = 5.0


def analog(
    key: str,
    name: str,
    quantity: str,
    unit: str,
    span: tuple[float, float],
    decimals: int = 1,
    *,
    limits: tuple[Limit, ...] = (),
    writable: bool = False,
) -> Point:
    """Return an analog point; span is its range in its unit. Identifiers are given by `area`."""
    return Point(key, "", name, "analog", quantity, unit, span[0], span[1], decimals, writable, limits=limits)


def discrete(
    key: str,
    name: str,
    quantity: str,
    states: tuple[str, str],
    *,
    limits: tuple[Limit, ...] = (),
    writable: bool = False,
) -> Point:
    """Return a discrete point; states are what 0 and 1 mean."""
    return Point(key, "", name, "discrete", quantity, decimals=0, writable=writable, states=states, limits=limits)


def counter(key: str, name: str, quantity: str, unit: str, high: float) -> Point:
    """Return a counter that only rises; high is where a person would begin to doubt it."""
    return Point(key, "", name, "counter", quantity, unit, 0.0, high, 0)


def text(key: str, name: str, quantity: str = "text") -> Point:
    """Return a text point."""
    return Point(key, "", name, "text", quantity, decimals=0)


def pump(
    key: str,
    name: str,
    *,
    current_a: float,
    power_kw: float = 0.0,
    measures_temperature: bool = False,
    alarms_on_temperature: bool = True,
    variable_speed: bool = False,
    trip_priority: int | None = 3,
    extra: Sequence[Point] = (),
    extra_controls: Sequence[Control] = (),
) -> Equipment:
    """Return a pump: current_a and power_kw are the upper ends of its ranges, 0 where it is not measured."""
    points = [
        discrete(f"{key}.Start", f"{name} start command", "command", ("Stop", "Start"), writable=True),
        discrete(f"{key}.Run", f"{name} running", "state", STOPPED_RUNNING),
        discrete(f"{key}.Mode", f"{name} mode", "mode", MANUAL_AUTO, writable=True),
        discrete(
            f"{key}.Trip",
            f"{name} tripped",
            "trip",
            ("Healthy", "Tripped"),
            limits=() if trip_priority is None else limit_of_trip(trip_priority),
        ),
        discrete(f"{key}.Reset", f"{name} trip reset", "command", ("Ready", "Reset"), writable=True),
        discrete(f"{key}.Ready", f"{name} ready to start", "permissive", ("Not ready", "Ready")),
        analog(f"{key}.Current", f"{name} motor current", "current", "A", (0.0, current_a)),
        counter(f"{key}.Hours", f"{name} running hours", "running_hours", "h", 100_000),
        counter(f"{key}.Starts", f"{name} starts", "count", "", 1_000_000),
    ]
    if power_kw:
        points.append(analog(f"{key}.Power", f"{name} motor power", "power", "kW", (0.0, power_kw)))
    if measures_temperature:
        limits = limits_of_temperature(high=95.0, high_high=115.0) if alarms_on_temperature else ()
        points.append(
            analog(f"{key}.Temp", f"{name} winding temperature", "temperature", "°C", (0.0, 150.0), limits=limits)
        )
    if variable_speed:
        points.append(analog(f"{key}.Speed", f"{name} speed", "speed", "%", (0.0, 100.0)))
    start = Control(
        f"{key}.Start",
        "pump",
        name,
        f"{key}.Start",
        f"{key}.Run",
        timeout_s=PUMP_TIMEOUT_S,
        permissives=(f"{key}.Ready",),
        blocks=(f"{key}.Trip",),
        mode=f"{key}.Mode",
        reset=f"{key}.Reset",
    )
    return Equipment(key, name, "pump", (*points, *extra), (start, *extra_controls))


def setpoint(
    key: str,
    name: str,
    quantity: str,
    unit: str,
    span: tuple[float, float],
    decimals: int = 1,
    *,
    tolerance: float,
) -> tuple[tuple[Point, Point], Control]:
    """Return a setpoint with the value in use that answers it, and the control over both."""
    in_use = f"{key}{IN_USE}"
    points = (
        analog(key, f"{name} setpoint", quantity, unit, span, decimals, writable=True),
        analog(in_use, f"{name} setpoint in use", quantity, unit, span, decimals),
    )
    control = Control(
        key, "setpoint", f"{name} setpoint", key, in_use, span[0], span[1], unit, tolerance, SETPOINT_TIMEOUT_S
    )
    return points, control


def valve(key: str, name: str) -> Equipment:
    """Return a motor valve with a position command."""
    points = (
        analog(f"{key}.Cmd", f"{name} position command", "position", "%", (0.0, 100.0), writable=True),
        analog(f"{key}.Pos", f"{name} position", "position", "%", (0.0, 100.0)),
        discrete(f"{key}.Mode", f"{name} mode", "mode", MANUAL_AUTO, writable=True),
    )
    control = Control(
        f"{key}.Cmd",
        "valve",
        name,
        f"{key}.Cmd",
        f"{key}.Pos",
        0.0,
        100.0,
        "%",
        1.5,
        VALVE_TIMEOUT_S,
        mode=f"{key}.Mode",
    )
    return Equipment(key, name, "valve", points, (control,))


def tank(key: str, name: str, height_m: float, limits: tuple[Limit, ...]) -> Equipment:
    """Return a tank with its level."""
    level = analog(f"{key}.Level", f"{name} level", "level", "m", (0.0, height_m), 2, limits=limits)
    return Equipment(key, name, "tank", (level,))


def level_control(key: str, name: str, height_m: float) -> Equipment:
    """Return the start and stop levels by which pumps fill a tank."""
    start_points, start = setpoint(
        f"{key}.Start", f"{name} pump start level", "level", "m", (0.5, height_m), 2, tolerance=0.02
    )
    stop_points, stop = setpoint(
        f"{key}.Stop", f"{name} pump stop level", "level", "m", (0.5, height_m), 2, tolerance=0.02
    )
    return Equipment(key, f"{name} level control", "tank", (*start_points, *stop_points), (start, stop))


def meter(
    key: str, name: str, points: Sequence[Point], controls: Sequence[Control] = (), kind: EquipmentKind = "meter"
) -> Equipment:
    """Return a group of measurements and setpoints."""
    return Equipment(key, name, kind, tuple(points), tuple(controls))


def site(*, watches_door: bool = False, watches_power: bool = False, measures_temperature: bool = False) -> Equipment:
    """Return the building itself: door, and mains and temperature of the cabinet where they are watched."""
    guard = limit_of_door() if watches_door else ()
    points = [discrete("Site.Door", "Station door", "state", ("Closed", "Open"), limits=guard)]
    if watches_power:
        limits = limit_of_power_failure()
        points.append(discrete("Site.PowerFail", "Mains supply", "state", ("Normal", "Failed"), limits=limits))
    if measures_temperature:
        limits = limits_of_temperature(high=45.0, what="Electronics in the cabinet fail early.")
        points.append(analog("Site.Temp", "Cabinet temperature", "temperature", "°C", (0.0, 80.0), limits=limits))
    return Equipment("Site", "Site", "site", tuple(points))


def station(
    key: str, name: str, kind: StationKind, place: tuple[float, float], *equipment: Equipment
) -> StationDescription:
    """Return a station; place is latitude and longitude in degrees."""
    return StationDescription(key, name, kind, place[0], place[1], equipment)


def area(key: str, name: str, namespace_uri: str, *stations: StationDescription) -> Area:
    """Return an area, every point of it with its identifier "area.station.key"."""
    return Area(key, name, namespace_uri, tuple(_identified(key, found) for found in stations))


def _identified(area_key: str, found: StationDescription) -> StationDescription:
    prefix = f"{area_key}.{found.key}."
    return replace(
        found,
        equipment=tuple(
            replace(unit, points=tuple(replace(point, identifier=prefix + point.key) for point in unit.points))
            for unit in found.equipment
        ),
    )
