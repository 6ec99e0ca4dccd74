from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from hmi.ui.shortcuts import ON_IT, WITHIN, shortcut


def test_a_key_acts_where_its_owner_has_the_focus_and_nowhere_else(qtbot: QtBot) -> None:
    window, owner, inside, outside = QWidget(), QWidget(), QLineEdit(), QLineEdit()
    within: list[str] = []
    QVBoxLayout(owner).addWidget(inside)
    layout = QVBoxLayout(window)
    layout.addWidget(owner)
    layout.addWidget(outside)
    owner.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(window)
    shortcut(Qt.Key.Key_F7, owner, lambda: within.append("within"), WITHIN)
    shortcut("Ctrl+K", owner, lambda: within.append("on it"), ON_IT)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for focus, wanted in ((outside, []), (inside, ["within"]), (owner, ["within", "on it"])):
        within.clear()
        focus.setFocus()
        QTest.keyClick(focus, Qt.Key.Key_F7)
        QTest.keyClick(focus, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert within == wanted
