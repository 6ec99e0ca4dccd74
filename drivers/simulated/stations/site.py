"""The building of a station: its door, its mains supply and its cabinet."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.simulated.physics.noise import approach
from drivers.simulated.physics.pump import Pump
from drivers.simulated.stations.panel import Now, Panel

_CABINET_S = 1_800.0
_CABINET_RISE_K = 9.0


class Site:
    """Opens its door and loses its mains for a while when a disturbance says so."""

    def __init__(
        self,
        panel: Panel,
        pumps: Sequence[Pump] = (),
        *,
        watches_power: bool = False,
        measures_temperature: bool = False,
    ) -> None:
        self.cabinet_c = 26.0
        self._pumps = pumps
        self._door_open_s = 0.0
        self._mains_lost_s = 0.0
        panel.show(Site__Door=lambda: self._door_open_s > 0.0)
        if watches_power:
            panel.show(Site__PowerFail=lambda: self._mains_lost_s > 0.0)
        if measures_temperature:
            panel.show(Site__Temp=lambda: self.cabinet_c)

    def open_door(self, for_s: float) -> None:
        """Let somebody come in."""
        self._door_open_s = for_s

    def lose_mains(self, for_s: float) -> None:
        """Let the grid fail."""
        self._mains_lost_s = for_s

    def step(self, now: Now) -> None:
        """Let time pass; pumps without mains stop, and start again by themselves only in automatic."""
        self._door_open_s = max(0.0, self._door_open_s - now.dt_s)
        had_mains = self._mains_lost_s <= 0.0
        self._mains_lost_s = max(0.0, self._mains_lost_s - now.dt_s)
        for pump in self._pumps:
            pump.has_power = self._mains_lost_s <= 0.0
            if not had_mains and not pump.is_auto:
                pump.requested = False
        self.cabinet_c = approach(self.cabinet_c, now.air_c + _CABINET_RISE_K, now.dt_s, _CABINET_S)
