"""The history workspace as people use it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hmi.domain.roles import LOCAL_ADMIN, VISITOR
from hmi.panes.archive.view import ArchiveView
from hmi.services.port import (
    CancelJob,
    ChangeRetention,
    Frame,
    JobState,
    ListImports,
    PlanRetention,
    SaveRowErrors,
    StartBackup,
    StartExport,
    StartImport,
    StartVerify,
    UndoImport,
)
from tests.hmi.panes.archive.archive_stage import JOB, LOSSES, NOON_US, answer, job, wide_file
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL

ARROW_PX = 26


def view_of(qtbot: QtBot, set_up: Stage) -> ArchiveView:
    answer(set_up.port)
    view = ArchiveView(set_up.context)
    qtbot.addWidget(view)
    set_up.at_end.append(view.hide)
    view.resize(1200, 800)
    view.show()
    set_up.until(lambda: view._presenter.state is not None)
    set_up.until(lambda: view._overview._files.rowCount() == 2)
    return view


def button(view: QWidget, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text and each.isVisible())


def test_a_job_is_watched_and_cancelled(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(jobs=(job(JobState.RUNNING, done=1, total=4),)))
        set_up.until(lambda: view._overview._jobs._table.rowCount() == 1)
        bar = view._overview._jobs._table.cellWidget(0, 2)
        assert bar.accessibleName() == "Import in.csv: 25 %"
        button(view, "Cancel").click()
        set_up.until(lambda: set_up.port.count(CancelJob) == 1)
        asked = set_up.port.count(ListImports)
        set_up.mirror.take(Frame(jobs=(job(JobState.CANCELLED, "Cancelled."),)))
        set_up.until(lambda: view._overview._jobs._table.cellWidget(0, 2) is None)
        set_up.until(lambda: set_up.port.count(ListImports) > asked)


def test_verify_and_backup_begin_jobs(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Verify").click()
        set_up.until(lambda: set_up.port.count(StartVerify) == 1)
        view._start(view._presenter.back_up(tmp_path), "Back up")
        set_up.until(lambda: StartBackup(tmp_path) in set_up.port.asked)


def test_an_undo_is_asked_about_first(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Undo…").click()
        question = view.findChild(QMessageBox)
        assert question is not None
        assert "october.csv" in question.informativeText() + question.text()
        assert set_up.port.count(UndoImport) == 0
        question.button(QMessageBox.StandardButton.Yes).click()
        set_up.until(lambda: UndoImport(2) in set_up.port.asked)


def test_retention_is_typed_checked_and_saved(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        field = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == "Every reading, days")
        save = button(view, "Save…")
        assert not save.isEnabled()
        field.selectAll()
        QTest.keyClicks(field, "0")
        fault = view._overview._retention._fields["raw_days"][2]
        assert fault.text() == "◆ A whole number from 1 to 36,500."
        assert not save.isEnabled()
        field.selectAll()
        QTest.keyClicks(field, "30")
        save.click()
        set_up.until(lambda: set_up.port.count(ChangeRetention) == 1)
        assert set_up.port.last(ChangeRetention).settings.raw_days == 30


def test_what_would_go_is_asked_about_before_it_goes(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[PlanRetention] = LOSSES
        field = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == "Every reading, days")
        field.selectAll()
        QTest.keyClicks(field, "1")
        for answer_ in (QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Yes):
            assert set_up.port.count(ChangeRetention) == 0
            button(view, "Save…").click()
            set_up.until(lambda: any(each.isVisible() for each in view.findChildren(QMessageBox)))
            question = next(each for each in view.findChildren(QMessageBox) if each.isVisible())
            assert question.defaultButton() is question.button(QMessageBox.StandardButton.Cancel)
            assert question.button(QMessageBox.StandardButton.Yes).text() == "Delete 8,000 readings"
            question.button(answer_).click()
        set_up.until(lambda: set_up.port.count(ChangeRetention) == 1)
        assert set_up.port.last(ChangeRetention).settings.raw_days == 1


def test_an_import_from_file_to_result(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.read_from(wide_file(tmp_path))
        page = view._import
        set_up.until(lambda: page._rows.rowCount() == 2)
        unit = next(each for each in page.findChildren(QComboBox) if each.accessibleName() == "Unit of Tank level [cm]")
        unit.setCurrentIndex(unit.findText("mm"))
        unit.activated.emit(unit.currentIndex())
        set_up.until(lambda: page._rows.model().index(0, 1).data() == "0.2505")
        button(view, "Import").click()
        set_up.until(lambda: set_up.port.count(StartImport) == 1)
        set_up.mirror.take(Frame(jobs=(job(JobState.RUNNING, done=1, total=2),)))
        set_up.until(lambda: page._bar.value() == 50)
        set_up.mirror.take(Frame(jobs=(job(JobState.DONE, "2 readings taken. 3 faults: see the list."),)))
        set_up.until(lambda: page._faults.rowCount() == 1)
        assert page._words.text() == "2 readings taken. 3 faults: see the list."
        assert page._faults_title.text() == "Faults: 3 · the first 1 are listed"
        view._save_faults(tmp_path / "faults.csv")
        set_up.until(lambda: SaveRowErrors(JOB, tmp_path / "faults.csv") in set_up.port.asked)
        button(view, "Close").click()
        set_up.until(lambda: view._stack.currentWidget() is view._overview)


def test_a_zone_may_be_typed(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.read_from(wide_file(tmp_path))
        set_up.until(lambda: view._import._rows.rowCount() == 2)
        field = view._import._reading._typed
        for zone, words in (("Asia/Nowhere", "no time zone Asia/Nowhere"), ("Asia/Tokyo", "")):
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, zone)
            QTest.keyClick(field, Qt.Key.Key_Return)
            set_up.until(lambda words=words: words in view._import._fault.text())  # type: ignore[misc]  # bound now
        set_up.until(lambda: view._import._rows.rowCount() == 2)
        flow = view._presenter.importing
        assert flow is not None
        assert flow.plan is not None
        assert flow.plan.zone.key == "Asia/Tokyo"
        assert flow.preview is not None
        assert flow.preview.rows[0].time_us == NOON_US + 3 * 3_600_000_000


def test_a_failed_import_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.read_from(wide_file(tmp_path))
        set_up.until(lambda: view._import._rows.rowCount() == 2)
        button(view, "Import").click()
        set_up.until(lambda: set_up.port.count(StartImport) == 1)
        set_up.mirror.take(Frame(jobs=(job(JobState.FAILED, "The disk is full."),)))
        set_up.until(lambda: view._import._fault.text() == "◆ The disk is full.")


def test_an_export_by_keyboard(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        assert not view._overview._import.isEnabled()
        button(view, "Export…").click()
        page = view._export
        set_up.until(lambda: page._tags.count() > 0)
        set_up.until(page._search.hasFocus)
        page._search.selectAll()
        QTest.keyClicks(page._search, "tank")
        assert page._tags.count() == 1
        assert not page._export.isEnabled()
        page._tags.setCurrentRow(0)
        QTest.keyClick(page._tags, Qt.Key.Key_Space)
        set_up.until(page._export.isEnabled)
        set_up.until(lambda: "1,300,000" in page._words.text())
        button(page, "Last 7 days").click()
        view.export_to(tmp_path / "out.csv")
        set_up.until(lambda: set_up.port.count(StartExport) == 1)
        assert set_up.port.last(StartExport).tags == (LEVEL,)


def test_nothing_is_cut_in_a_small_window(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.resize(1306, 618)
        path = tmp_path / "in.csv"
        lines = [f"2026-01-31 12:00:0{row}.250,{row},{row}" for row in range(3)]
        path.write_text("\n".join(["time,Tank level [cm],Sóller borehole", *lines, "never,1,1"]), encoding="utf-8")
        view.read_from(path)
        set_up.until(lambda: view._import._rows.rowCount() == 3 and view._import._faults.rowCount() == 1)
        for table, wraps in (
            (view._import._rows, ()),
            (view._import._faults, (2, 3)),
            (view._import._columns._table, (3, 4)),
        ):
            for column in range(table.columnCount()):
                if table.isColumnHidden(column):
                    continue
                size = table.horizontalHeader().sectionSize(column)
                assert size >= table.horizontalHeader().sectionSizeHint(column), column
                assert column in wraps or size >= table.sizeHintForColumn(column), column
        boxes = [each for each in view._import.findChildren(QComboBox) if each.currentText()]

        def cut() -> list[tuple[str, int]]:
            shown = [each for each in boxes if each.isVisible()]
            wants = {each: each.fontMetrics().horizontalAdvance(each.currentText()) + ARROW_PX for each in shown}
            return [(each.currentText(), each.width()) for each, wanted in wants.items() if wanted > each.width()]

        set_up.until(lambda: not cut())


def test_every_field_has_a_name_for_readers(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.read_from(wide_file(tmp_path))
        set_up.until(lambda: view._import._rows.rowCount() == 2)
        for kind in (QComboBox, QLineEdit, QPushButton):
            nameless = [each for each in view.findChildren(kind) if not each.accessibleName() and each.isVisible()]
            assert nameless == []
