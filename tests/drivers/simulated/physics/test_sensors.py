"""Instruments add noise, rest cleanly and fail for a while."""

from __future__ import annotations

from random import Random

from drivers.simulated.description import Point
from drivers.simulated.model import PointValue, Trust
from drivers.simulated.physics.sensors import Instruments

LEVEL = Point("T1.Level", "N.T1.Level", "Level", "analog", "level", "m", 0.0, 4.0, 2)
FLOW = Point("Out.Flow", "N.Out.Flow", "Flow", "analog", "flow", "m³/h", 0.0, 200.0, 1)
SETPOINT = Point("SP", "N.SP", "Setpoint", "analog", "level", "m", 0.0, 4.0, 2, writable=True)
RUN = Point("P1.Run", "N.P1.Run", "Running", "discrete", "state")


def shown(instruments: Instruments, flow: float = 100.0) -> dict[str, PointValue]:
    return instruments.show({"N.T1.Level": 2.0, "N.Out.Flow": flow, "N.SP": 1.25, "N.P1.Run": True})


def test_noise_is_small_and_spares_setpoints_and_states() -> None:
    instruments = Instruments(Random(1), (LEVEL, FLOW, SETPOINT, RUN))
    levels = [float(shown(instruments)["N.T1.Level"]) for _ in range(200)]
    assert len(set(levels)) > 1
    assert all(abs(level - 2.0) < 0.02 for level in levels)
    assert shown(instruments)["N.SP"] == 1.25
    assert shown(instruments)["N.P1.Run"] is True


def test_a_still_pipe_shows_zero() -> None:
    instruments = Instruments(Random(1), (LEVEL, FLOW, SETPOINT, RUN))
    assert {shown(instruments, flow=0.0)["N.Out.Flow"] for _ in range(50)} == {0.0}


def test_a_failed_instrument_keeps_its_value_and_recovers() -> None:
    instruments = Instruments(Random(1), (LEVEL, FLOW, SETPOINT, RUN))
    instruments.fail("N.Out.Flow", Trust.SENSOR_FAILURE, 10.0)
    before = shown(instruments)["N.Out.Flow"]
    instruments.step(6.0)
    assert shown(instruments, flow=20.0)["N.Out.Flow"] == before
    assert instruments.distrusted() == {"N.Out.Flow": Trust.SENSOR_FAILURE}

    instruments.step(6.0)
    assert instruments.distrusted() == {}
    assert float(shown(instruments, flow=20.0)["N.Out.Flow"]) < 30.0


def test_a_stuck_instrument_does_not_say_so() -> None:
    instruments = Instruments(Random(1), (LEVEL, FLOW, SETPOINT, RUN))
    instruments.fail("N.Out.Flow", Trust.GOOD, 10.0)
    first = shown(instruments)["N.Out.Flow"]
    assert shown(instruments, flow=20.0)["N.Out.Flow"] == first
    assert instruments.distrusted() == {}
