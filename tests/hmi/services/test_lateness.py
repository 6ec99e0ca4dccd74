"""Late ticks are counted in the right bar, for ever, in bounded memory."""

from __future__ import annotations

import pytest

from hmi.services.lateness import EDGES_MS, Lateness


def test_nothing_counted_is_nothing_late() -> None:
    figures = Lateness().figures()
    assert (figures.ticks, figures.p50_ms, figures.p99_ms, figures.max_ms, figures.late_share) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("late_ms", "bar"), [(-3.0, 0), (1.0, 0), (1.01, 1), (50.0, 5), (50.1, 6), (2000.0, 10), (2000.1, 11), (1e9, 11)]
)
def test_a_tick_is_in_its_bar(late_ms: float, bar: int) -> None:
    lateness = Lateness()
    lateness.add(late_ms)
    assert [number for number, count in enumerate(lateness.figures().counts) if count] == [bar]
    assert len(lateness.figures().counts) == len(EDGES_MS) + 1


def test_late_is_over_fifty() -> None:
    lateness = Lateness()
    for late_ms in (0.0, 50.0, 51.0, 300.0):
        lateness.add(late_ms)
    figures = lateness.figures()
    assert (figures.ticks, figures.late_share, figures.max_ms, figures.p50_ms) == (4, 0.5, 300.0, 50.5)


def test_percentiles_forget_what_is_old_and_counts_do_not() -> None:
    lateness = Lateness()
    lateness.add(700.0)
    for _ in range(20_000):
        lateness.add(2.0)
    figures = lateness.figures()
    assert (figures.p99_ms, figures.max_ms, figures.ticks) == (2.0, 700.0, 20_001)
    assert sum(figures.counts) == 20_001
