"""The inbox: the alarms that called while the user did not answer, to be looked at and marked as read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.shift_log.inbox import InboxFacts
from hmi.services.port import InboxRow
from hmi.ui.cards import show_rows, table
from hmi.ui.form_parts import push
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.symbols import alarm_icon
from hmi.ui.tables import fit_rows
from hmi.ui.timers import once

COLUMNS: Final = (tr("P"), tr("Time"), tr("Station"), tr("Alarm"), tr("Value"), tr("Now"))
WIDTHS_PX: Final = (44, 92, 140, 0, 90, 176)
VALUE, NARROW_PX = 4, 900
WRAPPED: Final = (1, 2, 3)
FIT_MS: Final = 50


class InboxPage(QWidget):
    """Reads when it comes into sight and when something new came."""

    def __init__(self, facts: InboxFacts, context: PaneContext) -> None:
        super().__init__()
        self._facts = facts
        self._context = context
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self._rows: tuple[InboxRow, ...] = ()
        self.table = table(tr("Inbox"), COLUMNS, WIDTHS_PX)
        self.table.setIconSize(QSize(18, 18))
        self.table.setWordWrap(True)
        self.table.itemSelectionChanged.connect(self._enable)
        self._fitting = once(self, FIT_MS, self._fit)
        self.table.horizontalHeader().sectionResized.connect(lambda *_: self._fitting.start())
        self.table.activated.connect(lambda _index: self._with_chosen(facts.open_alarm))
        self.all_read = push(tr("Mark all as read"), lambda: self._start(facts.mark_read), is_primary=True)
        self.read_to = push(tr("Read up to the selected"), lambda: self._start(lambda: facts.mark_read(self.chosen)))
        self.alarm = push(tr("Show alarm"), lambda: self._with_chosen(facts.open_alarm))
        self.trend = push(tr("Trend at that moment"), lambda: self._with_chosen(facts.open_trend))
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._headline)
        top.addWidget(self._message, 1)
        actions = QHBoxLayout()
        for button in (self.all_read, self.read_to, self.alarm, self.trend):
            actions.addWidget(button)
        actions.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(actions)
        layout.addWidget(self.table, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.setColumnHidden(VALUE, self.width() < NARROW_PX)

    @property
    def chosen(self) -> InboxRow | None:
        """The row that is selected."""
        row = self.table.currentRow()
        return self._rows[row] if self.table.selectedItems() and 0 <= row < len(self._rows) else None

    def ask(self) -> None:
        """Read what was missed."""
        self._start(self._facts.read)

    def refresh(self) -> None:
        """Show what was read, and how those alarms stand now; the selection stays with its alarm."""
        facts, chosen = self._facts, self.chosen
        self._headline.setText(facts.headline)
        if facts.page.rows != self._rows:
            self._rows = facts.page.rows
            self.table.clearSelection()
            self._fitting.start()
        show_rows(self.table, [("", *facts.cells(row)[1:]) for row in self._rows])
        self.show_theme()
        if chosen is not None and chosen in self._rows and self.chosen != chosen:
            self.table.selectRow(self._rows.index(chosen))
        self._enable()

    def show_theme(self) -> None:
        """Draw the symbols in the look that is used."""
        for number, row in enumerate(self._rows):
            item = self.table.item(number, 0)
            if item is not None:
                state = self._facts.state_of(row)
                item.setIcon(alarm_icon(self._context.theme.tokens, row.priority, state, is_lit=True))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, str(int(row.priority)))

    def _fit(self) -> None:
        fit_rows(self.table, WRAPPED)

    def _with_chosen(self, act: Callable[[InboxRow], None]) -> None:
        row = self.chosen
        if row is not None:
            act(row)

    def _enable(self) -> None:
        row, facts = self.chosen, self._facts
        self.all_read.setEnabled(bool(self._rows))
        self.read_to.setEnabled(row is not None)
        self.alarm.setEnabled(row is not None and facts.can_open(row))
        self.alarm.setToolTip(tr("It stands in no list now.") if row is not None and not facts.can_open(row) else "")
        self.trend.setEnabled(row is not None and facts.can_open_trend(row))

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def run() -> None:
            await work()
            self._message.clear()
            self.refresh()

        self._context.tasks.start(run(), tr("Inbox"), self._message.setText)
