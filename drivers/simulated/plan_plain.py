"""The plan of area Plain: a solar borehole and its tower, the Palma reservoir, a booster and a chlorination point."""

from __future__ import annotations

from drivers.simulated.description import Area, Limit
from drivers.simulated.plan_limits import limits_of_chlorine, limits_of_level
from drivers.simulated.plan_stations import booster, booster_limits, elevated_reservoir, ground_reservoir
from drivers.simulated.plan_templates import analog, area, counter, meter, pump, setpoint, site, station, tank

_SPEED_POINTS, _SPEED = setpoint("P1.SpeedSP", "Pump speed", "speed", "%", (30.0, 100.0), tolerance=0.5)

_SOLAR = station(
    "SB1", "Algaida solar borehole", "solar_borehole", (39.556, 2.893),
    pump("P1", "Solar well pump", current_a=60.0, power_kw=25.0, measures_temperature=True,
         alarms_on_temperature=False, variable_speed=True,
         extra=_SPEED_POINTS, extra_controls=(_SPEED,)),
    meter("Solar", "Solar field", (
        analog("Solar.Irradiance", "Irradiance", "irradiance", "W/m²", (0.0, 1200.0), 0),
        analog("Solar.Power", "Power of the solar field", "power", "kW", (0.0, 40.0)),
        analog("Solar.Voltage", "Voltage of the solar field", "voltage", "V", (0.0, 900.0), 0),
        analog("Solar.Temp", "Module temperature", "temperature", "°C", (-10.0, 90.0)),
        counter("Solar.Energy", "Energy of the solar field", "energy", "kWh", 100_000_000),
    ), kind="power"),
    meter("Well", "Well", (
        analog("Well.Level", "Water above the pump", "level", "m", (0.0, 60.0), limits=(
            Limit("low", 12.0, 3, "The well is drawn down; the pump will soon run dry.",
                  "Lower the pump speed and let the well recover.", 0.5, 30.0, 30.0),)),
    )),
    meter("Out", "Outlet", (
        analog("Out.Flow", "Delivered flow", "flow", "m³/h", (0.0, 80.0)),
        counter("Out.Total", "Delivered volume", "volume", "m³", 100_000_000),
    )),
    site(watches_door=True),
)  # fmt: skip

_DOSE_POINTS, _DOSE = setpoint("Dose.SP", "Chlorine", "chlorine", "mg/L", (0.1, 1.0), 2, tolerance=0.01)

_STOCK_LOW = Limit("low", 25.0, 4, "Hypochlorite lasts for two more days.", "Order a delivery.", 1.0, 60.0, 60.0)
_STOCK_LOW_LOW = Limit("low_low", 10.0, 2, "Dosing stops within hours.", "Bring a canister today.", 1.0, 60.0, 60.0)

_CHLORINATION = station(
    "CL1", "Campos chlorination", "chlorination", (39.432, 3.016),
    pump("P1", "Dosing pump", current_a=2.0, trip_priority=2),
    meter("Dose", "Dosing", (
        *_DOSE_POINTS,
        analog("Dose.Flow", "Hypochlorite flow", "flow", "L/h", (0.0, 5.0), 2),
        analog("Dose.Stock", "Hypochlorite stock", "level", "%", (0.0, 100.0), limits=(_STOCK_LOW, _STOCK_LOW_LOW)),
    ), (_DOSE,), "dosing"),
    tank("T1", "Contact tank", 4.0,
         limits_of_level(low_low=0.8, low=1.4, high=3.7, high_high=3.9, feeds="Campos")),
    meter("Water", "Water", (
        analog("In.Chlorine", "Free chlorine before dosing", "chlorine", "mg/L", (0.0, 2.0), 2),
        analog("Out.Chlorine", "Free chlorine after dosing", "chlorine", "mg/L", (0.0, 2.0), 2,
               limits=limits_of_chlorine(low_low=0.15, low=0.3, high=0.8, high_high=0.95)),
        analog("Out.Flow", "Delivered flow", "flow", "m³/h", (0.0, 240.0)),
        analog("Out.Temp", "Water temperature", "temperature", "°C", (0.0, 40.0)),
    )),
    site(),
)  # fmt: skip

PLAIN: Area = area(
    "Plain", "Plain", "urn:roams:demo-plant:plain",
    _SOLAR,
    elevated_reservoir("ER2", "Sineu water tower", (39.645, 3.010), feeds="Sineu and the bottling line",
                       flow_m3h=120.0, fills=False, has_valve=True),
    ground_reservoir("GR2", "Palma reservoir", (39.592, 2.668), feeds="Palma and the south", flow_m3h=300.0,
                     fills=False, low_low_priority=1),
    booster("BP2", "Llucmajor booster", (39.488, 2.884), flow_m3h=240.0, current_a=120.0, power_kw=55.0,
            pressure_bar=(3.5, 7.0), limits=booster_limits(5.0)),
    _CHLORINATION,
)  # fmt: skip
