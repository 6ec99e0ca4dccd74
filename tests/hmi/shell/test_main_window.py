from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hmi.shell.go_to import GoTo, Target
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Navigator, Workspace


def window_of(qtbot: QtBot) -> tuple[MainWindow, Navigator]:
    navigator = Navigator()
    window = MainWindow(navigator)
    qtbot.addWidget(window)
    window.add_workspace(Workspace.MAP, "Map", QLabel("the map"))
    window.add_workspace(Workspace.ALARMS, "Alarms", QLabel("the alarms"))
    window.show()
    return window, navigator


def test_tabs_and_navigator_say_the_same(qtbot: QtBot) -> None:
    window, navigator = window_of(qtbot)
    tabs = {button.text(): button for button in window.findChildren(QPushButton)}
    tabs["Alarms"].click()
    assert navigator.place.workspace is Workspace.ALARMS
    navigator.show(Workspace.MAP)
    assert tabs["Map"].isChecked()
    assert not tabs["Alarms"].isChecked()


def test_docks_come_back_and_rubbish_does_not_hurt(qtbot: QtBot) -> None:
    window, _ = window_of(qtbot)
    window.findChildren(QDockWidget)[0].hide()
    state = window.state()
    other, _ = window_of(qtbot)
    other.restore({"geometry": 3, "docks": "§"})
    other.restore(dict(state))
    assert other.findChildren(QDockWidget)[0].isHidden()


def test_closing_is_told_once_and_a_failure_takes_the_middle(qtbot: QtBot) -> None:
    window, _ = window_of(qtbot)
    closed: list[bool] = []
    window.on_close(lambda: closed.append(True))
    window.say_failure("The configuration is damaged.")
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "The configuration is damaged." in shown
    window.close()
    assert closed == [True]


def test_go_to_finds_by_parts_of_words_and_goes_with_enter(qtbot: QtBot) -> None:
    went: list[str] = []
    targets = [
        Target(name, lambda name=name: went.append(name))  # type: ignore[misc]  # mypy does not infer a default
        for name in ("Sóller boreholes · Well level", "Sóller boreholes · Flow", "Artà booster")
    ]
    window, _ = window_of(qtbot)
    dialog = GoTo(window, targets)
    dialog.show()
    field = dialog.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "ller flow")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert went == ["Sóller boreholes · Flow"]
    assert not dialog.isVisible()
    nothing = GoTo(window, targets)
    field = nothing.findChildren(QLineEdit)[0]
    QTest.keyClicks(field, "moon")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(went) == 1
    nothing.close()
