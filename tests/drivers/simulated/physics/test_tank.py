"""A tank keeps the mass."""

from __future__ import annotations

from random import Random

import pytest

from drivers.simulated.physics.tank import Tank


def test_what_goes_in_stays_leaves_or_runs_over() -> None:
    tank = Tank(area_m2=50.0, height_m=4.0, level_m=2.0)
    random = Random(3)
    entered = left = 0.0
    for _ in range(20_000):
        inflow, outflow = random.uniform(0.0, 260.0), tank.can_give(random.uniform(0.0, 180.0))
        tank.step(1.0, inflow, outflow)
        entered += inflow / 3600.0
        left += outflow / 3600.0

    assert tank.spilled_m3 > 0.0, "the test must also have seen an overflow"
    assert tank.volume_m3 == pytest.approx(100.0 + entered - left - tank.spilled_m3, abs=1e-6)


def test_the_level_rises_by_flow_over_area() -> None:
    tank = Tank(50.0, 4.0, 1.0)
    tank.step(3600.0, 60.0, 10.0)
    assert tank.level_m == pytest.approx(2.0)


def test_an_empty_tank_gives_nothing() -> None:
    assert Tank(50.0, 4.0, 0.0).can_give(100.0) == 0.0
    assert Tank(50.0, 4.0, 0.1).can_give(100.0) == pytest.approx(50.0)
    assert Tank(50.0, 4.0, 3.0).can_give(100.0) == 100.0


def test_chlorine_mixes_and_decays() -> None:
    tank = Tank(50.0, 4.0, 2.0, chlorine=0.2)
    for _ in range(3600):
        tank.step(1.0, 50.0, 50.0, chlorine_in=0.6)
    assert 0.3 < tank.chlorine < 0.4

    still = Tank(50.0, 4.0, 2.0, chlorine=0.5)
    still.step(3600.0, 0.0, 0.0)
    assert 0.4 < still.chlorine < 0.5
