"""One list of alarms: narrowed, chosen from, acted on; below it what to do about the alarm that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.alarms import UNACKNOWLEDGED_STATES
from hmi.domain.language import tr
from hmi.panes.alarms.filter_bar import FilterBar
from hmi.panes.alarms.guidance_card import GuidanceCard
from hmi.panes.alarms.listing import ListFilter, ListKind
from hmi.panes.alarms.order_panel import OrderKind, OrderPanel
from hmi.panes.alarms.presenter import AlarmsPresenter
from hmi.panes.alarms.table_model import AlarmTableModel
from hmi.services.port import AlarmRow
from hmi.services.port.alarms import MOST_COMMENT
from hmi.ui.form_parts import push
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.tables import set_up

ROW_PX: Final = 30
COMMENT_PX: Final = 220
COMMENT_LEAST_PX: Final = 120


class ListPage(QWidget):
    """The list of one kind."""

    def __init__(self, presenter: AlarmsPresenter, kind: ListKind, context: PaneContext) -> None:
        super().__init__()
        self._presenter = presenter
        self._kind = kind
        self._context = context
        self._model = AlarmTableModel(presenter, kind, context.theme)
        self._chosen: set[UUID] = set()
        self._asked: set[UUID] = set()
        """What the order panel was opened for."""
        self._is_restoring = False
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self._new = Label()
        self._new.setProperty("kind", "second")
        self.filter = FilterBar(context.theme)
        self.filter.changed.connect(self.refresh)
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(tr("Comment"))
        self.comment.setAccessibleName(tr("Comment"))
        self.comment.setMaxLength(MOST_COMMENT)
        self.comment.setMaximumWidth(COMMENT_PX)
        self.comment.setMinimumWidth(COMMENT_LEAST_PX)
        self.table = self._make_table()
        self.card = GuidanceCard()
        self.card.trend_wanted.connect(lambda: self._with_one(presenter.open_trend))
        self.card.map_wanted.connect(lambda: self._with_one(presenter.open_map))
        self.panel = OrderPanel()
        self.panel.given.connect(self._give_order)
        self._buttons = self._make_buttons()
        if kind is ListKind.ACTIVE:
            self._buttons["acknowledge"][0].setAccessibleName(tr("Acknowledge selected"))
        self._lay_out()

    # ── made once ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _make_buttons(self) -> dict[str, tuple[QPushButton, Callable[[list[AlarmRow]], bool]]]:
        """Return each button with what says whether it makes sense for the rows that are chosen."""
        may = self._presenter
        if self._kind is ListKind.ACTIVE:
            return {
                "acknowledge": (
                    push(tr("Acknowledge"), self._acknowledge, is_primary=True),
                    may.can_acknowledge,
                ),
                "visible": (
                    push(tr("Acknowledge visible"), self._acknowledge_visible),
                    lambda _: may.can_acknowledge(self._shown()),
                ),
                "reset": (push(tr("Reset"), self._reset), may.can_reset),
                "shelve": (push(tr("Shelve…"), self._ask_shelving), may.can_shelve),
                "remove": (push(tr("Out of service…"), self._ask_removal), may.can_remove),
            }
        if self._kind is ListKind.SHELVED:
            return {
                "unshelve": (push(tr("Bring back now"), self._unshelve, is_primary=True), may.can_unshelve),
                "remove": (push(tr("Out of service…"), self._ask_removal), may.can_remove),
            }
        return {"return": (push(tr("Return to service"), self._return, is_primary=True), may.can_return)}

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        set_up(table, tr("Alarms"), [column.width for column in self._model.columns], ROW_PX)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setIconSize(QSize(18, 18))
        table.selectionModel().selectionChanged.connect(self._selection_changed)
        table.doubleClicked.connect(lambda index: self._presenter.open_trend(self._model.rows[index.row()]))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        return table

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._headline, 1)
        top.addWidget(self.filter)
        actions = QHBoxLayout()
        actions.addWidget(self.comment)
        for button, _ in self._buttons.values():
            actions.addWidget(button)
        actions.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._message, 1)
        foot.addWidget(self._new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(actions)
        layout.addWidget(self.panel)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        layout.addWidget(self.card)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.panel.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for number, column in enumerate(self._model.columns):
            self.table.setColumnHidden(number, self.width() < column.least)

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> None:
        """Show the presenter's rows; nothing moves while something is selected."""
        listing = self._presenter.lists[self._kind]
        station = self._context.navigator.place.station_id if self.filter.station.isChecked() else None
        wanted = ListFilter(self.filter.priorities, station, self.filter.search.text().strip())
        if wanted != listing.filter:
            listing.filter = wanted
            self._choose_none()
        self._is_restoring = True
        self._model.refresh()
        self._restore_selection()
        self._is_restoring = False
        self._headline.setText(self._presenter.headline(self._kind))
        new = listing.new_while_held
        self._new.setText(tr("{count} new at the end while rows are selected").format(count=new) if new else "")
        self._show_chosen()

    def set_lit(self, is_lit: bool) -> None:
        """Take the flash's beat."""
        self._model.set_lit(is_lit)

    def show_theme(self) -> None:
        """Take another look."""
        self.filter.show_theme()
        self.refresh()

    def choose(self, alarm_id: UUID) -> None:
        """Select an alarm and bring it into sight."""
        for number, row in enumerate(self._model.rows):
            if row.id == alarm_id:
                self.table.selectRow(number)
                self.table.scrollTo(self._model.index(number, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
                return

    def _choose_none(self) -> None:
        self._chosen = set()
        self._presenter.lists[self._kind].hold(False)
        self.table.clearSelection()

    def _restore_selection(self) -> None:
        """Select again what was selected, after rows were set anew."""
        selection = self.table.selectionModel()
        if not self._chosen or selection.hasSelection():
            return
        found = QItemSelection()
        last = len(self._model.columns) - 1
        for number, row in enumerate(self._model.rows):
            if row.id in self._chosen:
                found.select(self._model.index(number, 0), self._model.index(number, last))
        selection.select(found, QItemSelectionModel.SelectionFlag.Select)

    def _selection_changed(self) -> None:
        if self._is_restoring:
            return
        rows = self._selected()
        self._chosen = {row.id for row in rows}
        listing = self._presenter.lists[self._kind]
        if bool(rows) != listing.is_held:
            listing.hold(bool(rows))
        if len(rows) == 1:
            self._presenter.select_station(rows[0].station_id)
        if self.panel.isVisible() and self._chosen != self._asked:
            self.panel.hide()  # what was asked was about others
        if not rows:
            self.refresh()
        self._show_chosen()

    def _show_chosen(self) -> None:
        rows = self._selected()
        for button, can in self._buttons.values():
            button.setEnabled(can(rows))
        if len(rows) != 1:
            self.card.show_none(len(rows))
            return
        row = rows[0]
        found = self._presenter.guidance(row)
        self.card.show_alarm(found, has_trend=row.tag >= 0, has_place=row.station_id is not None)

    def _selected(self) -> list[AlarmRow]:
        rows = self._model.rows
        numbers = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [rows[number] for number in numbers if number < len(rows)]

    def _shown(self) -> list[AlarmRow]:
        top = max(0, self.table.rowAt(0))
        bottom = self.table.rowAt(self.table.viewport().height() - 1)
        return list(self._model.rows[top : bottom + 1 if bottom >= 0 else None])

    def _with_one(self, act: Callable[[AlarmRow], None]) -> None:
        rows = self._selected()
        if len(rows) == 1:
            act(rows[0])

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(
        self, work: Callable[[], Coroutine[Any, Any, str]], name: str, on_refused: Callable[[str], None] | None = None
    ) -> None:
        async def run() -> None:
            said = await work()
            self.comment.clear()
            self.panel.hide()
            self._message.setText(said)

        self._context.tasks.start(run(), name, on_refused or self._message.setText)

    def _acknowledge(self) -> None:
        self._acknowledge_all(self._selected())

    def _acknowledge_visible(self) -> None:
        self._acknowledge_all(self._shown())

    def _acknowledge_all(self, rows: list[AlarmRow]) -> None:
        occurrences = [row.occurrence for row in rows if row.state in UNACKNOWLEDGED_STATES]
        if occurrences:
            self._start(partial(self._presenter.acknowledge, occurrences, self.comment.text()), tr("Acknowledge"))

    def _reset(self) -> None:
        self._start(partial(self._presenter.reset, self._ids(), self.comment.text()), tr("Reset"))

    def _unshelve(self) -> None:
        self._start(partial(self._presenter.unshelve, self._ids(), self.comment.text()), tr("Bring back"))

    def _return(self) -> None:
        work = partial(self._presenter.return_to_service, self._ids(), self.comment.text())
        self._start(work, tr("Return to service"))

    def _ask_shelving(self) -> None:
        rows = self._selected()
        self._asked = {row.id for row in rows}
        self.panel.ask(OrderKind.SHELVE, len(rows), self._presenter.shelve_choices(rows))

    def _ask_removal(self) -> None:
        self._asked = set(self._ids())
        self.panel.ask(OrderKind.REMOVE, len(self._asked), ())

    def _give_order(self, kind: str, reason: str, seconds: float, is_one_shot: bool) -> None:
        if OrderKind(kind) is OrderKind.SHELVE:
            shelve = partial(self._presenter.shelve, list(self._asked), seconds, reason, is_one_shot)
            self._start(shelve, tr("Shelve"), self.panel.refuse)
        elif OrderKind(kind) is OrderKind.REMOVE:
            remove = partial(self._presenter.remove, list(self._asked), reason)
            self._start(remove, tr("Out of service"), self.panel.refuse)
        elif self._can_note():
            note = partial(self._presenter.add_note, self._selected()[0], reason)
            self._start(note, tr("Note"), self.panel.refuse)
        else:
            self.panel.refuse(tr("Select one alarm."))

    def _can_note(self) -> bool:
        return self._presenter.can_note(self._selected())

    def _ids(self) -> list[UUID]:
        return [row.id for row in self._selected()]

    def _show_menu(self, at: QPoint) -> None:
        rows = self._selected()
        if rows:
            self._menu(rows).popup(self.table.viewport().mapToGlobal(at))

    def _menu(self, rows: list[AlarmRow]) -> QMenu:
        menu = QMenu(self)
        for button, can in self._buttons.values():
            if button is not self._buttons.get("visible", (None, None))[0]:
                menu.addAction(button.text(), button.click).setEnabled(can(rows))
        menu.addSeparator()
        trend = menu.addAction(tr("Trend at that moment"), lambda: self._presenter.open_trend(rows[0]))
        trend.setEnabled(rows[0].tag >= 0)
        place = menu.addAction(tr("On the map"), lambda: self._presenter.open_map(rows[0]))
        place.setEnabled(rows[0].station_id is not None)
        note = menu.addAction(tr("Note…"), lambda: self.panel.ask(OrderKind.NOTE, 1, ()))
        note.setEnabled(self._can_note())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu
