"""The plan of area East: a borehole, a booster and its tower, a hydraulic press and a bottling line."""

from __future__ import annotations

from drivers.simulated.description import Area, Limit
from drivers.simulated.plan_limits import limits_of_level, limits_of_temperature
from drivers.simulated.plan_stations import booster, booster_limits, borehole, elevated_reservoir
from drivers.simulated.plan_templates import (
    analog,
    area,
    counter,
    discrete,
    meter,
    pump,
    setpoint,
    site,
    station,
    tank,
    text,
)

_PRESS_POINTS, _PRESS_SETPOINT = setpoint(
    "Press.PressureSP", "Pressing pressure", "pressure", "bar", (50.0, 250.0), 0, tolerance=1.0
)

_PRESS = station(
    "PR1", "Felanitx press", "press", (39.471, 3.148),
    pump("P1", "Hydraulic pump", current_a=60.0, power_kw=30.0),
    meter("Press", "Press", (
        analog("Press.Pressure", "Cylinder pressure", "pressure", "bar", (0.0, 300.0), 0, limits=(
            Limit("high", 245.0, 2, "The frame is overloaded.", "Lower the pressing pressure.", 5.0, 1.0, 5.0),)),
        *_PRESS_POINTS,
        analog("Press.Position", "Ram position", "position", "mm", (0.0, 400.0), 0),
        analog("Press.Cycle", "Cycle time", "duration", "s", (0.0, 60.0)),
        counter("Press.Parts", "Parts pressed", "count", "", 1_000_000_000),
        text("Press.Step", "Cycle step", "state"),
    ), (_PRESS_SETPOINT,), "machine"),
    meter("Oil", "Hydraulic oil", (
        analog("Oil.Temp", "Oil temperature", "temperature", "°C", (0.0, 100.0),
               limits=limits_of_temperature(high=60.0, high_high=72.0, what="The oil thins and seals wear.")),
        analog("Oil.Level", "Oil level", "level", "%", (0.0, 100.0), limits=(
            Limit("low", 40.0, 4, "The pump may draw air.", "Look for a leak and top up.", 2.0, 20.0, 20.0),)),
        discrete("Oil.Cooler", "Oil cooler", "state", ("Off", "On")),
    )),
    site(),
)  # fmt: skip

_LINE_POINTS, _LINE_SPEED = setpoint("Line.SpeedSP", "Line speed", "speed", "1/min", (20.0, 120.0), 0, tolerance=1.0)

_BOTTLING = station(
    "PK1", "Manacor bottling line", "packaging", (39.572, 3.196),
    pump("M1", "Conveyor drive", current_a=20.0),
    meter("Line", "Line", (
        *_LINE_POINTS,
        analog("Line.Speed", "Line speed", "speed", "1/min", (0.0, 140.0), 0),
        counter("Line.Good", "Good bottles", "count", "", 10_000_000_000),
        counter("Line.Rejected", "Rejected bottles", "count", "", 10_000_000_000),
        analog("Line.Weight", "Filled weight", "mass", "g", (400.0, 600.0)),
        text("Line.Batch", "Batch"),
        text("Line.Product", "Product"),
    ), (_LINE_SPEED,), "machine"),
    meter("OEE", "Effectiveness", (
        analog("OEE.Availability", "Availability", "ratio", "%", (0.0, 100.0)),
        analog("OEE.Performance", "Performance", "ratio", "%", (0.0, 100.0)),
        analog("OEE.Quality", "Quality rate", "ratio", "%", (0.0, 100.0)),
        analog("OEE.OEE", "Overall effectiveness", "ratio", "%", (0.0, 100.0)),
    )),
    meter("Supply", "Supplies", (
        analog("Supply.Flow", "Water flow", "flow", "m³/h", (0.0, 10.0), 2),
        analog("Supply.Air", "Compressed air", "pressure", "bar", (0.0, 10.0), 2, limits=(
            Limit("low", 5.2, 3, "The grippers drop bottles.", "Check the compressor.", 0.1, 10.0, 20.0),)),
    )),
    site(),
)  # fmt: skip

_BREAK_TANK = tank(
    "T1", "Break tank", 4.0, limits_of_level(low_low=0.6, low=1.2, high=3.7, high_high=3.9, feeds="Capdepera")
)

EAST: Area = area(
    "East", "East", "urn:roams:demo-plant:east",
    borehole("BH3", "Sant Llorenç borehole", (39.622, 3.290), pumps=1, flow_m3h=120.0, current_a=120.0),
    booster("BP3", "Artà booster", (39.694, 3.348), flow_m3h=160.0, current_a=80.0, power_kw=37.0,
            pressure_bar=(4.5, 8.0), limits=booster_limits(6.0), suction=_BREAK_TANK),
    elevated_reservoir("ER3", "Capdepera water tower", (39.706, 3.436), feeds="Capdepera", flow_m3h=160.0, fills=True,
                       has_valve=False),
    _PRESS,
    _BOTTLING,
)  # fmt: skip
