"""Slowing down and coming back: the throttle as a table over time, and over a real link."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import LinkState
from drivers.opcua import overload
from drivers.opcua.overload import FACTORS, FASTER_AFTER_S, LAG_HIGH_S, LAG_LOW_S, SLOWER_AFTER_S, Throttle
from tests.drivers.opcua.wire import repeatable
from tests.support.link import linked
from tests.support.node_opcua import NodeServer
from tests.support.waiting import until

INTERVAL_S = 0.25
HIGH, LOW, BETWEEN = (INTERVAL_S + lag for lag in (LAG_HIGH_S + 0.1, LAG_LOW_S - 0.1, LAG_LOW_S + 0.1))
MOST = FACTORS[-1]


def run(*spans: tuple[float, float]) -> list[tuple[float, float]]:
    """Feed (lag, for how many seconds) second by second; return (second, factor) of each change."""
    throttle, changes = Throttle(), []
    lags = [lag for lag, seconds in spans for _ in range(round(seconds))]
    for second, lag in enumerate(lags):
        if throttle.note(lag, INTERVAL_S, float(second)):
            changes.append((float(second), throttle.factor))
    return changes


@pytest.mark.parametrize(
    ("spans", "changes"),
    [
        ([(LOW, 60)], []),
        ([(BETWEEN, 60)], []),
        ([(HIGH, 3)], []),
        ([(HIGH, 4)], [(3, 2)]),
        ([(HIGH, 60)], [(3, 2), (6, 4), (9, 8)]),
        ([(HIGH, 3), (LOW, 1), (HIGH, 3)], []),
        ([(HIGH, 3), (BETWEEN, 1), (HIGH, 3)], []),
        ([(HIGH, 4), (LOW, 60)], [(3, 2), (14, 1)]),
        ([(HIGH, 4), (BETWEEN, 60)], [(3, 2)]),
        ([(HIGH, 4), (LOW, 9), (BETWEEN, 1), (LOW, 11)], [(3, 2), (24, 1)]),
        ([(HIGH, 4), (LOW, 9), (HIGH, 1), (LOW, 11)], [(3, 2), (24, 1)]),
        ([(HIGH, 10), (LOW, 60)], [(3, 2), (6, 4), (9, 8), (20, 4), (30, 2), (40, 1)]),
        ([(HIGH, 4), (LOW, 15), (HIGH, 4)], [(3, 2), (14, 1), (22, 2)]),
        ([(INTERVAL_S + LAG_HIGH_S, 60)], []),
    ],
)
def test_it_slows_after_three_seconds_and_comes_back_after_ten(
    spans: Sequence[tuple[float, float]], changes: Sequence[tuple[float, float]]
) -> None:
    assert (SLOWER_AFTER_S, FASTER_AFTER_S) == (3.0, 10.0)
    assert run(*spans) == [(float(second), float(factor)) for second, factor in changes]


def test_what_the_publishing_interval_delays_is_no_lag() -> None:
    throttle = Throttle()
    assert not any(throttle.note(5.5, 5.0, float(second)) for second in range(60))


@repeatable
@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), max_size=80))
def test_it_moves_by_one_step_within_its_bounds_and_never_sooner_than_its_times(
    given_: list[tuple[float, float]],
) -> None:
    throttle, now, changed_at = Throttle(), 0.0, -FASTER_AFTER_S
    for lag, pause in given_:
        now += pause
        before = throttle.factor
        has_changed = throttle.note(lag, INTERVAL_S, now)
        assert has_changed is (throttle.factor != before)
        assert 1.0 <= throttle.factor <= MOST
        if has_changed:
            assert throttle.factor in (2 * before, before / 2)
            assert now - changed_at >= (SLOWER_AFTER_S if throttle.factor > before else FASTER_AFTER_S)
            changed_at = now


def test_the_steps_double() -> None:
    assert all(slower == 2 * faster for faster, slower in itertools.pairwise(FACTORS))


@pytest.mark.asyncio
async def test_overload_is_shown_and_sampling_slowed_and_brought_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overload, "SLOWER_AFTER_S", 0.05)
    monkeypatch.setattr(overload, "FASTER_AFTER_S", 0.05)
    monkeypatch.setattr("drivers.opcua.acquiring.TEND_S", 0.1)
    with NodeServer(items=2, rate_hz=10) as peer:
        async with linked(peer.url, ["Item0001", "Item0002"]) as link:
            await link.live()
            acquiring = link.driver._acquiring  # type: ignore[attr-defined]  # where the lag is made
            with monkeypatch.context() as lagging:
                lagging.setattr(acquiring.health, "lag_s", lambda *_: 9.0)
                await until(lambda: "slowed 8 times" in link.supervisor.refresh().reason, 10)
                assert link.status.state is LinkState.DEGRADED
                await until(lambda: "800 ms" in link.supervisor.refresh().details["Sampling"])
            await until(lambda: link.supervisor.refresh().state is LinkState.UP, 10)
            await until(lambda: link.supervisor.refresh().details["Sampling"] == "100 ms")
            assert link.supervisor.refresh().dropped == 0
