"""Customers, sun and wells follow the day."""

from __future__ import annotations

from random import Random

import pytest

from drivers.simulated.physics.demand import Demand, daily_share
from drivers.simulated.physics.noise import Wander, approach, ramp
from drivers.simulated.physics.weather import Weather
from drivers.simulated.physics.well import Well


def test_customers_draw_their_mean_over_the_day_and_little_at_night() -> None:
    assert sum(daily_share(hour / 4) for hour in range(96)) / 96 == pytest.approx(1.0, abs=0.02)
    assert daily_share(3.0) < 0.5 < 1.3 < daily_share(8.0)
    assert daily_share(23.99) == pytest.approx(daily_share(0.0), abs=0.01)


def test_demand_is_noisy_around_the_profile() -> None:
    demand = Demand(Random(1), 50.0)
    drawn = [demand.step(1.0, 12.0) for _ in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(50.0 * daily_share(12.0), rel=0.1)
    assert max(drawn) - min(drawn) > 5.0


def test_the_sun_shines_by_day_only_and_more_in_summer() -> None:
    def noon(day_of_year: int) -> float:
        weather = Weather(Random(1), day_of_year)
        weather.step(1.0, 13.0)
        return weather.irradiance

    night = Weather(Random(1), 172)
    night.step(1.0, 1.0)
    assert night.irradiance == 0.0
    assert noon(172) > noon(355) > 200.0
    assert noon(172) < 1_200.0


def test_a_well_is_drawn_down_and_recovers() -> None:
    well = Well(rest_level_m=30.0, drawdown=0.1)
    well.step(7_200.0, 100.0)
    assert well.level_m == pytest.approx(20.0, abs=0.1)
    well.step(7_200.0, 0.0)
    assert well.level_m == pytest.approx(30.0, abs=0.1)


def test_long_steps_are_as_good_as_many_short_ones() -> None:
    short = 0.0
    for _ in range(100):
        short = approach(short, 10.0, 0.5, 20.0)
    assert short == pytest.approx(approach(0.0, 10.0, 50.0, 20.0))
    assert ramp(0.0, 10.0, 3.0, 1.0) == 3.0
    assert ramp(0.0, 10.0, 3.0, 60.0) == 10.0
    assert ramp(10.0, 0.0, 3.0, 1.0) == 7.0


def test_a_wander_stays_near_zero() -> None:
    wander = Wander(Random(5), 2.0, 30.0)
    values = [wander.step(5.0) for _ in range(20_000)]
    assert sum(values) / len(values) == pytest.approx(0.0, abs=0.2)
    assert (sum(value * value for value in values) / len(values)) ** 0.5 == pytest.approx(2.0, rel=0.1)
