"""What goes wrong in the plant: a scripted opening, so that a demo has something to show, then chance.

Every disturbance passes by itself except a trip. A fitter resets a trip that nobody has reset for half an hour, so that
the plant lives on for days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from drivers.simulated.model import Trust
from drivers.simulated.physics.pump import Pump
from drivers.simulated.physics.sensors import Instruments
from drivers.simulated.stations.bottling import Bottling
from drivers.simulated.stations.chlorination import Chlorination
from drivers.simulated.stations.press import Press
from drivers.simulated.stations.site import Site
from drivers.simulated.stations.treatment import Treatment

_MEAN_PAUSE_S = 300.0
_FITTER_AFTER_S = 1_800.0

Happening = Callable[[], None]


class Disturbances:
    """Lets things happen as plant time passes."""

    def __init__(
        self,
        random: Random,
        *,
        works: Treatment,
        chlorination: Chlorination,
        press: Press,
        line: Bottling,
        guarded: Sequence[Site],
        powered: Sequence[Site],
        pumps: Sequence[Pump],
        standby: Pump,
        instruments: Instruments,
        failing: Mapping[str, Trust],
    ) -> None:
        self._random = random
        self._works = works
        self._chlorination = chlorination
        self._press = press
        self._line = line
        self._guarded = guarded
        self._powered = powered
        self._pumps = pumps
        self._instruments = instruments
        self._failing = failing
        self._tripped_s: dict[int, float] = {}
        self._cloudy_s = 0.0
        self._time_s = 0.0
        self._next_s = 420.0
        first_sensor = next(iter(failing.items()))
        self._opening: list[tuple[float, Happening]] = [
            (20.0, standby.trip),
            (45.0, lambda: self._cloud(14.5, 420.0)),
            (110.0, lambda: guarded[0].open_door(240.0)),
            (170.0, lambda: self._let_air_in(300.0)),
            (240.0, lambda: instruments.fail(*first_sensor, 120.0)),
        ]
        self._by_chance: tuple[tuple[float, Happening], ...] = (
            (4.0, lambda: self._cloud(random.uniform(8.0, 18.0), random.uniform(240.0, 480.0))),
            (4.0, lambda: random.choice(self._guarded).open_door(random.uniform(60.0, 300.0))),
            (3.0, self._fail_sensor),
            (2.0, lambda: self._let_air_in(random.uniform(120.0, 300.0))),
            (3.0, self._lose_air),
            (2.0, self._fail_cooler),
            (1.5, lambda: random.choice(self._powered).lose_mains(random.uniform(20.0, 90.0))),
            (1.0, self._jam),
        )

    def step(self, dt_s: float) -> None:
        """Let happen what is due."""
        self._time_s += dt_s
        self._cloudy_s = max(0.0, self._cloudy_s - dt_s)
        if self._cloudy_s <= 0.0:
            self._works.cloudiness = 0.0
        while self._opening and self._opening[0][0] <= self._time_s:
            self._opening.pop(0)[1]()
        if self._time_s >= self._next_s:
            self._next_s = self._time_s + self._random.expovariate(1.0 / _MEAN_PAUSE_S)
            weights = [weight for weight, _ in self._by_chance]
            self._random.choices([happening for _, happening in self._by_chance], weights)[0]()
        self._send_fitter(dt_s)

    def _cloud(self, turbidity: float, for_s: float) -> None:
        self._works.cloudiness = turbidity
        self._cloudy_s = for_s

    def _let_air_in(self, for_s: float) -> None:
        self._chlorination.airlock_s = for_s

    def _fail_sensor(self) -> None:
        identifier, trust = self._random.choice(list(self._failing.items()))
        self._instruments.fail(identifier, trust, self._random.uniform(60.0, 240.0))

    def _lose_air(self) -> None:
        self._line.air_lost_s = self._random.uniform(60.0, 180.0)

    def _fail_cooler(self) -> None:
        self._press.cooler_failed_s = self._random.uniform(900.0, 1_500.0)

    def _jam(self) -> None:
        """Let a running pump draw too much: its overload relay trips it."""
        running = [pump for pump in self._pumps if pump.is_running]
        if running:
            self._random.choice(running).is_jammed = True

    def _send_fitter(self, dt_s: float) -> None:
        for number, pump in enumerate(self._pumps):
            waited = self._tripped_s.get(number, 0.0) + dt_s if pump.is_tripped else 0.0
            self._tripped_s[number] = waited
            if waited > _FITTER_AFTER_S:
                pump.reset()
