from __future__ import annotations

from pathlib import Path

from hmi.storage.history import planning
from hmi.storage.history.planning import RetentionPolicy
from hmi.storage.history.records import DAY_US, HOUR_US
from hmi.storage.history.shelf import Picture, Place, Sealed
from tests.support.readings import FIRST_DAY, T0

TABLES = ("sample", "text_sample", "r1m", "r5m", "r1h")


def run(first: int, days: int, rows: int = 1000, number: int = 1) -> Place:
    return Place("run", "", T0 + first * DAY_US, T0 + (first + days) * DAY_US, rows, number)


def sealed(
    first: int, days: int = 1, size: int = 1 << 20, rows: int = 1_000_000, tables: tuple[str, ...] = TABLES
) -> Sealed:
    start = FIRST_DAY + first
    return Sealed(Path(f"{start}.duckdb"), f"s{start}", 1, start, start + days, rows, 0, 1, rows, tables, size)


def days(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(first - FIRST_DAY, end - FIRST_DAY) for first, end in spans]


def test_a_day_is_due_an_hour_after_its_end() -> None:
    picture = Picture(runs=(run(0, 2),))
    assert planning.due(picture, T0 + DAY_US) == []
    assert days(planning.due(picture, T0 + DAY_US + HOUR_US)) == [(0, 1)]
    assert days(planning.due(picture, T0 + 2 * DAY_US + HOUR_US)) == [(0, 1), (1, 2)]


def test_a_clock_that_jumps_back_seals_nothing_and_one_that_jumps_ahead_seals_once() -> None:
    picture = Picture(runs=(run(0, 1),))
    assert planning.due(picture, 0) == []
    assert days(planning.due(picture, T0 + 4000 * DAY_US)) == [(0, 1)]


def test_a_month_that_is_over_becomes_one_file() -> None:
    picture = Picture(runs=(run(2, 1),), sealed=(sealed(0), sealed(1)))
    assert days(planning.due(picture, T0 + 30 * DAY_US)) == [(0, 3)]
    assert planning.due(Picture(sealed=(sealed(0, 3),)), T0 + 30 * DAY_US) == []


def test_a_month_too_large_for_one_file_stays_in_days() -> None:
    picture = Picture(sealed=(sealed(0, size=3 << 30), sealed(1, size=3 << 30)))
    assert planning.due(picture, T0 + 60 * DAY_US) == []


def test_days_of_which_only_averages_are_left_are_not_merged_with_whole_ones() -> None:
    picture = Picture(sealed=(sealed(0, tables=("r1h",)), sealed(1)))
    assert planning.due(picture, T0 + 60 * DAY_US) == []


def test_a_few_late_readings_wait_for_a_large_file() -> None:
    large = sealed(0, size=1 << 30)
    assert planning.due(Picture(runs=(run(0, 1, 10),), sealed=(large,)), T0 + 3 * DAY_US) == []
    assert days(planning.due(Picture(runs=(run(0, 1, 20_000),), sealed=(large,)), T0 + 3 * DAY_US)) == [(0, 1)]
    crowd = tuple(run(0, 1, 10, number) for number in range(planning.RUNS_MOST + 1))
    assert days(planning.due(Picture(runs=crowd, sealed=(large,)), T0 + 3 * DAY_US)) == [(0, 1)]


def test_a_small_file_takes_late_readings_at_once() -> None:
    picture = Picture(runs=(run(0, 1, 1),), sealed=(sealed(0),))
    assert days(planning.due(picture, T0 + 3 * DAY_US)) == [(0, 1)]


def test_retention_takes_by_age_then_by_bytes_the_oldest_first() -> None:
    picture = Picture(sealed=(sealed(0), sealed(1), sealed(2)))
    policy = RetentionPolicy(raw_days=2, minute_days=100, hour_days=100, most_bytes=(2 << 20) + 100)
    found = planning.retirements(picture, policy, T0 + 4 * DAY_US + HOUR_US, 0)
    assert {(each.sealed.first_day - FIRST_DAY, each.tables) for each in found} == {(0, ()), (1, ("r1m", "r5m", "r1h"))}
