"""Names of one piece of equipment begin alike: what is left of them must still tell them apart."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.ui.reading_list import fit_name

NAMES = (
    "Raw water pump start level setpoint",
    "Raw water pump start level setpoint in use",
    "Raw water pump stop level setpoint",
    "Raw water pump stop level setpoint in use",
)


@pytest.mark.parametrize("width", [110, 115, 160, 240])
@pytest.mark.usefixtures("qtbot")
def test_long_names_stay_apart_in_two_lines(width: int) -> None:
    metrics = QFontMetrics(QApplication.font())
    fitted = [fit_name(name, metrics, width, 2) for name in NAMES]
    assert len(set(fitted)) == len(NAMES), fitted
    for text in fitted:
        assert text.count("\n") <= 1
        assert all(metrics.horizontalAdvance(line) <= width for line in text.splitlines())


def test_what_fits_stays_whole(qtbot: QtBot) -> None:
    metrics = QFontMetrics(QApplication.font())
    assert fit_name("Level", metrics, 200, 2) == "Level"
    assert fit_name("Level", metrics, 200, 1) == "Level"
    assert "…" in fit_name(NAMES[0], metrics, 60, 1)
    assert fit_name("Unspeakablylongsingleword", metrics, 60, 2).count("\n") == 0
