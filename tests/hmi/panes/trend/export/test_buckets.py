"""What a file says where the readings are too many to be given singly."""

from __future__ import annotations

import asyncio
import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.api import Batch
from hmi.panes.trend.export.buckets import BucketRows, bucket_rows, file_rows
from hmi.panes.trend.export.csv_file import csv_lines, width_text, write_csv
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.shift import Shift
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.panes.trend.value_rows import ValueRows
from hmi.services.history import History
from hmi.services.port import PenData, ReadHistory
from tests.hmi.panes.trend.conftest import NOON, PUMP, SECOND, FakePort, plant
from tests.support.waiting import until

DAY = 86_400 * SECOND
PENS = (Pen(1, plant().tags[0]), Pen(2, plant().tags[PUMP]))


class Bucketing(FakePort):
    """Answers with buckets as the history does: so many pixels, the middles as times; at least `least_us` wide."""

    least_us = 0

    def _answer(self, tag: int, request: ReadHistory) -> PenData:
        width = max((request.end_us - request.start_us) // request.pixels, self.least_us)
        begins = np.arange(request.start_us, request.end_us, width)[:3]
        ones = np.ones(len(begins))
        count = np.full(len(begins), 4)
        found = PenData.of_readings(tag, begins + width // 2, ones, float("nan"))
        return replace(found, low=0 * ones, mean=0.5 * ones, count=count, bad=0 * count, is_raw=False)


def ask(port: FakePort, pens: tuple[Pen, ...] = PENS, days: int = 1) -> ValueRows | BucketRows:
    window = TimeWindow(NOON, days * DAY, is_live=False)
    return asyncio.run(file_rows(port, pens, window, NOON))


def test_the_file_says_how_wide_its_rows_are_and_gives_low_mean_and_high(tmp_path: Path) -> None:
    rows = ask(Bucketing())
    assert isinstance(rows, BucketRows)
    assert width_text(rows) == "10 s"
    assert (np.diff(rows.begin_us) == 10 * SECOND).all()
    path = tmp_path / "trend.csv"
    write_csv(path, csv_lines(rows, plant().station_by_id))
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert "each row is 10 s" in lines[0][0]
    site = "Sóller boreholes"
    names = [f"{site} Value 0 [m] {word}" for word in ("low", "mean", "high")]
    assert lines[2][2:] == [*names, f"{site} Pump running last"]
    assert lines[3][2:] == ["0", "0.5", "1", "1"]
    assert len(lines) == 3 + len(rows)


@pytest.mark.parametrize(("days", "least_s", "text"), [(1, 3600, "1 h"), (5, 300, "5 min"), (5, 60, "1 min")])
def test_where_only_wider_stretches_are_left_the_file_says_theirs(days: int, least_s: int, text: str) -> None:
    port = Bucketing()
    port.least_us = least_s * SECOND
    rows = ask(port, days=days)
    assert isinstance(rows, BucketRows)
    assert width_text(rows) == text
    assert len(rows) == 3


def test_few_readings_are_given_singly_though_the_chart_had_only_buckets() -> None:
    times = [NOON - 500 * SECOND, NOON - 400 * SECOND, NOON - DAY - SECOND]
    rows = ask(FakePort(recorded={0: (times, [1.0, 2.0, 3.0]), PUMP: (times[:1], [1.0])}))
    assert isinstance(rows, ValueRows)
    assert rows.time_us.tolist() == times[:2]


def test_readings_beside_buckets_are_added_up_to_the_same_rows() -> None:
    grid = TimeWindow(NOON, 100 * SECOND, is_live=False)
    times = grid.start_us + np.array([1, 2, 12, 13]) * SECOND
    raw = PenData.of_readings(0, times, np.array([1.0, 3.0, float("nan"), 7.0]), float("nan"))
    rows = bucket_rows(PENS[:1], [raw], grid, 10 * SECOND)
    assert (rows.begin_us - grid.start_us).tolist() == [0, 10 * SECOND]
    assert (rows.low[:, 0].tolist(), rows.mean[:, 0].tolist()) == ([1.0, 7.0], [2.0, 7.0])
    assert (rows.high[:, 0].tolist(), rows.last[:, 0].tolist()) == ([3.0, 7.0], [3.0, 7.0])


@pytest.mark.parametrize("shift", [Shift(days=1), Shift(days=7)])
def test_an_earlier_period_stands_in_the_rows_of_the_present_one(shift: Shift) -> None:
    rows = ask(Bucketing(), (*PENS, PENS[0].compared(shift)))
    assert isinstance(rows, BucketRows)
    assert len(rows) == 3
    assert np.isfinite(rows.mean).all()


@pytest.mark.asyncio
async def test_the_real_history_answers_in_the_rows_that_the_file_claims(tmp_path: Path) -> None:
    seconds = np.arange(50_000, dtype=np.int64)
    now_us = time.time_ns() // 1000 // (3600 * SECOND) * 3600 * SECOND
    times = now_us - (len(seconds) - seconds) * SECOND
    history = History(tmp_path)
    history.start()
    try:
        history.append_all(Batch.of(np.zeros(len(seconds), np.uint32), seconds.astype(float), times))
        await until(lambda: history.figures().stored >= len(seconds))
        window = TimeWindow(now_us, len(seconds) * SECOND, is_live=False)
        rows = await file_rows(RealPort(history), PENS[:1], window, now_us)  # type: ignore[arg-type]
    finally:
        history.stop()
    assert isinstance(rows, BucketRows)
    assert width_text(rows) == "5 s"
    assert (rows.begin_us % (5 * SECOND) == 0).all()
    inside = [seconds[(times >= begin) & (times < begin + 5 * SECOND)] for begin in rows.begin_us[[0, 1, 777, -1]]]
    for place, there in zip((0, 1, 777, -1), inside, strict=True):
        found = [float(each[place, 0]) for each in (rows.low, rows.mean, rows.high, rows.last)]
        assert found == [there.min(), there.mean(), there.max(), there[-1]]


class RealPort:
    """Asks a real history."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def request(self, request: ReadHistory) -> tuple[PenData, ...]:
        return await self._history.read(request)
