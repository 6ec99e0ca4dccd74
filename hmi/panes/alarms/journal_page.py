"""The journal: asked by time, station, tag, priority, event and person; read a page at a time, exported, printed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QDateTime, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.alarms import AlarmEvent, Priority
from hmi.domain.language import tr
from hmi.panes.alarms.journal import SPANS, JournalFacts
from hmi.panes.alarms.journal_model import JournalModel
from hmi.panes.alarms.journal_paper import document_of
from hmi.ui.alarm_words import PRIORITY_NAMES, event_text
from hmi.ui.files import write_whole
from hmi.ui.form_parts import push, show_choices
from hmi.ui.label import Label, tip
from hmi.ui.pane import PaneContext
from hmi.ui.paper import ask_file, ask_printer, pdf_of
from hmi.ui.tables import set_up
from hmi.ui.timers import once

WIDTHS_PX: Final = (146, 36, 130, 0, 148, 176, 92, 92, 116, 190)
LEAST_PX: Final = {9: 960, 7: 1420, 5: 1420, 6: 1060}
"""Columns that go when the table is narrower than so many pixels."""
TYPED_MS: Final = 300
OWN_SPAN: Final = -1
SHORT: Final = 9
"""Letters that a list of choices shows at least; opened it is as wide as LIST_PX."""
LIST_PX: Final = 220
FIND_PX: Final = 110


class JournalPage(QWidget):
    """Reads when it comes into sight and when something else is asked."""

    def __init__(self, facts: JournalFacts, context: PaneContext) -> None:
        super().__init__()
        self._facts = facts
        self._context = context
        self._model = JournalModel(context.theme)
        self._typed = once(self, TYPED_MS, self._ask)
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self._make_questions()
        self.table = QTableView()
        self.table.setModel(self._model)
        set_up(self.table, tr("Alarm journal"), WIDTHS_PX)
        self.table.setIconSize(QSize(18, 18))
        self.table.doubleClicked.connect(lambda index: facts.open_trend(self._model.rows[index.row()]))
        self.more = push(tr("Older…"), self._read_more)
        self.export = push(tr("Export CSV…"), self._choose_file)
        self.pdf = push(tr("PDF…"), self._choose_pdf)
        self.print = push(tr("Print…"), self._print)
        self._lay_out()

    def _make_questions(self) -> None:
        self.span = self._choice(tr("Time"), self._span_chosen)
        show_choices(self.span, [*((tr(name), span) for name, span in SPANS), (tr("From – to"), OWN_SPAN)], SPANS[1][1])
        self.start, self.end = (self._moment(name) for name in (tr("From"), tr("To")))
        self.station = self._choice(tr("Station"), lambda data: self._want(station_id=data))
        self.tag = self._choice(tr("Tag"), lambda data: self._want(tag=data))
        self.priority = self._choice(tr("Priority"), lambda data: self._want(priority=data))
        priorities = [(f"{int(each)} {tr(PRIORITY_NAMES[each])}", each) for each in Priority]
        show_choices(self.priority, [(tr("All priorities"), None), *priorities], None)
        self.happened = self._choice(tr("What happened"), lambda data: self._want(event=data))
        events = [(event_text(each), each) for each in AlarmEvent]
        show_choices(self.happened, [(tr("All events"), None), *events], None)
        self.user = self._choice(tr("By whom"), lambda data: self._want(user=data))
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Find"))
        self.text.setAccessibleName(tr("Find station or alarm"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(FIND_PX)
        self.text.textChanged.connect(lambda _: self._typed.start())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._headline)
        top.addWidget(self._message, 1)
        for button in (self.export, self.pdf, self.print):
            top.addWidget(button)
        asked = QHBoxLayout()
        asked.setSpacing(4)
        boxes: Sequence[QWidget] = (
            self.span, self.start, self.end, self.station, self.tag, self.priority, self.happened, self.user, self.text
        )  # fmt: skip
        for widget in boxes:
            asked.addWidget(widget, 1 if widget is self.text else 0)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(asked)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, least in LEAST_PX.items():
            self.table.setColumnHidden(column, self.width() < least)

    def refresh(self) -> None:
        """Show what was read."""
        facts = self._facts
        facts.job_ended()
        self._headline.setText(facts.headline)
        self._message.setText(facts.notice)
        if facts.rows != self._model.rows:
            self._model.show_rows(facts.rows)
        self.more.setVisible(facts.has_more)
        show_choices(self.station, facts.stations(), facts.wanted.station_id)
        show_choices(self.tag, facts.tags(), facts.wanted.tag)
        self.tag.setVisible(facts.wanted.station_id is not None)
        users = [(tr("Everybody"), ""), *((name, name) for name in facts.users)]
        show_choices(self.user, users, facts.wanted.user)
        is_own = self.span.currentData() == OWN_SPAN
        self.start.setVisible(is_own)
        self.end.setVisible(is_own)

    def follow(self) -> None:
        """Read again when something has happened; while somebody looks at the newest rows."""
        if self._facts.is_old and self.table.verticalScrollBar().value() == 0:
            self._ask()

    def export_to(self, path: Path) -> None:
        """Write what is asked for to a file."""
        self._start(lambda: self._facts.export(path), tr("Export"))

    def pdf_to(self, path: Path) -> None:
        """Write what is asked for to a file of A4 sheets."""

        async def work() -> None:
            data = pdf_of(document_of(await self._facts.paper()))
            await asyncio.to_thread(write_whole, path, data)

        self._start(work, tr("PDF"))

    def print_to(self, device: QPrinter) -> None:
        """Print what is asked for."""

        async def work() -> None:
            document_of(await self._facts.paper()).print_(device)

        self._start(work, tr("Print"))

    def _span_chosen(self, span: Any) -> None:
        if span != OWN_SPAN:
            self._want(span_us=span, start_us=0, end_us=0)
            return
        now = QDateTime.currentDateTime()
        for box, moment in ((self.start, now.addDays(-1)), (self.end, now)):
            box.blockSignals(True)
            box.setDateTime(moment)
            box.blockSignals(False)
        self._own_span()

    def _own_span(self) -> None:
        start, end = (box.dateTime().toMSecsSinceEpoch() * 1000 for box in (self.start, self.end))
        if end <= start:
            self._message.setText(tr("The end must come after the beginning."))
            return
        self._want(start_us=start, end_us=end)

    def _want(self, **changes: Any) -> None:
        self._facts.want(replace(self._facts.wanted, **changes))
        self._ask()

    def _ask(self) -> None:
        text = self.text.text().strip()
        if text != self._facts.wanted.text:
            self._facts.want(replace(self._facts.wanted, text=text))
        self._start(self._facts.read, tr("Alarm journal"))

    def _read_more(self) -> None:
        self._start(self._facts.read_more, tr("Alarm journal"))

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        async def run() -> None:
            await work()
            self.refresh()

        self._context.tasks.start(run(), name, self._message.setText)

    def _choose_file(self) -> None:
        ask_file(self, tr("Export the journal"), "alarms.csv", "CSV (*.csv)", self.export_to)

    def _choose_pdf(self) -> None:
        ask_file(self, tr("The journal as PDF"), "alarms.pdf", "PDF (*.pdf)", self.pdf_to)

    def _print(self) -> None:
        ask_printer(self, self.print_to)

    def _choice(self, name: str, chosen: Callable[[Any], None]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(tip(name))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(SHORT)
        box.view().setMinimumWidth(LIST_PX)
        box.activated.connect(lambda row: chosen(box.itemData(row)))
        return box

    def _moment(self, name: str) -> QDateTimeEdit:
        box = QDateTimeEdit()
        box.setAccessibleName(name)
        box.setDisplayFormat("yyyy-MM-dd HH:mm")
        box.setCalendarPopup(True)
        box.editingFinished.connect(self._own_span)
        return box
