from __future__ import annotations

import time

import numpy as np

from hmi.panes.trend.history.series import Coverage
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.panes.trend.value_rows import MOST_ROWS, value_rows
from hmi.services.port import PenData
from tests.hmi.panes.trend.conftest import NOON, SECOND, plant


def pen(number: int, times_s: list[float], values: list[float]) -> Pen:
    found = Pen(number, plant().tags[number - 1])
    times = NOON + (np.array(times_s) * SECOND).astype(np.int64)
    data = PenData.of_readings(number - 1, times, np.array(values), float("nan"))
    found.series.take_history(data, Coverage(NOON - 1000 * SECOND, NOON, 0.0))
    return found


WINDOW = TimeWindow(NOON, 100 * SECOND, is_live=False)


def test_rows_are_the_times_of_readings_and_other_pens_show_what_they_held() -> None:
    rows = value_rows([pen(1, [-200, -50, -10], [1, 2, 3]), pen(2, [-50, -20], [7, float("nan")])], WINDOW, NOON)
    assert ((rows.time_us - NOON) // SECOND).tolist() == [-50, -20, -10]
    assert rows.values[:, 0].tolist() == [2, 2, 3]
    assert np.isnan(rows.values[:, 1]).tolist() == [False, True, True]
    assert rows.is_read.tolist() == [[True, True], [False, True], [True, False]]


def test_nothing_is_no_rows() -> None:
    assert len(value_rows([], WINDOW, NOON)) == 0
    assert len(value_rows([pen(1, [], [])], WINDOW, NOON)) == 0


def test_a_hundred_thousand_rows_are_quick_and_more_are_cut_to_the_newest() -> None:
    rows = MOST_ROWS + 50
    times = np.linspace(-99, -1, rows).tolist()
    pens = [pen(number, times, list(range(rows))) for number in (1, 2, 3)]
    started = time.perf_counter()
    found = value_rows(pens, WINDOW, NOON)
    assert time.perf_counter() - started < 1.0
    assert (len(found), found.is_cut) == (MOST_ROWS, True)
    assert found.values[-1, 0] == rows - 1
