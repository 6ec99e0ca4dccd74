"""The plan of area North: two borehole sites, the treatment works, a reservoir, a booster and its tower."""

from __future__ import annotations

from drivers.simulated.description import Area, Limit
from drivers.simulated.plan_limits import (
    limits_of_chlorine,
    limits_of_discharge,
    limits_of_level,
    limits_of_ph,
    limits_of_turbidity,
)
from drivers.simulated.plan_stations import (
    booster,
    booster_limits,
    borehole,
    elevated_reservoir,
    ground_reservoir,
    outlet,
)
from drivers.simulated.plan_templates import (
    analog,
    area,
    level_control,
    meter,
    pump,
    setpoint,
    site,
    station,
    tank,
    text,
    valve,
)

_FILTER_CLOGGED = Limit(
    "high",
    60.0,
    4,
    "The filter passes less water and may break through.",
    "Plan a backwash.",
    2.0,
    30.0,
    30.0,
)

_QUALITY = (
    analog("Raw.Turbidity", "Raw water turbidity", "turbidity", "NTU", (0.0, 50.0), 1,
           limits=limits_of_turbidity(high=12.0, high_high=25.0)),
    analog("Clear.Turbidity", "Treated water turbidity", "turbidity", "NTU", (0.0, 5.0), 2,
           limits=limits_of_turbidity(high=0.8, high_high=1.5)),
    analog("Clear.PH", "Treated water pH", "ph", "pH", (4.0, 10.0), 2, limits=limits_of_ph()),
    analog("Clear.Temp", "Treated water temperature", "temperature", "°C", (0.0, 40.0)),
    analog("Clear.Chlorine", "Free chlorine in treated water", "chlorine", "mg/L", (0.0, 2.0), 2,
           limits=limits_of_chlorine(low_low=0.2, low=0.35, high=0.85, high_high=0.95)),
)  # fmt: skip

_DOSE_POINTS, _DOSE = setpoint("Dose.SP", "Chlorine dose", "chlorine", "mg/L", (0.0, 1.5), 2, tolerance=0.01)

_WORKS = station(
    "TW1", "Inca treatment works", "treatment", (39.722, 2.905),
    tank("Raw", "Raw water tank", 4.0,
         limits_of_level(low_low=0.6, low=1.2, high=3.7, high_high=3.9, feeds="The treatment works")),
    level_control("Fill", "Raw water", 4.0),
    meter("Filter", "Sand filter", (
        analog("Filter.Flow", "Filter flow", "flow", "m³/h", (0.0, 400.0)),
        analog("Filter.Loss", "Filter head loss", "pressure", "kPa", (0.0, 100.0), limits=(_FILTER_CLOGGED,)),
        text("Filter.State", "Filter state", "state"),
    )),
    valve("V1", "Filter valve"),
    meter("Quality", "Water quality", _QUALITY),
    meter("Dose", "Chlorine dosing", (
        *_DOSE_POINTS, analog("Dose.Flow", "Hypochlorite flow", "flow", "L/h", (0.0, 5.0), 2),
    ), (_DOSE,), "dosing"),
    tank("Clear", "Treated water tank", 4.0,
         limits_of_level(low_low=0.8, low=1.3, high=3.7, high_high=3.9, feeds="The whole north", low_low_priority=1)),
    pump("P1", "Transfer pump 1", current_a=250.0, power_kw=132.0, measures_temperature=True),
    pump("P2", "Transfer pump 2", current_a=250.0, power_kw=132.0, measures_temperature=True),
    meter("Out", "Main to Sa Pobla", outlet(400.0, 16.0, limits_of_discharge(high=9.5, high_high=11.0))),
    valve("V2", "Palma main valve"),
    meter("Palma", "Main to Palma", (analog("Palma.Flow", "Flow to Palma", "flow", "m³/h", (0.0, 300.0)),)),
    site(watches_door=True, watches_power=True, measures_temperature=True),
)  # fmt: skip

NORTH: Area = area(
    "North", "North", "urn:roams:demo-plant:north",
    borehole("BH1", "Sóller boreholes", (39.762, 2.722), pumps=2, flow_m3h=240.0, current_a=120.0,
             watches_door=True),
    borehole("BH2", "Campanet borehole", (39.778, 2.962), pumps=1, flow_m3h=120.0, current_a=120.0),
    _WORKS,
    ground_reservoir("GR1", "Sa Pobla reservoir", (39.765, 3.035), feeds="Pollença and Alcúdia", flow_m3h=400.0,
                     fills=True, low_low_priority=2),
    booster("BP1", "Pollença booster", (39.868, 3.012), flow_m3h=240.0, current_a=120.0, power_kw=55.0,
            pressure_bar=(4.5, 8.0), limits=booster_limits(6.0),
            watches_power=True),
    elevated_reservoir("ER1", "Alcúdia water tower", (39.846, 3.118), feeds="Alcúdia", flow_m3h=240.0, fills=True,
                       has_valve=True),
)  # fmt: skip
