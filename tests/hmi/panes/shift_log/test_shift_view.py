"""The shift's workspace as an operator uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QLineEdit, QPlainTextEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from hmi.domain.roles import VISITOR
from hmi.panes.shift_log.view import ShiftLogView
from hmi.services.port import (
    MOST_HANDOVER,
    AddNote,
    AlarmChanges,
    Frame,
    InboxPage,
    InboxStatus,
    MarkInboxRead,
    NoteKind,
    NotePage,
    ReadInbox,
    ReadNotes,
    ReadShift,
    RefusedError,
)
from hmi.ui.navigator import Workspace
from hmi.ui.time_span import OWN
from tests.hmi.panes.alarms.alarm_rows import row
from tests.hmi.panes.shift_log.shift_rows import NOTES, missed, note, record
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL, LINK_LOST, STATION


@pytest.fixture
def set_up() -> Iterator[Stage]:
    with stage() as made:
        made.port.answers = {
            ReadShift: record,
            ReadNotes: NotePage(NOTES, 5, ("Ann", "Bo")),
            AddNote: None,
            ReadInbox: InboxPage(2, (missed(8), missed(5, LINK_LOST.id))),
            MarkInboxRead: 0,
        }
        yield made


def view_of(qtbot: QtBot, set_up: Stage, width: int = 772) -> ShiftLogView:
    view = ShiftLogView(set_up.context)
    qtbot.addWidget(view)
    set_up.at_end.append(view.hide)
    view.resize(width, 640)  # what is left between tree and faceplate on 1366 x 768
    view.show()
    return view


def button(view: QWidget, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text and each.isVisible())


def column(table: QWidget, number: int) -> list[str]:
    model = table.model()  # type: ignore[attr-defined]  # of a table of either kind
    return [str(model.index(each, number).data()) for each in range(model.rowCount())]


# ── handover ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_handover_shows_every_section_and_cuts_nothing(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    long = "the mechanic is on the way and takes the key from the office " * 4
    set_up.mirror.take(
        Frame(alarms=AlarmChanges((row(1), row(2, acknowledged_by="Bo", acknowledged_us=100, comment=long))))
    )
    set_up.until(lambda: bool(view.handover.cards) and view.handover.cards[1].table.rowCount() == 2)
    cards = view.handover.cards
    assert len(cards) == 10
    standing = cards[1].table
    set_up.until(lambda: standing.rowHeight(1) > 4 * standing.rowHeight(0))
    metrics = standing.fontMetrics()
    width = standing.columnWidth(5)
    needed = metrics.boundingRect(0, 0, width, 10_000, int(Qt.TextFlag.TextWordWrap), long).height()
    assert standing.rowHeight(1) >= needed
    for card in cards:
        rows = sum(card.table.rowHeight(each) for each in range(card.table.rowCount()))
        assert card.table.isHidden() or card.table.height() >= rows + card.table.horizontalHeader().height()
        assert card.width() <= view.handover.area.viewport().width(), "nothing is beyond the right edge"


def test_a_narrower_window_has_higher_rows(qtbot: QtBot, set_up: Stage) -> None:
    told = note(1, "It is a long story about a fence. " * 9)
    set_up.port.answers[ReadShift] = lambda request: replace(record(request), notes=(told,))
    view = view_of(qtbot, set_up, 1400)
    set_up.until(lambda: bool(view.handover.cards))
    table = view.handover.cards[6].table
    assert table.accessibleName() == "Notes of the shift"
    set_up.until(lambda: table.columnWidth(2) > 900 and table.rowHeight(0) < 60)
    view.resize(772, 640)
    set_up.until(lambda: table.rowHeight(0) > 90)
    assert table.height() > table.rowHeight(0)


def test_another_shift_is_read_when_it_is_chosen(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    set_up.until(lambda: bool(view.handover.cards))
    this = set_up.port.last(ReadShift)
    span = view.handover.span
    span.choice.setCurrentIndex(1)
    span.choice.activated.emit(1)
    set_up.until(lambda: set_up.port.last(ReadShift).end_us == this.start_us)
    span.choice.setCurrentIndex(span.choice.findData(OWN))
    span.choice.activated.emit(span.choice.currentIndex())
    assert span.start.isVisible()
    span.start.setDateTime(span.start.dateTime().addSecs(-3600))
    span.start.editingFinished.emit()
    set_up.until(lambda: set_up.port.last(ReadShift).start_us < this.start_us - 8 * 3_600_000_000)
    asked = set_up.port.count(ReadShift)
    span.end.setDateTime(span.start.dateTime().addSecs(-60))
    span.end.editingFinished.emit()
    assert view.handover._message.text() == "The end must come after the beginning."
    assert set_up.port.count(ReadShift) == asked


def test_the_next_shift_is_written_to(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    form = view.handover.form
    set_up.until(lambda: bool(view.handover.cards))
    assert not form.save.isEnabled()
    QTest.keyClicks(form.text, "Watch the press")
    QTest.keyClicks(form.taking_over, "Bo")
    set_up.port.answers[AddNote] = RefusedError("The journal cannot be written.")
    form.save.click()
    set_up.until(lambda: "cannot be written" in form._fault.text())
    assert form.text.toPlainText() == "Watch the press"
    set_up.port.answers[AddNote] = None
    form.save.click()
    set_up.until(lambda: form.text.toPlainText() == "")
    saved = set_up.port.last(AddNote)
    assert (saved.text, saved.kind, saved.station_id) == ("Watch the press", NoteKind.HANDOVER, None)
    assert (saved.handing_over, saved.taking_over) == ("Demo operator", "Bo")
    assert view.handover._message.text().startswith("Saved ")


def test_what_was_not_saved_comes_back_and_too_much_is_said(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.restore({"handover": 3, "taking_over": "Bo"})
    assert view.handover.form.text.toPlainText() == ""
    view.restore({"handover": "x" * (MOST_HANDOVER + 2), "taking_over": "Bo"})
    form = view.handover.form
    assert form._length.text() == "2 characters too many"
    assert not form.save.isEnabled()
    assert view.state() == {"handover": "x" * (MOST_HANDOVER + 2), "taking_over": "Bo"}


def test_it_is_exported_and_a_file_that_cannot_be_is_said(qtbot: QtBot, set_up: Stage, tmp_path: Path) -> None:
    view = view_of(qtbot, set_up)
    page = view.handover
    set_up.until(page.pdf.isEnabled)
    page.pdf_to(tmp_path / "a.pdf")
    set_up.until((tmp_path / "a.pdf").is_file)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    page.export_to(tmp_path / "a.html")
    set_up.until((tmp_path / "a.html").is_file)
    page.pdf_to(tmp_path / "gone" / "a.pdf")
    set_up.until(lambda: "a.pdf was not written" in page._message.text())


# ── log ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_written_with_enter_to_the_selected_station(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.tabs.show_page(view.log)
    log = view.log
    set_up.until(lambda: log.table.model().rowCount() == 3)
    assert (log.line.station.currentText(), log.line.tag.currentText()) == (STATION.name, "No tag")
    QTest.keyClicks(log.line.text, "Filter washed")
    log.line.tag.setCurrentIndex(log.line.tag.findData(LEVEL))
    log.line.tag.activated.emit(log.line.tag.currentIndex())
    QTest.keyClick(log.line.text, Qt.Key.Key_Return)
    set_up.until(lambda: set_up.port.count(AddNote) == 1)
    written = set_up.port.last(AddNote)
    assert (written.station_id, written.tag, written.text) == (STATION.id, LEVEL, "Filter washed")
    set_up.until(lambda: log._message.text() == "Written.")
    assert log.line.text.text() == ""


def test_the_line_follows_the_selection(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.tabs.show_page(view.log)
    line = view.log.line
    set_up.until(lambda: line.station.currentText() == STATION.name)
    set_up.context.navigator.select_station(None)
    set_up.until(lambda: line.station.currentText() == "The shift itself")
    assert not line.tag.isVisible()


def test_an_earlier_moment_is_typed(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.tabs.show_page(view.log)
    line = view.log.line
    set_up.until(lambda: view.log.table.model().rowCount() == 3)
    assert not line.moment.isVisible()
    line.now.click()
    assert line.moment.isVisible()
    line.moment.setDateTime(line.moment.dateTime().addDays(-2))
    typed = line.moment.dateTime().toMSecsSinceEpoch() * 1000
    QTest.keyClicks(line.text, "Seen then")
    line.write.click()
    set_up.until(lambda: set_up.port.count(AddNote) == 1)
    assert set_up.port.last(AddNote).at_us == typed


def test_a_note_is_corrected_by_another_and_escape_leaves_it(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.tabs.show_page(view.log)
    log = view.log
    set_up.until(lambda: log.table.model().rowCount() == 3)
    assert "Corrects “Valve 3 closed”" in column(log.table, 2)[1]
    assert not log.correct.isEnabled()
    log.table.selectRow(1)
    log.correct.click()
    assert log.line.text.text() == "Valve 4 closed"
    QTest.keyClick(log.line.text, Qt.Key.Key_Escape)
    assert (log.line.text.text(), log.line.cancel.isVisible()) == ("", False)
    log.correct.click()
    log.line.text.setText("")
    QTest.keyClicks(log.line.text, "Valve 5 closed")
    log.line.write.click()
    set_up.until(lambda: set_up.port.count(AddNote) == 1)
    assert set_up.port.last(AddNote).corrects == NOTES[1].seq


def test_notes_are_found_and_read_on(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.tabs.show_page(view.log)
    log = view.log
    set_up.until(lambda: log.table.model().rowCount() == 3)
    log.station.setCurrentIndex(1)
    log.station.activated.emit(1)
    set_up.until(lambda: set_up.port.last(ReadNotes).question.stations == (None,))
    log.author.setCurrentIndex(log.author.findData("Bo"))
    log.author.activated.emit(log.author.currentIndex())
    set_up.until(lambda: set_up.port.last(ReadNotes).question.user == "Bo")
    QTest.keyClicks(log.search, "valve")
    set_up.until(lambda: set_up.port.last(ReadNotes).question.text == "valve")
    set_up.port.answers[ReadNotes] = NotePage((note(30), note(31)), 5)
    button(view, "Older…").click()
    set_up.until(lambda: log.table.model().rowCount() == 5)
    assert not log.more.isVisible()


def test_rows_are_as_high_as_their_notes_also_after_the_window_got_narrower(qtbot: QtBot, set_up: Stage) -> None:
    set_up.port.answers[ReadNotes] = NotePage((note(1, "It is a long story about a fence. " * 14), note(2, "Short")), 2)
    view = view_of(qtbot, set_up, 1400)
    view.tabs.show_page(view.log)
    table = view.log.table
    set_up.until(lambda: table.rowHeight(0) > table.rowHeight(1))
    wide = table.rowHeight(0)
    view.resize(772, 640)
    set_up.until(lambda: table.rowHeight(0) > wide)


def test_a_visitor_writes_nothing(qtbot: QtBot, set_up: Stage) -> None:
    set_up.mirror.take(Frame(user=VISITOR))
    view = view_of(qtbot, set_up)
    view.handover.form.text.setPlainText("Watch the press")
    assert not view.handover.form.save.isEnabled()
    view.tabs.show_page(view.log)
    set_up.until(lambda: view.log.table.model().rowCount() == 3)
    assert not view.log.line.text.isEnabled()
    view.log.table.selectRow(0)
    assert not view.log.correct.isEnabled()


# ── inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tab_says_how_many_were_missed_and_the_bell_leads_there(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    set_up.mirror.take(Frame(inbox=InboxStatus(2)))
    assert button(view, "Inbox (2)")
    set_up.context.navigator.open_inbox()
    assert set_up.context.navigator.place.workspace is Workspace.SHIFT
    assert view.tabs.page is view.inbox
    set_up.until(lambda: view.inbox.table.rowCount() == 2)
    set_up.mirror.take(Frame(inbox=InboxStatus(0)))
    assert button(view, "Inbox")


def test_what_was_missed_is_looked_at_and_marked_as_read(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    set_up.context.navigator.open_inbox()
    inbox = view.inbox
    set_up.until(lambda: inbox.table.rowCount() == 2)
    assert not inbox.read_to.isEnabled()
    inbox.table.selectRow(1)
    assert not inbox.alarm.isEnabled()
    assert inbox.alarm.toolTip() == "It stands in no list now."
    assert not inbox.trend.isEnabled(), "a link has no trend"
    inbox.read_to.click()
    set_up.until(lambda: set_up.port.count(MarkInboxRead) == 1)
    assert set_up.port.last(MarkInboxRead) == MarkInboxRead(5)
    set_up.port.answers[ReadInbox] = InboxPage(0, ())
    inbox.all_read.click()
    set_up.until(lambda: inbox.table.rowCount() == 0)
    assert inbox._headline.text() == "You have missed nothing"
    assert not inbox.all_read.isEnabled()


def test_something_new_appears_in_the_open_inbox(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    set_up.context.navigator.open_inbox()
    set_up.until(lambda: view.inbox.table.rowCount() == 2)
    view.inbox.table.selectRow(1)
    set_up.port.answers[ReadInbox] = InboxPage(3, (missed(9), missed(8), missed(5, LINK_LOST.id)))
    set_up.mirror.take(Frame(inbox=InboxStatus(3)))
    set_up.until(lambda: view.inbox.table.rowCount() == 3)
    assert view.inbox.chosen is not None
    assert view.inbox.chosen.seq == 5, "the selection stays with its alarm"


def test_every_control_has_a_name_for_a_reader(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    set_up.until(lambda: bool(view.handover.cards))
    nameless = [
        type(each).__name__
        for kind in (QPushButton, QLineEdit, QPlainTextEdit, QComboBox, QDateTimeEdit, QTableView)
        for each in view.findChildren(kind)
        if not each.accessibleName() and not isinstance(each.parent(), QDateTimeEdit | QComboBox)
    ]
    assert nameless == []
