"""PySide6 6.12 on Python 3.11 drops a reference to None at each void call and aborts after some 5,000 of them."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 20_000


def test_twenty_thousand_void_calls_leave_none_alone(qtbot: QtBot) -> None:
    label, plain = QLabel(), QObject()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(CALLS // 2):
        label.setText(str(number))
        plain.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < CALLS // 20
