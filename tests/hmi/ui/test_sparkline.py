from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from drivers.api import Quality
from hmi.services.mirror import Mirror
from hmi.services.port import Frame, LiveDelta, PenData, ReadHistory, RefusedError
from hmi.ui.sparkline import CAPACITY, MOST_TAGS, SPAN_US, Sparklines, draw_sparkline
from hmi.ui.tag_drag import mime_of, tags_of
from tests.support.fake_port import FakePort
from tests.support.plants import CATALOGUE, LEVEL, RUN

NOW = 1_800_000_000_000_000
SECOND = 1_000_000


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def lines(port: FakePort) -> Sparklines:
    mirror = Mirror()
    mirror.take(Frame(catalogue=CATALOGUE))
    return Sparklines(mirror, port, lambda: NOW)


def frame(tag: int, value: float, at_us: int, quality: Quality = Quality.GOOD) -> Frame:
    columns = (
        np.array([tag], np.uint32),
        np.array([value]),
        np.array([quality], np.uint16),
        np.array([at_us], np.int64),
    )
    return Frame(live=LiveDelta(*columns))


def answer(times: list[int], values: list[float]) -> Any:
    def give(request: ReadHistory) -> tuple[PenData, ...]:
        return tuple(
            PenData.of_readings(tag, np.array(times, np.int64), np.array(values), float("nan")) for tag in request.tags
        )

    return give


def test_history_is_asked_once_and_live_values_go_on_from_it(lines: Sparklines, port: FakePort) -> None:
    port.answers[ReadHistory] = answer([NOW - 600 * SECOND, NOW - 300 * SECOND], [1.0, 2.0])
    missing = lines.wanted([LEVEL, RUN])
    assert missing == (LEVEL, RUN)
    lines.take(frame(LEVEL, 3.0, NOW - 10 * SECOND))
    asyncio.run(lines.load(missing))
    assert lines.wanted([LEVEL, RUN]) == ()
    line = lines.line(LEVEL)
    assert line is not None
    assert line.value[np.isfinite(line.value)].tolist() == [1.0, 2.0, 3.0, 3.0], "and held until now"
    assert (port.last(ReadHistory).start_us, port.count(ReadHistory)) == (NOW - SPAN_US, 1)


def test_a_gap_stays_a_gap(lines: Sparklines) -> None:
    lines.wanted([LEVEL])
    for value, at_s, quality in ((1.0, 600, Quality.GOOD), (1.0, 500, Quality.NOT_CONNECTED), (2.0, 100, Quality.GOOD)):
        clock = NOW - at_s * SECOND
        lines.now_us = partial(int, clock)
        lines.take(frame(LEVEL, value, clock, quality))
    lines.now_us = lambda: NOW
    line = lines.line(LEVEL)
    assert line is not None
    assert np.isnan(line.value).any()


def test_nothing_known_is_no_line_and_a_refusal_is_no_trouble(lines: Sparklines, port: FakePort) -> None:
    port.answers[ReadHistory] = RefusedError("The history is not there.")
    asyncio.run(lines.load(lines.wanted([LEVEL])))
    assert lines.line(LEVEL) is None
    assert lines.line(99) is None


def test_memory_is_bounded(lines: Sparklines) -> None:
    lines.wanted([LEVEL])
    for number in range(CAPACITY + 500):
        lines.take(frame(LEVEL, float(number), NOW - SPAN_US + number))
    assert lines._strips[LEVEL].rows <= CAPACITY
    assert lines._strips[LEVEL].value[lines._strips[LEVEL].rows - 1] == CAPACITY + 499
    lines.wanted(range(1000, 1000 + MOST_TAGS))
    assert len(lines._strips) == MOST_TAGS
    assert lines.line(LEVEL) is None, "what was not shown for longest is forgotten"


def test_it_is_painted(lines: Sparklines, qtbot: QtBot) -> None:
    lines.wanted([LEVEL])
    for number in range(10):
        lines.take(frame(LEVEL, float(number % 2), NOW - (900 - 90 * number) * SECOND))
    image = QImage(60, 14, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    line = lines.line(LEVEL)
    assert line is not None
    painter = QPainter(image)
    draw_sparkline(painter, line, QRectF(0, 0, 60, 13), QColor("black"), NOW, 0.0)
    painter.end()
    rows = {y for y in range(14) for x in range(60) if image.pixelColor(x, y) != QColor("white")}
    assert {0, 13} <= rows, "from the lowest to the highest value"


def test_a_drag_carries_tags_and_nothing_else_is_taken_for_one() -> None:
    assert tags_of(mime_of([3, 5])) == (3, 5)
    assert tags_of(None) == ()
    assert len(tags_of(mime_of(range(100)))) == 8
    other = mime_of([])
    other.setText("3,5")
    assert tags_of(other) == ()
