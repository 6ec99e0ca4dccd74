from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from hmi.ui.tab_pages import TabPages


def test_one_page_is_in_sight_and_its_tab_is_the_pressed_one(qtbot: QtBot) -> None:
    tabs = TabPages("Setup")
    qtbot.addWidget(tabs)
    one, two, aside = QLabel("1"), QLabel("2"), QLabel("aside")
    tabs.add("One", one)
    tabs.add("Two", two)
    tabs.set_aside(aside)
    tabs.show()
    buttons = tabs.findChildren(QPushButton)
    assert (tabs.page, [button.isChecked() for button in buttons]) == (one, [True, False])
    turned: list[int] = []
    tabs.turned.connect(turned.append)
    QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert (tabs.page, turned) == (two, [1])
    tabs.show_page(one)
    assert [button.isChecked() for button in buttons] == [True, False]
    tabs.set_label(two, "Second")
    assert (buttons[1].text(), buttons[1].accessibleName()) == ("Second", "Second")
    assert aside.isVisible()
