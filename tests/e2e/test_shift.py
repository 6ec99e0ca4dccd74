"""What one shift leaves to the next, in the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from hmi.config.profile import open_profile
from hmi.domain.roles import LOCAL_ADMIN
from hmi.panes.shift_log.view import ShiftLogView
from hmi.ui.navigator import Workspace
from tests.support.program import Program
from tests.support.qt_loop import qt_loop

FAR_US = 10**16


@contextmanager
def program_without_plant(qtbot: QtBot, folder: Path) -> Iterator[Program]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with qt_loop(app) as loop:
        program = Program(qtbot, loop, open_profile(folder), LOCAL_ADMIN)
        program.start(lambda _services: None)
        try:
            yield program
        finally:
            program.stop()


def view_of(program: Program) -> ShiftLogView:
    view = program.assembly.frames["shift_log"].view
    assert isinstance(view, ShiftLogView)
    return view


def rows(view: ShiftLogView, title: str) -> list[tuple[str, ...]]:
    found = [section for section in view._presenter.handover.sections() if section.title == title]
    return [row.cells for section in found for row in section.rows]


def test_one_shift_hands_over_and_the_next_one_reads_it_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    with program_without_plant(qtbot, tmp_path) as program:
        for key in ("clock", "disk"):
            program.port._loop.call_soon_threadsafe(program.services.alarms.report, key, "It is wrong.")
        bell = next(
            each for each in program.window.findChildren(QToolButton) if each.accessibleName().startswith("Inbox")
        )
        program.until(lambda: bell.text() == "2")
        program.press(bell)
        view = view_of(program)
        assert program.navigator.place.workspace is Workspace.SHIFT
        program.until(lambda: view.inbox.table.rowCount() == 2)
        program.press(view.inbox.all_read)
        program.until(lambda: bell.text() == "" and view.inbox.table.rowCount() == 0)

        view.tabs.show_page(view.log)
        program.until(view.log.line.text.isVisible)
        QTest.keyClicks(view.log.line.text, "Fence is open")
        QTest.keyClick(view.log.line.text, Qt.Key.Key_Return)
        program.until(lambda: [note.text for note in view._presenter.log.notes] == ["Fence is open"])
        view.log.table.selectRow(0)
        program.press(view.log.correct)
        view.log.line.text.clear()
        QTest.keyClicks(view.log.line.text, "Fence is closed again")
        program.press(view.log.line.write)
        program.until(lambda: len(view._presenter.log.notes) == 2)

        view.tabs.show_page(view.handover)
        program.until(lambda: len(rows(view, "Standing alarms")) == 2)
        QTest.keyClicks(view.handover.form.text, "Watch the disk")
        QTest.keyClicks(view.handover.form.taking_over, "Bo")
        program.press(view.handover.form.save)
        program.until(lambda: bool(rows(view, "Last handover")))
        view.handover.form.text.setPlainText("not saved yet")
    with program_without_plant(qtbot, tmp_path) as program:
        view = view_of(program)
        view._presenter.handover.want_between(1, FAR_US)  # another shift may just have begun
        program.navigator.show(Workspace.SHIFT)
        program.until(lambda: bool(rows(view, "Last handover")))
        assert rows(view, "Last handover")[0][1:] == ("Local administrator → Bo", "Watch the disk")
        assert len(rows(view, "Notes of the shift")) == 3
        (correction,) = [cells[2] for cells in rows(view, "Notes of the shift") if "Corrects" in cells[2]]
        assert correction.startswith("Fence is closed again\nCorrects “Fence is open”")
        assert rows(view, "Who wrote and operated") == [("Local administrator", "3", "0", "0")]
        assert view.handover.form.text.toPlainText() == "not saved yet"
