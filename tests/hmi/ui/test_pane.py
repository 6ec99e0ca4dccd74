from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hmi.ui.painting import painting, pane_of
from hmi.ui.pane import PaneFrame
from tests.conftest import Warnings


def test_a_pane_that_fails_says_so_and_can_be_tried_again(qtbot: QtBot, log_warnings: Warnings) -> None:
    made: list[Callable[[Exception], None]] = []

    def make(fail: Callable[[Exception], None]) -> QWidget:
        made.append(fail)
        return QLabel("view")

    frame = PaneFrame("Alarms", "hmi.panes.alarms", make)
    qtbot.addWidget(frame)
    made[0](ZeroDivisionError("oops"))
    made[0](ZeroDivisionError("again"))
    assert frame.error == "ZeroDivisionError: oops"
    assert frame.view is not None
    texts = [label.text() for label in frame.view.findChildren(QLabel)]
    assert texts == ["Alarms stopped working.", "ZeroDivisionError: oops"]
    frame.view.findChildren(QPushButton)[0].click()
    assert len(made) == 2
    assert not frame.error
    assert len(log_warnings.take("pane failed")) == 1


def test_a_late_pane_is_made_once_when_it_is_first_looked_at(qtbot: QtBot) -> None:
    made: list[QWidget] = []

    def make(_fail: Callable[[Exception], None]) -> QWidget:
        made.append(QLabel("view"))
        return made[-1]

    frame = PaneFrame("Users", "hmi.panes.users", make, is_late=True)
    qtbot.addWidget(frame)
    assert frame.view is None
    with qtbot.waitSignal(frame.made):
        frame.show()
    assert frame.view is made[0]
    frame.hide()
    frame.show()
    assert len(made) == 1


def test_a_pane_that_cannot_be_made_is_an_error_page(qtbot: QtBot, log_warnings: Warnings) -> None:
    def make(_fail: Callable[[Exception], None]) -> QWidget:
        raise RuntimeError("no view")

    frame = PaneFrame("Map", "hmi.panes.map", make)
    qtbot.addWidget(frame)
    assert frame.error == "RuntimeError: no view"
    log_warnings.take("pane failed")


def test_an_error_in_a_painting_fails_the_pane_after_the_painting(qtbot: QtBot, log_warnings: Warnings) -> None:
    class Bad(QWidget):
        def paintEvent(self, _event: object) -> None:  # noqa: N802  # Qt calls it so
            with painting(self):
                raise ValueError("no colour")

    frame = PaneFrame("Map", "hmi.panes.map", lambda _: Bad())
    qtbot.addWidget(frame)
    frame.resize(200, 100)
    frame.show()
    qtbot.waitUntil(lambda: frame.error == "ValueError: no colour")
    assert pane_of(frame.view) is frame
    assert pane_of(None) is None
    log_warnings.take("pane failed")
