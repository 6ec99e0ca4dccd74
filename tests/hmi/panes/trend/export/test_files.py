from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hmi.panes.trend.drawing.picture import Painter, Wishes
from hmi.panes.trend.export.csv_file import csv_lines, write_csv
from hmi.panes.trend.export.paper import Sheet, pdf_of, save_png
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.value_rows import value_rows
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


def test_a_picture_twice_as_fine_is_twice_as_large(qtbot: QtBot, tmp_path: Path) -> None:
    label = QLabel("Trend")
    qtbot.addWidget(label)
    label.resize(120, 40)
    assert save_png(label, tmp_path / "one.png", 1)
    assert save_png(label, tmp_path / "two.png", 2)
    assert (QImage(str(tmp_path / "one.png")).width(), QImage(str(tmp_path / "two.png")).width()) == (120, 240)
    assert not save_png(label, tmp_path / "nowhere" / "x.png", 1)


def test_a_page_is_drawn_as_lines(qtbot: QtBot) -> None:
    pens = [pen(1, [-90, -50, -10], [1, 5, 3])]
    picture = Painter().paint(pens, WINDOW, NOON, (600, 300), Wishes())
    sheet = Sheet("Trend: Sóller", "from to", "Printed now", ("",) * 10, ())
    content = pdf_of(picture, sheet)
    assert content.startswith(b"%PDF")
    assert b"/Subtype /Image" not in content, "lines, not pixels"
