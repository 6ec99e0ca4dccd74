"""The alarm summary: a table, what to do about the chosen alarm, and the buttons to acknowledge."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.alarms import UNACKNOWLEDGED_STATES, Occurrence
from hmi.domain.language import tr
from hmi.panes.alarms.presenter import AlarmsPresenter, state_text
from hmi.panes.alarms.table_model import AlarmTableModel
from hmi.services.port import AlarmRow
from hmi.ui.pane import PaneContext
from hmi.ui.tables import set_up
from hmi.ui.words import moment_text

WIDTHS_PX: Final = (36, 84, 160, 0, 92, 104, 128, 168, 124)
HIDDEN_WHEN_NARROW: Final = ((8, 1060), (6, 940), (4, 820))
"""Columns that go, the detail card has them too, when the table is narrower than so many pixels."""
ROW_PX: Final = 30


class AlarmsView(QWidget):
    """Shows the standing alarms."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = AlarmsPresenter(context.mirror, context.port, context.navigator)
        self._model = AlarmTableModel(self._presenter, context.theme)
        self._chosen: set[Occurrence] = set()
        self._is_restoring = False
        self._table = self._make_table()
        self._summary = QLabel()
        self._summary.setProperty("kind", "title")
        self._message = QLabel()
        self._message.setProperty("kind", "second")
        self._comment = QLineEdit()
        self._comment.setPlaceholderText(tr("Comment (optional)"))
        self._comment.setAccessibleName(tr("Comment"))
        self._comment.setMaximumWidth(260)
        self._acknowledge = QPushButton(tr("Acknowledge selected"))
        self._acknowledge.clicked.connect(self._acknowledge_chosen)
        self._acknowledge_visible = QPushButton(tr("Acknowledge visible"))
        self._acknowledge_visible.clicked.connect(self._acknowledge_shown)
        self._detail = QLabel()
        self._detail.setWordWrap(True)
        self._detail.setTextFormat(Qt.TextFormat.RichText)
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._refresh),
            context.theme.listen(self._refresh),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def set_lit(self, is_lit: bool) -> None:
        """Take the flash's beat."""
        if self.isVisible():
            self._model.set_lit(is_lit)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self._summary)
        bar.addWidget(self._message, 1)
        bar.addWidget(self._comment)
        bar.addWidget(self._acknowledge)
        bar.addWidget(self._acknowledge_visible)
        card = QFrame()
        card.setObjectName("card")
        card.setFixedHeight(104)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self._detail)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self._table, 1)
        layout.addWidget(card)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        set_up(table, tr("Standing alarms"), WIDTHS_PX, ROW_PX)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setIconSize(QSize(18, 18))
        table.selectionModel().selectionChanged.connect(self._selection_changed)
        table.doubleClicked.connect(lambda index: self._presenter.open_trend(self._model.rows[index.row()]))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, width in HIDDEN_WHEN_NARROW:
            self._table.setColumnHidden(column, self.width() < width)

    def _refresh(self) -> None:
        self._is_restoring = True
        self._model.refresh()
        self._restore_selection()
        self._is_restoring = False
        rows = self._model.rows
        fresh = sum(row.state in UNACKNOWLEDGED_STATES for row in rows)
        self._summary.setText(
            tr("{count} standing, {fresh} unacknowledged").format(count=len(rows), fresh=fresh)
            if rows
            else tr("No alarms stand")
        )
        new = self._presenter.new_while_held
        if new:
            self._message.setText(
                tr("{count} new at the end: the order is held while rows are selected").format(count=new)
            )
        self._show_buttons()
        self._show_detail()

    def _restore_selection(self) -> None:
        selection = self._table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selected = {index.row() for index in selection.selectedRows()}
        for number, row in enumerate(self._model.rows):
            if row.occurrence in self._chosen and number not in selected:
                selection.select(self._model.index(number, 0), flags)
        self._chosen &= {row.occurrence for row in self._model.rows}
        if not self._chosen:
            self._presenter.hold(False)  # what was selected has gone: the worst comes first again

    def _selection_changed(self) -> None:
        if self._is_restoring:
            return
        rows = self._selected()
        self._chosen = {row.occurrence for row in rows}
        self._presenter.hold(bool(rows))
        if len(rows) == 1:
            self._presenter.select_station(rows[0].station_id)
        self._show_buttons()
        self._show_detail()

    def _selected(self) -> list[AlarmRow]:
        return [self._model.rows[index.row()] for index in self._table.selectionModel().selectedRows()]

    def _shown(self) -> list[AlarmRow]:
        top = max(0, self._table.rowAt(0))
        bottom = self._table.rowAt(self._table.viewport().height() - 1)
        return list(self._model.rows[top : bottom + 1 if bottom >= 0 else None])

    def _acknowledge_chosen(self) -> None:
        self._start_acknowledge(self._selected())

    def _acknowledge_shown(self) -> None:
        self._start_acknowledge(self._shown())

    def _start_acknowledge(self, rows: list[AlarmRow]) -> None:
        occurrences = [row.occurrence for row in rows if row.state in UNACKNOWLEDGED_STATES]
        self._context.tasks.start(
            self._acknowledge_all(occurrences, self._comment.text()), tr("Acknowledge"), self._message.setText
        )

    async def _acknowledge_all(self, occurrences: list[Occurrence], comment: str) -> None:
        count = await self._presenter.acknowledge(occurrences, comment)
        self._comment.clear()
        self._message.setText(tr("{count} acknowledged").format(count=count))

    def _show_buttons(self) -> None:
        may = self._presenter.can_acknowledge
        self._acknowledge.setEnabled(may and any(row.state in UNACKNOWLEDGED_STATES for row in self._selected()))
        self._acknowledge_visible.setEnabled(may and any(row.state in UNACKNOWLEDGED_STATES for row in self._shown()))

    def _show_detail(self) -> None:
        rows = self._selected()
        if len(rows) != 1:
            self._detail.setText(tr("Select an alarm to see its consequence and what to do about it."))
            return
        row = rows[0]
        acknowledged = (
            tr(" · acknowledged {time} by {user}").format(
                time=moment_text(row.acknowledged_us), user=row.acknowledged_by
            )
            if row.acknowledged_us
            else ""
        )
        self._detail.setText(
            f"<b>{row.source}: {row.text}</b> · {self._presenter.limit_text(row)} · {state_text(row)}{acknowledged}<br>"
            f"<b>{tr('Consequence')}:</b> {row.consequence or '–'}<br>"
            f"<b>{tr('What to do')}:</b> {row.action or '–'}"
        )

    def _show_menu(self, at: QPoint) -> None:
        rows = self._selected()
        if not rows:
            return
        menu = QMenu(self)
        acknowledge = menu.addAction(tr("Acknowledge"), self._acknowledge_chosen)
        acknowledge.setEnabled(self._acknowledge.isEnabled())
        trend = menu.addAction(tr("Show trend"), lambda: self._presenter.open_trend(rows[0]))
        trend.setEnabled(rows[0].tag >= 0)
        menu.popup(self._table.viewport().mapToGlobal(at))
