"""Substituted values at the faceplate: seen by all, begun and ended by who may, refused in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from drivers.api import Quality
from hmi.domain.roles import MAINTENANCE, VISITOR, User
from hmi.domain.substitutions import Substitution
from hmi.panes.faceplate.view import FaceplateView
from hmi.services.port import EndSubstitution, Frame, ReadHistory, RefusedError, SubstituteValue, Upkeep
from hmi.ui.reading_list import SUBSTITUTED_MARK, ReadingList
from tests.support.fake_port import live
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL, TAGS

RITA = User("Rita", MAINTENANCE)
STANDING = Substitution(TAGS[LEVEL].id, 3.5, "Rita", "Sensor iced up", 1, 2_000_000_000_000_000)


def view_of(qtbot: QtBot, set_up: Stage) -> FaceplateView:
    set_up.port.answers[ReadHistory] = RefusedError("no history here")
    view = FaceplateView(set_up.context)
    qtbot.addWidget(view)
    view.resize(360, 900)
    view.show()
    set_up.until(lambda: set_up.context.tasks.count == 0)
    return view


def shown(view: FaceplateView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def button(view: FaceplateView, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text)


def line(view: FaceplateView, name: str) -> QLineEdit:
    return next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name)


def test_begun_with_value_reason_and_time(qtbot: QtBot) -> None:
    with stage(RITA) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Substitute a value…").click()
        tags = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Tag")
        names = [tags.itemText(row) for row in range(tags.count())]
        assert "Tank level" in names
        assert "Pump 1 start" not in names, "a command is no measured value"
        tags.setCurrentIndex(names.index("Tank level"))
        tags.activated.emit(tags.currentIndex())
        assert line(view, "Value").placeholderText() == "0 to 5 m"
        QTest.keyClicks(line(view, "Value"), "3.5")
        QTest.keyClicks(line(view, "Reason"), "Sensor iced up")
        QTest.keyClick(line(view, "Reason"), Qt.Key.Key_Return)
        assert set_up.port.count(SubstituteValue) == 0, "Enter substituted"
        set_up.port.answers[SubstituteValue] = RefusedError("9 is outside the tag's range.")
        button(view, "Substitute").click()
        set_up.until(lambda: any("outside the tag's range" in text for text in shown(view)))
        assert line(view, "Value").text() == "3.5", "what was typed is gone"
        set_up.port.answers[SubstituteValue] = None
        button(view, "Substitute").click()
        set_up.until(lambda: not line(view, "Value").isVisibleTo(view))
        assert set_up.port.last(SubstituteValue) == SubstituteValue(TAGS[LEVEL].id, "3.5", "Sensor iced up", 28_800.0)


def test_seen_by_everybody_and_ended_by_who_may(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        assert not any("Substituted values" in text for text in shown(view))
        set_up.mirror.take(Frame(upkeep=Upkeep((STANDING,))))
        set_up.until(lambda: any("Tank level: 3.5 m by Rita" in text for text in shown(view)))
        assert "Sensor iced up" in shown(view)
        assert not any(each.text() == "End" for each in view.findChildren(QPushButton))
        set_up.mirror.take(Frame(user=RITA))
        button(view, "End").click()
        set_up.until(lambda: set_up.port.count(EndSubstitution) == 1)
        set_up.mirror.take(Frame(upkeep=Upkeep()))
        assert not any("Tank level: 3.5 m" in text for text in shown(view))


def test_a_substituted_value_is_marked(qtbot: QtBot) -> None:
    with stage(RITA) as set_up:
        view = view_of(qtbot, set_up)
        readings = next(each for each in view.findChildren(ReadingList) if "Tank level" in each.accessibleDescription())
        before = readings.grab().toImage()
        set_up.mirror.take(live({LEVEL: 2.0}, quality=Quality.SUBSTITUTED))
        assert "Substituted" in readings.accessibleDescription()
        assert readings.grab().toImage() != before, "it looks like a measured value"
        assert SUBSTITUTED_MARK == "✎"
