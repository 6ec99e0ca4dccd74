"""How good the alarm system is: figures with their targets, drawn, over any stretch of time; exported."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.alarms.kpi import SPANS, KpiFacts
from hmi.panes.alarms.kpi_drawing import PriorityBars, TimeBars
from hmi.ui.form_parts import heading, push, show_choices
from hmi.ui.label import Label, tip
from hmi.ui.pane import PaneContext
from hmi.ui.tables import set_up

OWN_SPAN: Final = -1
LINES_PX: Final = 470


class KpiPage(QWidget):
    """Adds up when it comes into sight and when another stretch is chosen."""

    def __init__(self, facts: KpiFacts, context: PaneContext) -> None:
        super().__init__()
        self._facts = facts
        self._context = context
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self.span = QComboBox()
        self.span.setAccessibleName(tr("Time"))
        show_choices(
            self.span, [*((tr(name), span) for name, span in SPANS), (tr("From – to"), OWN_SPAN)], facts.span_us
        )
        self.span.activated.connect(self._chosen)
        self.start, self.end = self._moment(tr("From")), self._moment(tr("To"))
        self.export = push(tr("Export CSV…"), self._choose_file)
        self.lines = QTableWidget(0, 3)
        self.lines.setHorizontalHeaderLabels([tr("Figure"), tr("Is"), tr("Should be")])
        set_up(self.lines, tr("Figures"), (0, 84, 76), 26)
        self.bars = TimeBars(context.theme)
        self.shares = PriorityBars(context.theme)
        self.top = QTableWidget(0, 3)
        self.top.setHorizontalHeaderLabels([tr("Most frequent"), tr("Count"), tr("Share")])
        set_up(self.top, tr("Most frequent alarms"), (0, 70, 70), 26)
        self.top.doubleClicked.connect(lambda index: self._open(index.row()))
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._headline)
        head.addWidget(self._message, 1)
        for widget in (self.span, self.start, self.end, self.export):
            head.addWidget(widget)
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(_card(self.bars), 0, 0, 1, 2)
        grid.addWidget(_card(self.lines), 1, 0)
        right = QVBoxLayout()
        right.addWidget(heading(tr("Priorities")))
        right.addWidget(self.shares)
        right.addWidget(self.top, 1)
        holder = QWidget()
        holder.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(_card(holder), 1, 1)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(1, 5)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        inside = QWidget()
        inside.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.lines.setMinimumHeight(LINES_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addLayout(head)
        layout.addWidget(area, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def refresh(self) -> None:
        """Show what was added up."""
        facts = self._facts
        self._headline.setText(facts.headline)
        self._message.setText(facts.notice or facts.span_text)
        is_own = self.span.currentData() == OWN_SPAN
        self.start.setVisible(is_own)
        self.end.setVisible(is_own)
        self._show_lines()
        self.bars.show_figures(facts.found)
        self.shares.show_shares(facts.priorities())
        top = facts.found.top if facts.found else ()
        self.top.setRowCount(len(top))
        for row, each in enumerate(top):
            for column, text in enumerate((each.name, f"{each.count}", f"{each.share:.0%}")):
                self.top.setItem(row, column, _item(text))

    def export_to(self, path: Path) -> None:
        """Write the figures to a file."""
        self._start(lambda: self._facts.export(path), tr("Export"))

    def _show_lines(self) -> None:
        lines, tokens = self._facts.lines(), self._context.theme.tokens
        self.lines.setRowCount(len(lines))
        for row, line in enumerate(lines):
            missed = line.is_met is False
            mark = "▲ " if missed else ""
            for column, text in enumerate((line.label, mark + line.value, line.target)):
                item = _item(text)
                if missed and column == 1:
                    item.setForeground(QColor(tokens.priority_text[1]))
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.lines.setItem(row, column, item)

    def _chosen(self, row: int) -> None:
        span = self.span.itemData(row)
        if span != OWN_SPAN:
            self._facts.want(span)
            self._read()
            return
        now = QDateTime.currentDateTime()
        for box, moment in ((self.start, now.addDays(-7)), (self.end, now)):
            box.blockSignals(True)
            box.setDateTime(moment)
            box.blockSignals(False)
        self._own()

    def _own(self) -> None:
        start_us, end_us = (box.dateTime().toMSecsSinceEpoch() * 1000 for box in (self.start, self.end))
        self._facts.want_between(start_us, end_us)
        self._read()

    def _open(self, row: int) -> None:
        self._facts.open_top(row)
        self.refresh()

    def _read(self) -> None:
        self._start(self._facts.read, tr("Figures"))

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        async def run() -> None:
            await work()
            self.refresh()

        self.refresh()
        self._context.tasks.start(run(), name, self._message.setText)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Export the figures"), str(Path.home() / "alarm-figures.csv"), "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def _moment(self, name: str) -> QDateTimeEdit:
        box = QDateTimeEdit()
        box.setAccessibleName(name)
        box.setDisplayFormat("yyyy-MM-dd HH:mm")
        box.setCalendarPopup(True)
        box.editingFinished.connect(self._own)
        return box


def _card(inside: QWidget) -> QFrame:
    frame = QFrame()
    frame.setObjectName("card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.addWidget(inside)
    return frame


def _item(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(tip(text))
    return item
