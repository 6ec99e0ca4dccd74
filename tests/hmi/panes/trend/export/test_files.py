from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hmi.panes.trend.drawing.picture import Painter, Wishes
from hmi.panes.trend.export.csv_file import csv_lines, write_csv
from hmi.panes.trend.export.paper import Sheet, pdf_of
from hmi.panes.trend.export.picture_file import LINE_PX, MARGIN_PX, TITLE_PX, PicturePart, picture_of
from hmi.panes.trend.rows import LegendRow
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.value_rows import value_rows
from hmi.ui.theme import LIGHT
from tests.hmi.panes.trend.conftest import NOON, SECOND, plant
from tests.hmi.panes.trend.test_value_rows import WINDOW, pen


def test_the_file_has_local_time_utc_units_and_only_what_was_read(tmp_path: Path) -> None:
    pens = [pen(1, [-50, -10], [1.25, 3]), pen(2, [-50, -20], [7, float("nan")])]
    path = tmp_path / "trend.csv"
    count = write_csv(path, csv_lines(value_rows(pens, WINDOW, NOON), plant().station_by_id))
    assert count == 3
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Local time", "UTC", "Sóller boreholes Value 0 [m]", "Sóller boreholes Value 1 [bar]"]
    assert rows[1] == [
        local(NOON - 50 * SECOND).isoformat(timespec="milliseconds"), "2025-10-09T08:52:30.000Z", "1.25", "7"
    ]  # fmt: skip
    assert [row[2:] for row in rows[2:]] == [["", ""], ["3", ""]]


def test_a_file_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    def broken() -> object:
        yield ["a"]
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_csv(tmp_path / "x.csv", broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="nowhere"):
        write_csv(tmp_path / "nowhere" / "x.csv", iter([]))


def part_of(qtbot: QtBot, row: int = 0, column: int = 0, pens: int = 1) -> PicturePart:
    label = QLabel("Trend")
    qtbot.addWidget(label)
    label.resize(300, 90)
    legend = [LegendRow(number, f"Sóller boreholes · Level {number}", "2.5 m") for number in range(1, pens + 1)]
    return PicturePart(label, "2025-10-09 08:00:00 – 09:00:00  UTC+00:00", legend, row, column)


def drawn(parts: list[PicturePart], scale: int = 1) -> QImage:
    return picture_of("Trend: Sóller boreholes", "Saved now", parts, LIGHT, scale)


def test_a_picture_twice_as_fine_is_twice_as_large(qtbot: QtBot) -> None:
    part = part_of(qtbot)
    one, two = drawn([part]), drawn([part], 2)
    assert (two.width(), two.height()) == (2 * one.width(), 2 * one.height())


def test_every_pen_and_every_chart_has_its_room(qtbot: QtBot) -> None:
    one, three = drawn([part_of(qtbot)]), drawn([part_of(qtbot, pens=3)])
    assert three.height() == one.height() + 2 * LINE_PX
    beside = drawn([part_of(qtbot), part_of(qtbot, column=1)])
    assert (beside.width(), beside.height()) == (one.width() + 300 + MARGIN_PX, one.height())
    alone = drawn([part_of(qtbot, row=1, column=1)])
    assert alone.size() == one.size(), "charts without pens are left out"
    below = drawn([part_of(qtbot), part_of(qtbot, row=1, pens=3)])
    assert below.height() > three.height() + 90


def test_the_legend_stands_under_the_chart_and_not_on_it(qtbot: QtBot) -> None:
    part = part_of(qtbot)
    with_legend, without = drawn([part]), drawn([replace(part, legend=())])
    chart_end = MARGIN_PX + TITLE_PX + LINE_PX + 90
    above = QRect(0, 0, with_legend.width(), chart_end)
    assert with_legend.copy(above) == without.copy(above)
    legend = with_legend.copy(QRect(MARGIN_PX, chart_end, 300, LINE_PX))
    assert any(legend.pixelColor(x, 10) != QColor(LIGHT.card) for x in range(300))


def test_a_page_is_drawn_as_lines(qtbot: QtBot) -> None:
    pens = [pen(1, [-90, -50, -10], [1, 5, 3])]
    picture = Painter().paint(pens, WINDOW, NOON, (600, 300), Wishes())
    sheet = Sheet("Trend: Sóller", "from to", "Printed now", ("",) * 10, ())
    content = pdf_of(picture, sheet)
    assert content.startswith(b"%PDF")
    assert b"/Subtype /Image" not in content, "lines, not pixels"
