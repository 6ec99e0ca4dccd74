"""The setup of command sequences: steps added, moved, taken off; saved, refused and deleted."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from hmi.domain.roles import ADMIN, User
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.panes.control_records.view import ControlRecordsView
from hmi.services.port import ConflictError, DeleteSequence, Frame, ReadStandsAt, RefusedError, SaveSequence
from tests.support.panes import Stage, stage
from tests.support.plants import CATALOGUE, LEVEL_SETPOINT, PUMP, STATION

ADA = User("Ada", ADMIN)
KNOWN = CommandSequence(UUID(int=700), STATION.id, "Start up", (SequenceStep(PUMP.id, 1.0),))


def view_of(qtbot: QtBot, set_up: Stage) -> ControlRecordsView:
    set_up.port.answers[ReadStandsAt] = frozenset()
    set_up.mirror.take(Frame(catalogue=replace(CATALOGUE, sequences=(KNOWN,))))
    view = ControlRecordsView(set_up.context)
    qtbot.addWidget(view)
    view.resize(1000, 800)
    view.show()
    set_up.until(lambda: set_up.context.tasks.count == 0)
    button(view, "Sequences").click()
    return view


def button(view: ControlRecordsView, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text)


def steps(view: ControlRecordsView) -> list[str]:
    found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Steps")
    return [found.item(row).text() for row in range(found.count())]


def line(view: ControlRecordsView, name: str) -> QLineEdit:
    return next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name)


def shown(view: ControlRecordsView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def add_command(view: ControlRecordsView, control: UUID, value: str) -> None:
    box = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Control")
    row = next(row for row in range(box.count()) if box.itemData(row) == control)
    box.setCurrentIndex(row)
    box.activated.emit(row)
    next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Value").setEditText(value)
    button(view, "Add command").click()


def test_made_of_commands_and_hold_points(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Add sequence").click()
        set_up.until(lambda: "New sequence" in shown(view))
        QTest.keyClicks(line(view, "Name of the sequence"), "Take over")
        add_command(view, LEVEL_SETPOINT.id, "2.5 bar")
        set_up.until(lambda: any("The unit here is m, not bar." in text for text in shown(view)))
        add_command(view, LEVEL_SETPOINT.id, "2.5")
        add_command(view, PUMP.id, "Running")
        QTest.keyClicks(line(view, "What to look at"), "Is it calm?")
        button(view, "Add hold point").click()
        set_up.until(lambda: len(steps(view)) == 3)
        assert steps(view) == ["1. Level setpoint → 2.5 m", "2. Pump 1 → Running", "3. Hold: Is it calm?"]
        found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Steps")
        found.setCurrentRow(2)
        button(view, "Up").click()
        assert steps(view)[1] == "2. Hold: Is it calm?"
        assert found.currentRow() == 1
        button(view, "Save sequence").click()
        set_up.until(lambda: "Take over is saved." in shown(view))
        asked = set_up.port.last(SaveSequence)
        assert (asked.sequence.name, asked.seen) == ("Take over", 0)
        assert asked.sequence.steps == (
            SequenceStep(LEVEL_SETPOINT.id, 2.5),
            SequenceStep(None, text="Is it calm?"),
            SequenceStep(PUMP.id, 1.0),
        )


def test_changed_with_what_another_did_in_sight_and_deleted_after_a_question(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Sequences")
        found.itemClicked.emit(found.item(0))
        set_up.until(lambda: steps(view) == ["1. Pump 1 → Running"])
        add_command(view, PUMP.id, "Stopped")
        set_up.port.answers[SaveSequence] = ConflictError("Meanwhile changed by Ben.", 9)
        button(view, "Save sequence").click()
        set_up.until(lambda: any("Meanwhile changed by Ben." in text for text in shown(view)))
        set_up.port.answers[SaveSequence] = RefusedError("Step 2: no.")
        button(view, "Save sequence").click()
        set_up.until(lambda: any("Step 2: no." in text for text in shown(view)))
        assert [each.seen for each in set_up.port.asked if isinstance(each, SaveSequence)] == [CATALOGUE.version, 9]
        button(view, "Delete sequence…").click()
        assert set_up.port.count(DeleteSequence) == 0
        button(view, "Delete Start up").click()
        set_up.until(lambda: set_up.port.count(DeleteSequence) == 1)


def test_the_question_whether_to_delete_is_about_the_sequence_it_was_put_for(qtbot: QtBot) -> None:
    other = CommandSequence(UUID(int=701), STATION.id, "Shut down", (SequenceStep(PUMP.id, 0.0),))
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(catalogue=replace(CATALOGUE, sequences=(KNOWN, other))))
        found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Sequences")
        set_up.until(lambda: found.count() == 2)
        found.itemClicked.emit(found.item(0))
        set_up.until(lambda: steps(view) == ["1. Pump 1 → Running"])
        button(view, "Delete sequence…").click()
        set_up.until(lambda: button(view, "Delete Start up").isVisibleTo(view))
        found.itemClicked.emit(found.item(1))
        set_up.until(lambda: steps(view) == ["1. Pump 1 → Stopped"])
        assert not button(view, "Delete Shut down").isVisibleTo(view)
        assert set_up.port.count(DeleteSequence) == 0


def test_a_draft_keeps_to_its_station_while_another_is_looked_at(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        found = next(each for each in view.findChildren(QListWidget) if each.accessibleName() == "Sequences")
        found.itemClicked.emit(found.item(0))
        set_up.until(lambda: "Start up" in shown(view))
        QTest.keyClicks(line(view, "Name of the sequence"), " 2")
        set_up.context.navigator.select_station(None)
        set_up.until(lambda: f"Start up 2 · {STATION.name}" in shown(view))
        box = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Control")
        assert PUMP.id in [box.itemData(row) for row in range(box.count())]
