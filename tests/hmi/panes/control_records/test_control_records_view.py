"""The setup of controls: opened, edited, saved with its faults at their fields, deleted after a question."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from hmi.config.control_checks import ControlFault
from hmi.domain.commands import ControlKind, SafetyLevel
from hmi.domain.control_drafts import control_draft_of
from hmi.domain.roles import ADMIN, OPERATOR, User
from hmi.panes.control_records.view import ControlRecordsView
from hmi.services.port import (
    CheckControl,
    ConflictError,
    DeleteControl,
    ReadStandsAt,
    RefusedError,
    SaveControl,
    SetStandsAt,
)
from tests.support.panes import Stage, stage
from tests.support.plants import CATALOGUE, IN_USE, PUMP, READY, SETPOINT, STATION, TAGS, TRIP

ADA = User("Ada", ADMIN)


def view_of(qtbot: QtBot, set_up: Stage) -> ControlRecordsView:
    set_up.port.answers[CheckControl] = ()
    set_up.port.answers[ReadStandsAt] = frozenset()
    view = ControlRecordsView(set_up.context)
    qtbot.addWidget(view)
    view.resize(1000, 900)
    view.show()
    set_up.until(lambda: set_up.context.tasks.count == 0)
    return view


def controls(view: ControlRecordsView) -> QListWidget:
    return next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Controls")


def open_pump(set_up: Stage, view: ControlRecordsView) -> None:
    controls(view).itemClicked.emit(controls(view).item(0))
    set_up.until(lambda: line(view, "Name").text() == "Pump 1")


def button(view: ControlRecordsView, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text)


def line(view: ControlRecordsView, name: str) -> QLineEdit:
    return next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name)


def combo(view: ControlRecordsView, name: str) -> QComboBox:
    return next(each for each in view.findChildren(QComboBox) if each.accessibleName() == name)


def pick(view: ControlRecordsView, name: str, data: object) -> None:
    box = combo(view, name)
    row = next(row for row in range(box.count()) if box.itemData(row) == data)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def shown(view: ControlRecordsView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def test_opened_edited_and_saved(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        assert controls(view).item(0).text() == "Pump 1\nPump or motor · Pump 1"
        open_pump(set_up, view)
        pick(view, "Takes", SafetyLevel.SECOND_PERSON)
        line(view, "Readback within, s").clear()
        QTest.keyClicks(line(view, "Readback within, s"), "20")
        button(view, "Save").click()
        set_up.until(lambda: "Pump 1 is saved." in shown(view))
        expected = replace(control_draft_of(CATALOGUE, PUMP), level=SafetyLevel.SECOND_PERSON, timeout_s="20")
        assert set_up.port.last(SaveControl) == SaveControl(expected)
        assert type(set_up.port.last(SaveControl).draft.level) is SafetyLevel, "Qt makes a plain text of it"


def test_a_fault_stands_at_its_field_and_nothing_is_saved(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        open_pump(set_up, view)
        set_up.port.answers[CheckControl] = (ControlFault("name", "Give it a name."),)
        line(view, "Name").clear()
        line(view, "Name").textEdited.emit("")
        button(view, "Save").click()
        set_up.until(lambda: any("Give it a name." in text for text in shown(view)))
        assert set_up.port.count(SaveControl) == 0


def test_what_another_changed_is_said_and_a_second_save_goes_over_it(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        open_pump(set_up, view)
        pick(view, "Takes", SafetyLevel.PASSWORD)
        set_up.port.answers[SaveControl] = ConflictError("Meanwhile changed by Ben.", 17)
        button(view, "Save").click()
        set_up.until(lambda: any("Meanwhile changed by Ben." in text for text in shown(view)))
        set_up.port.answers[SaveControl] = None
        button(view, "Save").click()
        set_up.until(lambda: set_up.port.count(SaveControl) == 2)
        assert set_up.port.last(SaveControl).draft.version == 17


def test_a_new_setpoint_begins_with_the_range_of_its_tag(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Add control").click()
        set_up.until(lambda: "New control" in shown(view))
        pick(view, "Kind", ControlKind.SETPOINT)
        set_up.until(lambda: line(view, "Highest value").isVisibleTo(view))
        pick(view, "Written to", TAGS[SETPOINT].id)
        pick(view, "Confirmed by", TAGS[IN_USE].id)
        set_up.until(lambda: line(view, "Highest value").text() == "5")
        assert line(view, "Unit").text() == "m"


def test_conditions_are_added_and_taken_off(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        open_pump(set_up, view)
        found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "True to start")
        assert [found.item(row).text() for row in range(found.count())] == [TAGS[READY].name]
        pick(view, "Add to: True to start", TAGS[TRIP].id)
        set_up.until(lambda: found.count() == 2)
        found.setCurrentRow(0)
        take_off = "Take off from: True to start"
        next(each for each in view.findChildren(QPushButton) if each.accessibleName() == take_off).click()
        set_up.until(lambda: [found.item(row).text() for row in range(found.count())] == [TAGS[TRIP].name])


def test_deleted_after_a_question(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        open_pump(set_up, view)
        button(view, "Delete…").click()
        set_up.until(lambda: button(view, "Delete control").isVisibleTo(view))
        assert set_up.port.count(DeleteControl) == 0
        set_up.port.answers[DeleteControl] = RefusedError("The sequence Start up uses it.")
        button(view, "Delete control").click()
        set_up.until(lambda: any("Start up uses it" in text for text in shown(view)))
        set_up.port.answers[DeleteControl] = None
        button(view, "Delete…").click()
        set_up.until(lambda: button(view, "Delete control").isVisibleTo(view))
        button(view, "Delete control").click()
        set_up.until(lambda: "Choose a control, or add one." in shown(view))
        assert set_up.port.last(DeleteControl) == DeleteControl(PUMP.id)


def test_edits_are_not_lost_to_a_click_on_another(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        open_pump(set_up, view)
        pick(view, "Takes", SafetyLevel.PASSWORD)
        controls(view).itemClicked.emit(controls(view).item(1))
        set_up.until(lambda: any("Save this control first" in text for text in shown(view)))
        assert line(view, "Name").text() == "Pump 1"


def test_who_may_not_edit_only_looks(qtbot: QtBot) -> None:
    with stage(User("Olaf", OPERATOR)) as set_up:
        view = view_of(qtbot, set_up)
        assert not button(view, "Add control").isEnabled()
        open_pump(set_up, view)
        assert not line(view, "Name").isEnabled()
        assert not button(view, "Save").isEnabled()
        assert UUID(int=300) == PUMP.id


def test_where_the_computer_stands_is_said_here(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        here = next(each for each in view.findChildren(QCheckBox) if "stands there" in each.text())
        assert not here.isChecked()
        set_up.port.answers[ReadStandsAt] = frozenset({STATION.id})
        here.click()
        set_up.until(lambda: set_up.port.count(SetStandsAt) == 1 and set_up.context.tasks.count == 0)
        assert set_up.port.last(SetStandsAt) == SetStandsAt(STATION.id, True)
        assert here.isChecked()
