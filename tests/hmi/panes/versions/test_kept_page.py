"""What users, roles and settings were: every change, and the way back to one, with a reason."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hmi.domain.roles import ADMIN, VISITOR, User
from hmi.panes.versions.kept_page import KeptPage
from hmi.panes.versions.view import VersionsView
from hmi.services.port import Frame, KeptChange, ReadKeptHistory, ReadVersions, RefusedError, TakeUpKept
from tests.support.panes import Stage, stage

CHANGES = (
    KeptChange("user", 9, 9_000_000, "Ann", "User", "Olga", "deleted", can_take_up=False),
    KeptChange("setting", 8, 8_000_000, "Ann", "Settings", "Rules of signing in", "View only after: 15 → 3", True),
    KeptChange("setting", 7, 7_999_999, "", "Settings", "Rules of signing in", "View only after: 15", True),
)


def page_of(qtbot: QtBot, set_up: Stage) -> KeptPage:
    set_up.port.answers[ReadKeptHistory] = CHANGES
    set_up.port.answers[ReadVersions] = ()
    view = VersionsView(set_up.context)
    set_up.at_end.append(view.hide)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    button(view, "Users, roles and settings").click()
    set_up.until(lambda: set_up.context.tasks.count == 0)
    return view.kept


def button(view: VersionsView | KeptPage, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text)


def shown(page: KeptPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


def test_every_change_is_told_and_one_is_taken_up_again_with_a_reason(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        page = page_of(qtbot, set_up)
        cells = [[page.changes.item(row, column).text() for column in (0, 1, 3, 4)] for row in (1, 2)]  # type: ignore[union-attr]  # just shown
        assert cells[0][1:] == ["Ann", "Rules of signing in", "View only after: 15 → 3"]
        assert cells[1][:2] == ["before", "–"]
        assert not page.back.isEnabled()
        page.changes.selectRow(0)
        assert not page.back.isEnabled(), "what was deleted has nothing to go back to"
        assert "Olga was deleted here: choose the change before it." in shown(page)
        page.changes.selectRow(2)
        page.back.click()
        line = next(each for each in page.findChildren(QLineEdit) if each.accessibleName().startswith("Why is"))
        QTest.keyClicks(line, "Too short")
        set_up.port.answers[TakeUpKept] = RefusedError("Rules of signing in was changed meanwhile. Look again.")
        button(page, "Take it up again").click()
        set_up.until(lambda: any("changed meanwhile" in text for text in shown(page)))
        set_up.port.answers[TakeUpKept] = None
        page.back.click()
        QTest.keyClicks(line, "Too short")
        button(page, "Take it up again").click()
        set_up.until(lambda: "Rules of signing in is as it was." in shown(page))
        assert set_up.port.last(TakeUpKept) == TakeUpKept("setting", 7, 9_000_000, "Too short")


def test_it_is_found_by_name(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        page = page_of(qtbot, set_up)
        QTest.keyClicks(page.name, "olga")
        set_up.until(lambda: set_up.port.last(ReadKeptHistory).name == "olga")


def test_who_may_not_sees_nothing_of_it(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up)
        assert set_up.port.count(ReadKeptHistory) == 0
        assert page.changes.rowCount() == 0
        assert not page.back.isVisibleTo(page)
        assert "Only administrators look at what users and settings were." in shown(page)


def test_who_signs_out_takes_it_along(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        page = page_of(qtbot, set_up)
        assert page.changes.rowCount() == 3
        set_up.mirror.take(Frame(user=VISITOR))
        set_up.until(lambda: page.changes.rowCount() == 0)
