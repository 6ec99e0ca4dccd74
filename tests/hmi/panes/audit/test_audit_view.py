from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QTableWidget

from hmi.domain.roles import ADMIN, OPERATOR, User
from hmi.panes.audit.view import AuditView
from hmi.services import port
from hmi.services.port import AnchorState, AuditCheck, AuditPage, AuditProof, AuditRecord, AuditState
from tests.support.panes import Stage, stage

PLACE = AnchorState("the folder audit_anchors", "That the journal alone was not altered.", 1, 40)
STATE = AuditState(count=42, first=1, head="ab" * 32, proof=AuditProof.KEYED, anchors=(PLACE,))


def record(seq: int) -> AuditRecord:
    return AuditRecord(
        seq, seq * 1_000_000, "alarm", "Ann", "operator", f"Pump {seq}", "North", "", "", "", "done", (),
        (("user", "Ann"), ("target", f"Pump {seq}")), "cd" * 32,
    )  # fmt: skip


@contextmanager
def shown(user: User | None = None) -> Iterator[tuple[AuditView, Stage]]:
    with stage(user or User("Maria", ADMIN)) as set_up:
        rows = tuple(record(seq) for seq in range(42, 22, -1))
        set_up.port.answers = {
            port.ReadAuditState: STATE,
            port.ReadAudit: AuditPage(rows, 42, ("Ann",), ("North",), has_older=True),
        }
        view = AuditView(set_up.context)
        set_up.at_end.append(view.hide)
        view.resize(1200, 700)
        view.show()
        if user is None:
            set_up.until(lambda: view.record.table.model().rowCount() == 20)
        yield view, set_up


pytestmark = pytest.mark.usefixtures("qapp")


def test_rows_and_what_the_chosen_one_says_are_shown() -> None:
    with shown() as (view, set_up):
        assert cell(view.record.detail, 0, 1) == "42"
        view.record.table.selectRow(3)
        set_up.until(lambda: cell(view.record.detail, 0, 1) == "39")
        assert view.record.headline.text() == "42 rows"
        assert (view.record.older.isEnabled(), view.record.newer.isEnabled()) == (True, False)


def test_typing_asks_for_words_after_a_moment() -> None:
    with shown() as (view, set_up):
        QTest.keyClicks(view.record.filter.text, "pump")
        set_up.until(lambda: set_up.port.last(port.ReadAudit).question.text == "pump")


def test_a_finding_is_shown_in_words_and_the_check_begins_with_its_button() -> None:
    with shown() as (view, set_up):
        bad = AuditCheck(1, "Row 7: it does not follow the row before it.", False, 7)
        set_up.port.answers[port.ReadAuditState] = replace(STATE, check=bad)
        QTest.mouseClick(view.record.verify, Qt.MouseButton.LeftButton)
        set_up.until(lambda: "Row 7" in view.record.state.fault.text())
        assert set_up.port.count(port.VerifyAudit) == 1


def test_who_may_not_look_is_told_and_sees_nothing() -> None:
    with shown(User("Olga", OPERATOR)) as (view, set_up):
        set_up.until(view.record.refused.isVisible)
        assert not view.record.table.isVisible()
        assert not view.record.export.isVisible()
        assert set_up.port.asked == []


def test_how_it_is_kept_is_typed_and_saved() -> None:
    with shown() as (view, set_up):
        QTest.mouseClick(view.record.keeping, Qt.MouseButton.LeftButton)
        assert view.keeping.isVisible()
        assert cell(view.keeping.places, 0, 0) == "the folder audit_anchors"
        line, fault = view.keeping._lines["syslog"]
        QTest.keyClicks(line, "nowhere")
        set_up.until(lambda: "host and a port" in fault.text())
        assert not view.keeping.save.isEnabled()
        line.clear()
        QTest.keyClicks(line, "local")
        set_up.until(view.keeping.save.isEnabled)
        QTest.mouseClick(view.keeping.save, Qt.MouseButton.LeftButton)
        set_up.until(lambda: set_up.port.count(port.SaveAuditSettings) == 1)
        QTest.keyClick(view.keeping, Qt.Key.Key_Escape)
        set_up.until(view.record.isVisible)


def test_a_new_key_is_asked_about_and_enter_leaves_all_as_it_is() -> None:
    with shown() as (view, set_up):
        set_up.port.answers[port.ReadAuditState] = replace(STATE, proof=AuditProof.MISSING)
        view._ask()
        QTest.mouseClick(view.record.keeping, Qt.MouseButton.LeftButton)
        set_up.until(view.keeping.renew.isVisible)
        QTest.mouseClick(view.keeping.renew, Qt.MouseButton.LeftButton)
        QTest.keyClick(question_of(view), Qt.Key.Key_Return)
        set_up.until(lambda: not questions(view))
        assert set_up.port.count(port.RenewAuditKey) == 0
        QTest.mouseClick(view.keeping.renew, Qt.MouseButton.LeftButton)
        yes = question_of(view).button(QMessageBox.StandardButton.Yes)
        QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
        set_up.until(lambda: set_up.port.count(port.RenewAuditKey) == 1)


def test_another_record_is_begun_with_a_reason_and_after_a_question() -> None:
    with shown() as (view, set_up):
        bad = AuditCheck(1, "Row 7: it does not follow the row before it.", False, 7)
        set_up.port.answers[port.ReadAuditState] = replace(STATE, check=bad)
        view._ask()
        QTest.mouseClick(view.record.keeping, Qt.MouseButton.LeftButton)
        set_up.until(lambda: view.keeping.anew.isVisibleTo(view))
        assert not view.keeping.anew.isEnabled()
        QTest.keyClicks(view.keeping.reason, "disk exchanged")
        set_up.until(view.keeping.anew.isEnabled)
        view.keeping.anew.click()
        QTest.mouseClick(question_of(view).button(QMessageBox.StandardButton.Yes), Qt.MouseButton.LeftButton)
        set_up.until(lambda: set_up.port.count(port.BeginAuditAnew) == 1)
        assert set_up.port.last(port.BeginAuditAnew).reason == "disk exchanged"


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def questions(view: AuditView) -> list[QMessageBox]:
    return [each for each in view.findChildren(QMessageBox) if each.isVisible()]


def question_of(view: AuditView) -> QMessageBox:
    (question,) = questions(view)
    return question
