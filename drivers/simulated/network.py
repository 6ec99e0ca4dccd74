"""The water network of the demo plant: its stations put together, warmed up, and stepped through time."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from drivers.simulated.description import PlantDescription
from drivers.simulated.disturbances import Disturbances
from drivers.simulated.model import PointValue, Trust
from drivers.simulated.physics.demand import Demand
from drivers.simulated.physics.pump import PumpDesign
from drivers.simulated.physics.sensors import Instruments
from drivers.simulated.physics.tank import Tank
from drivers.simulated.physics.weather import Weather
from drivers.simulated.stations.booster import Booster, BoosterDesign
from drivers.simulated.stations.borehole import Borehole
from drivers.simulated.stations.bottling import Bottling
from drivers.simulated.stations.chlorination import Chlorination
from drivers.simulated.stations.duty import DutyPumps, LevelCall
from drivers.simulated.stations.panel import Now, Panel, Read, Setpoint, Take
from drivers.simulated.stations.press import Press
from drivers.simulated.stations.reservoir import Reservoir
from drivers.simulated.stations.solar import SolarBorehole
from drivers.simulated.stations.treatment import Treatment

_LONGEST_STEP_S = 1.0
_WARM_UP_S = 3 * 3600.0
_WARM_UP_STEP_S = 5.0

_BOOSTER_PUMP = PumpDesign(shutoff_head_m=95.0, runout_flow_m3h=260.0, rated_kw=37.0)
_NORTH_MAIN = BoosterDesign(_BOOSTER_PUMP, static_m=40.0, resistance=0.0014, pressure_bar=6.0)
_SOUTH_MAIN = BoosterDesign(_BOOSTER_PUMP, static_m=30.0, resistance=0.0014, pressure_bar=5.0)
_EAST_MAIN = BoosterDesign(
    PumpDesign(shutoff_head_m=95.0, runout_flow_m3h=200.0, rated_kw=30.0),
    static_m=42.0,
    resistance=0.0022,
    pressure_bar=6.0,
)
_WELL_CHLORINE = 0.55
"""What the tablet dosers at the small boreholes leave, in mg/L."""

_FAILING = {
    "North.BH2.Out.Flow": Trust.SENSOR_FAILURE,
    "North.TW1.Clear.PH": Trust.LAST_USABLE,
    "North.ER1.Out.Flow": Trust.GOOD,
    "Plain.GR2.Water.Chlorine": Trust.LAST_USABLE,
    "Plain.SB1.Well.Level": Trust.SENSOR_FAILURE,
    "East.BP3.In.Pressure": Trust.SENSOR_FAILURE,
}
"""Instruments that fail now and then, and what they say then: nothing, when they are merely stuck."""


class WaterNetwork:
    """The plant model: same seed, same start and same steps give the same values.

    hour: local time of day at the start, 0 to 24; day_of_year: 1 to 366. Both move the sun and the customers.
    """

    def __init__(self, plant: PlantDescription, seed: int, *, hour: float, day_of_year: int) -> None:
        random = Random(seed)  # noqa: S311 - physics, not secrets
        self._start_s = hour * 3600.0 - _WARM_UP_S
        self._time_s = 0.0
        self._weather = Weather(random, day_of_year)
        self.sea_wells = Borehole(2, hours=18_400.0)
        self.hill_well = Borehole(1, hours=12_900.0)
        self.works = Treatment(random)
        self.north_store = Reservoir(Tank(200.0, 4.0, 2.9, 0.5), Demand(random, 30.0), fill_between_m=(2.4, 3.4))
        self.north_booster = Booster(_NORTH_MAIN, 15_100.0, measures_temperature=True, watches_power=True)
        self.north_tower = Reservoir(
            Tank(60.0, 5.0, 3.6, 0.45), Demand(random, 60.0), fill_between_m=(2.8, 4.2), has_valve=True
        )
        self.solar = SolarBorehole()
        self.plain_tower = Reservoir(
            Tank(60.0, 5.0, 2.6, 0.5), Demand(random, 8.0), has_valve=True, throttle_below_m=1.5
        )
        self.palma_store = Reservoir(Tank(200.0, 4.0, 2.9, 0.5), Demand(random, 60.0))
        self.south_booster = Booster(_SOUTH_MAIN, 11_700.0, measures_temperature=True, watches_power=False)
        self.chlorination = Chlorination(Demand(random, 50.0))
        self.east_well = Borehole(1, hours=9_700.0)
        self.break_tank = Tank(50.0, 4.0, 2.8, _WELL_CHLORINE)
        self.east_booster = Booster(_EAST_MAIN, 7_300.0, measures_temperature=False, watches_power=False)
        self.east_tower = Reservoir(Tank(60.0, 5.0, 3.5, 0.45), Demand(random, 45.0), fill_between_m=(2.8, 4.2))
        self.press = Press()
        self.line = Bottling(random)
        self._raw_duty = DutyPumps([*self.sea_wells.pumps, *self.hill_well.pumps])
        self._east_duty = DutyPumps(self.east_well.pumps)
        self._break_call = LevelCall(Setpoint(2.2), Setpoint(3.4))
        self.east_booster.panel.add_tank("T1", self.break_tank)

        points = [
            point
            for area in plant.areas
            for station in area.stations
            for unit in station.equipment
            for point in unit.points
        ]
        self._instruments = Instruments(random, points)
        self._reads, self._commands = self._wire(plant)
        self._disturbances = self._make_disturbances(random)
        self._warm_up()

    def panels(self) -> dict[str, Panel]:
        """Return the stations' panels by station key."""
        return {
            "BH1": self.sea_wells.panel,
            "BH2": self.hill_well.panel,
            "TW1": self.works.panel,
            "GR1": self.north_store.panel,
            "BP1": self.north_booster.panel,
            "ER1": self.north_tower.panel,
            "SB1": self.solar.panel,
            "ER2": self.plain_tower.panel,
            "GR2": self.palma_store.panel,
            "BP2": self.south_booster.panel,
            "CL1": self.chlorination.panel,
            "BH3": self.east_well.panel,
            "BP3": self.east_booster.panel,
            "ER3": self.east_tower.panel,
            "PR1": self.press.panel,
            "PK1": self.line.panel,
        }

    def advance(self, elapsed_s: float) -> None:
        """Let time pass in steps that the physics can bear."""
        left_s = elapsed_s
        while left_s > 0.0:
            dt_s = min(left_s, _LONGEST_STEP_S)
            self._disturbances.step(dt_s)
            self._instruments.step(dt_s)
            self._step(dt_s)
            left_s -= dt_s

    def values(self) -> Mapping[str, PointValue]:
        return self._instruments.show({identifier: read() for identifier, read in self._reads})

    def distrusted(self) -> Mapping[str, Trust]:
        return self._instruments.distrusted()

    def command(self, identifier: str, value: PointValue) -> None:
        self._commands[identifier](value)

    def _step(self, dt_s: float) -> None:
        self._time_s += dt_s
        hour = (self._start_s + self._time_s) / 3600.0 % 24.0
        self._weather.step(dt_s, hour)
        now = Now(dt_s, hour, self._weather.air_c, self._weather.irradiance)
        for panel in self._panels:
            panel.step()
        self._step_north(now)
        self._step_plain(now)
        self._step_east(now)

    def _step_north(self, now: Now) -> None:
        self._raw_duty.call(self.works.call.count(self.works.raw.level_m))
        self.sea_wells.step(now)
        self.hill_well.step(now)
        raw_m3h = self.sea_wells.flow_m3h + self.hill_well.flow_m3h
        self.works.step(now, raw_m3h, self.north_store.calls(), self.palma_store.tank.level_m)
        store = self.north_store
        self.north_booster.step(now, store.tank.level_m, self.north_tower.calls())
        store.step(now, self.works.flow_m3h, self.works.clear.chlorine, self.north_booster.flow_m3h)
        self.north_tower.step(now, self.north_booster.flow_m3h, store.tank.chlorine)

    def _step_plain(self, now: Now) -> None:
        self.solar.step(now, self.plain_tower.tank.level_m)
        self.plain_tower.step(now, self.solar.flow_m3h, _WELL_CHLORINE, self.line.flow_m3h)
        store = self.palma_store
        self.south_booster.step(now, store.tank.level_m, self.chlorination.calls())
        store.step(now, self.works.palma_m3h, self.works.clear.chlorine, self.south_booster.flow_m3h)
        self.chlorination.step(now, self.south_booster.flow_m3h, store.tank.chlorine)

    def _step_east(self, now: Now) -> None:
        self._east_duty.call(self._break_call.count(self.break_tank.level_m))
        self.east_well.step(now)
        self.east_booster.step(now, self.break_tank.level_m, self.east_tower.calls())
        self.break_tank.step(now.dt_s, self.east_well.flow_m3h, self.east_booster.flow_m3h, _WELL_CHLORINE)
        self.east_tower.step(now, self.east_booster.flow_m3h, self.break_tank.chlorine)
        self.press.step(now)
        self.line.step(now)

    def _wire(self, plant: PlantDescription) -> tuple[list[tuple[str, Read]], dict[str, Take]]:
        """Return the points' reads and commands by identifier, in the plan's order."""
        panels = self.panels()
        self._panels = tuple(panels.values())
        reads: list[tuple[str, Read]] = []
        commands: dict[str, Take] = {}
        for area in plant.areas:
            for station in area.stations:
                panel = panels[station.key]
                for unit in station.equipment:
                    for point in unit.points:
                        reads.append((point.identifier, panel.reads[point.key]))
                        if point.writable:
                            commands[point.identifier] = panel.commands[point.key]
        return reads, commands

    def _make_disturbances(self, random: Random) -> Disturbances:
        boosters = (self.north_booster, self.south_booster, self.east_booster)
        pumps = [
            *self.sea_wells.pumps,
            *self.hill_well.pumps,
            *self.works.pumps,
            *(pump for booster in boosters for pump in booster.pumps),
            *self.east_well.pumps,
        ]
        return Disturbances(
            random,
            works=self.works,
            chlorination=self.chlorination,
            press=self.press,
            line=self.line,
            guarded=(self.sea_wells.site, self.works.site, self.solar.site),
            powered=(self.works.site, self.north_booster.site),
            pumps=pumps,
            standby=self.south_booster.pumps[1],
            instruments=self._instruments,
            failing=_FAILING,
        )

    def _warm_up(self) -> None:
        """Let some hours pass quickly, so that levels, temperatures and pressures belong together at once."""
        while self._time_s < _WARM_UP_S:
            self._step(_WARM_UP_STEP_S)
        # The opening of a demo: a tower a little below its low level.
        self.plain_tower.tank.set_level(1.72)
