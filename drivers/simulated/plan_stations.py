"""Templates of whole stations, for the kinds of which the plan has several."""

from __future__ import annotations

from drivers.simulated.description import Equipment, Limit, Point, StationDescription
from drivers.simulated.plan_limits import (
    limits_of_discharge,
    limits_of_level,
    limits_of_stored_chlorine,
    limits_of_suction,
)
from drivers.simulated.plan_templates import (
    analog,
    counter,
    level_control,
    meter,
    pump,
    setpoint,
    site,
    station,
    tank,
    valve,
)

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


def outlet(flow_m3h: float, pressure_bar: float, limits: tuple[Limit, ...] = ()) -> list[Point]:
    """Return flow, pressure and total of what a station delivers."""
    return [
        analog("Out.Flow", "Delivered flow", "flow", "m³/h", (0.0, flow_m3h)),
        analog("Out.Pressure", "Discharge pressure", "pressure", "bar", (0.0, pressure_bar), 2, limits=limits),
        counter("Out.Total", "Delivered volume", "volume", "m³", 100_000_000),
    ]


def borehole(
    key: str, name: str, place: Place, *, pumps: int, flow_m3h: float, current_a: float, watches_door: bool = False
) -> StationDescription:
    """Return a borehole station with submersible pumps."""
    well = analog(
        "Well.Level",
        "Water above the pump",
        "level",
        "m",
        (0.0, 60.0),
        limits=(
            Limit(
                "low",
                12.0,
                3,
                "The well is drawn down; the pump will soon run dry.",
                "Stop one pump and let the well recover.",
                0.5,
                30.0,
                30.0,
            ),
        ),
    )
    units = [
        pump(
            f"P{number}",
            f"Well pump {number}",
            current_a=current_a,
            measures_temperature=True,
            alarms_on_temperature=False,
        )
        for number in range(1, pumps + 1)
    ]
    return station(
        key,
        name,
        "borehole",
        place,
        *units,
        meter("Well", "Well", (well,)),
        meter("Out", "Outlet", outlet(flow_m3h, 16.0)),
        site(watches_door=watches_door),
    )


def booster(
    key: str,
    name: str,
    place: Place,
    *,
    flow_m3h: float,
    current_a: float,
    power_kw: float,
    pressure_bar: tuple[float, float],
    limits: tuple[Limit, ...],
    suction: Equipment | None = None,
    watches_power: bool = False,
) -> StationDescription:
    """Return a booster with two speed-controlled pumps; pressure_bar is the range of its setpoint."""
    points, control = setpoint("Out.PressureSP", "Pressure", "pressure", "bar", pressure_bar, 2, tolerance=0.05)
    inlet = analog(
        "In.Pressure", "Suction pressure", "pressure", "bar", (0.0, 6.0), 2, limits=limits_of_suction(low=0.15)
    )
    units = [
        pump(
            f"P{number}",
            f"Booster pump {number}",
            current_a=current_a,
            power_kw=power_kw,
            measures_temperature=suction is None,
            alarms_on_temperature=False,
            variable_speed=True,
        )
        for number in (1, 2)
    ]
    return station(
        key,
        name,
        "booster",
        place,
        *units,
        *([suction] if suction else []),
        meter("In", "Inlet", (inlet,)),
        meter("Out", "Outlet", (*outlet(flow_m3h, 16.0, limits), *points), (control,)),
        site(watches_power=watches_power),
    )


def reservoir_meters(flow_m3h: float, *, watches_chlorine: bool = False) -> Equipment:
    """Return what is measured on the water that passes a reservoir."""
    return meter(
        "Water",
        "Water",
        (
            analog("In.Flow", "Inflow", "flow", "m³/h", (0.0, flow_m3h)),
            analog("Out.Flow", "Outflow", "flow", "m³/h", (0.0, flow_m3h)),
            analog(
                "Water.Chlorine",
                "Free chlorine",
                "chlorine",
                "mg/L",
                (0.0, 2.0),
                2,
                limits=limits_of_stored_chlorine() if watches_chlorine else (),
            ),
        ),
    )


def elevated_reservoir(
    key: str, name: str, place: Place, *, feeds: str, flow_m3h: float, fills: bool, has_valve: bool
) -> StationDescription:
    """Return a water tower of 5 m usable height; fills says that pumps are started by its level."""
    limits = limits_of_level(low_low=1.0, low=1.8, high=4.6, high_high=4.85, feeds=feeds)
    return station(
        key,
        name,
        "elevated_reservoir",
        place,
        tank("T1", "Tower tank", 5.0, limits),
        *([level_control("Fill", "Tower", 5.0)] if fills else []),
        *([valve("V1", "Outlet valve")] if has_valve else []),
        reservoir_meters(flow_m3h),
        site(),
    )


def ground_reservoir(
    key: str, name: str, place: Place, *, feeds: str, flow_m3h: float, fills: bool, low_low_priority: int = 3
) -> StationDescription:
    """Return a ground reservoir of 4 m usable depth; fills says that pumps are started by its level."""
    limits = limits_of_level(
        low_low=0.8, low=1.4, high=3.7, high_high=3.9, feeds=feeds, low_low_priority=low_low_priority
    )
    return station(
        key,
        name,
        "ground_reservoir",
        place,
        tank("T1", "Reservoir", 4.0, limits),
        *([level_control("Fill", "Reservoir", 4.0)] if fills else []),
        reservoir_meters(flow_m3h, watches_chlorine=True),
        site(),
    )


def booster_limits(setpoint_bar: float) -> tuple[Limit, ...]:
    """Return the discharge limits of a booster that usually holds setpoint_bar."""
    return limits_of_discharge(high=setpoint_bar + 1.5, high_high=setpoint_bar + 3.0)
