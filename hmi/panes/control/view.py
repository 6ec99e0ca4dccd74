"""The control pane's widgets: who has control, the equipment's cards, the second step, the latest commands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.domain.lockouts import LockoutTag
from hmi.panes.control.authority_bar import AuthorityBar
from hmi.panes.control.card import Card, Rights
from hmi.panes.control.presenter import ControlCard, ControlPresenter
from hmi.panes.control.second_step import SecondStep
from hmi.panes.control.sequence_card import SequenceCard
from hmi.panes.control.sequences import SequenceRow
from hmi.panes.control.table_model import CommandTableModel
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.tables import set_up

CARD_PX: Final = 344
COLUMN_WIDTHS_PX: Final = (84, 156, 176, 90, 120, 0)
TABLE_PX: Final = 116
LOW_TABLE_PX: Final = 62
LOW_PX: Final = 700
HIDDEN_WHEN_NARROW: Final = ((4, 860),)
"""Columns that go when the pane is narrower than so many pixels."""


class ControlView(QWidget):
    """Shows the selected station's controls."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = ControlPresenter(context.mirror, context.port, context.navigator)
        self._cards: dict[UUID, Card] = {}
        self._station = QComboBox()
        self._station.setAccessibleName(tr("Station"))
        self._station.setMinimumWidth(220)
        self._station.activated.connect(self._choose_station)
        self._signed_in = Label()
        self._signed_in.setProperty("kind", "second")
        self._page = _Page()
        self._page.resized.connect(self._place_cards)
        # Not on to the next button: a stray Space must not begin another command.
        self._step = SecondStep(self._presenter, context.tasks)
        self._step.ended.connect(self._page.setFocus)
        self._authority = AuthorityBar()
        self._sequences: SequenceCard | None = None
        self._connect_authority()
        self._table = QTableView()
        self._commands = CommandTableModel(self._presenter, context.theme)
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._refresh, self._rebuild),
            context.theme.listen(self._rebuild),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._rebuild()
        context.tasks.start(self._load_commands(), tr("Latest commands"))

    def _connect_authority(self) -> None:
        desk, bar = self._presenter.authority, self._authority
        bar.take_pressed.connect(lambda: self._at_station(desk.take))
        bar.ask_pressed.connect(lambda: self._at_station(desk.ask))
        bar.release_pressed.connect(lambda: self._at_station(desk.release))
        bar.hand_over_pressed.connect(lambda to: self._at_station(lambda station_id: desk.hand_over(station_id, to)))
        bar.take_over_pressed.connect(lambda: self._at_station(self._ask_take_over))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._station)
        head.addStretch(1)
        head.addWidget(self._signed_in)
        title = Label(tr("Latest commands"))
        title.setProperty("kind", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._authority)
        layout.addWidget(self._page, 1)
        layout.addWidget(self._step)
        layout.addWidget(title)
        layout.addWidget(self._make_table())

    def _make_table(self) -> QTableView:
        table = self._table
        table.setModel(self._commands)
        set_up(table, tr("Latest commands"), COLUMN_WIDTHS_PX, row_px=26)
        table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setFixedHeight(TABLE_PX)
        return table

    def _rebuild(self) -> None:
        """Make the cards of another station."""
        if self._presenter.selection is not None:
            self._step.cancel()
        self._step.take_question_back()
        self._step.forget_message()
        stations = self._presenter.stations_with_controls()
        self._station.clear()
        for station in stations:
            self._station.addItem(station.name, station.id)
        chosen = self._presenter.station
        self._station.setCurrentIndex(
            next((row for row, station in enumerate(stations) if chosen and station.id == chosen.id), -1)
        )
        self._station.setPlaceholderText(tr("Choose a station"))
        self._signed_in.setText(
            tr("Commands are given as {user}").format(user=self._presenter.user_name)
            if self._presenter.can_command
            else tr("View only: sign in as an operator to give commands")
        )
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setSpacing(8)
        self._cards.clear()
        for card in self._presenter.cards():
            self._cards[card.asset_id] = self._card(card)
        rows = self._presenter.sequence_rows()
        self._sequences = self._sequence_card(rows) if rows else None
        if not self._cards:
            hint = Label(
                tr("Nothing to operate here.") if chosen else tr("Select a station in the tree or on the map.")
            )
            hint.setProperty("kind", "second")
            grid.addWidget(hint, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._page.setWidget(page)
        self._place_cards()
        self._refresh()

    def _card(self, card: ControlCard) -> Card:
        widget = Card(self._context.theme, card)
        widget.chosen.connect(self._select)
        widget.held.connect(lambda control_id: self._start(self._presenter.hold_ramp(control_id), tr("Hold")))
        widget.trend_wanted.connect(self._presenter.open_trend)
        widget.take_off_pressed.connect(self._take_off)
        widget.lock_out_pressed.connect(
            lambda: self._step.ask(
                tr("Why is {name} locked out?").format(name=card.name),
                tr("Lock out"),
                lambda reason: self._start(self._presenter.lock_out(card.asset_id, reason), tr("Lock out")),
            )
        )
        widget.service_pressed.connect(
            lambda: self._step.ask(
                tr("What was done at {name}? Its running hours begin anew.").format(name=card.name),
                tr("Begin anew"),
                lambda reason: self._start(self._presenter.reset_running_time(card.asset_id, reason), tr("Serviced")),
            )
        )
        return widget

    def _sequence_card(self, rows: tuple[SequenceRow, ...]) -> SequenceCard:
        widget, desk = SequenceCard(rows), self._presenter.sequences
        widget.run_pressed.connect(self._select_sequence)
        widget.go_on_pressed.connect(lambda run: self._start(desk.go_on(run), tr("Go on")))
        widget.stop_pressed.connect(lambda run: self._start(desk.stop(run), tr("Stop sequence")))
        return widget

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room it belongs to the equipment: the newest command stays in sight.
        self._table.setFixedHeight(TABLE_PX if self.height() >= LOW_PX else LOW_TABLE_PX)

    def _place_cards(self) -> None:
        for column, width in HIDDEN_WHEN_NARROW:
            self._table.setColumnHidden(column, self.width() < width)
        page = self._page.widget()
        grid = page.layout() if page else None
        if not isinstance(grid, QGridLayout) or not self._cards:
            return
        needed = max(CARD_PX, *(card.minimumSizeHint().width() + grid.spacing() for card in self._cards.values()))
        columns = max(1, min(len(self._cards), self._page.viewport().width() // needed))
        cards: list[QWidget] = [*self._cards.values(), *([self._sequences] if self._sequences else [])]
        for number, card in enumerate(cards):
            grid.addWidget(card, number // columns, number % columns)
        for column in range(grid.columnCount()):
            grid.setColumnStretch(column, 1 if column < columns else 0)
        grid.setRowStretch((len(cards) - 1) // columns + 1, 1)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        rights = self._rights()
        for card in self._presenter.cards():
            if card.asset_id in self._cards:
                self._cards[card.asset_id].show_card(card, rights)
        station = self._presenter.station
        self._authority.setVisible(station is not None and bool(self._cards))
        if station is not None:
            self._authority.show_facts(self._presenter.authority.facts(station.id))
            if self._sequences is not None:
                self._sequences.show_rows(self._presenter.sequence_rows())
        if reason := self._presenter.void_reason():
            self._step.end_void(reason)
        self._commands.refresh()

    def _rights(self) -> Rights:
        found = self._presenter
        why = tr("Take control first.") if found.can_command else tr("Sign in as an operator of this station.")
        return Rights(
            found.can_command, found.has_control, found.can_lock_out, found.can_take_off, found.can_service, why
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _choose_station(self, row: int) -> None:
        station_id = self._station.itemData(row)
        if isinstance(station_id, UUID):
            self._presenter.select_station(station_id)

    def _select(self, control_id: UUID, value: float | str) -> None:
        name = self._presenter.control_name(control_id)
        self._step.begin(lambda: self._presenter.select(control_id, value), name)

    def _select_sequence(self, sequence_id: UUID) -> None:
        station = self._presenter.station
        name = station.name if station is not None else ""
        self._step.begin(lambda: self._presenter.select_sequence(sequence_id), name)

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._context.tasks.start(work, name, self._step.say)

    def _at_station(self, act: Callable[[UUID], Coroutine[Any, Any, None] | None]) -> None:
        station = self._presenter.station
        if station is not None:
            self._step.forget_message()
            work = act(station.id)
            if work is not None:
                self._start(work, tr("Control"))

    def _ask_take_over(self, station_id: UUID) -> None:
        self._step.ask(
            tr("Why do you take control of {station} from its holder?").format(
                station=self._presenter.station_name(station_id)
            ),
            tr("Take over"),
            lambda reason: self._start(self._presenter.authority.take(station_id, reason), tr("Control")),
        )

    def _take_off(self, tag: LockoutTag) -> None:
        if self._presenter.is_mine(tag):
            self._start(self._presenter.take_off(tag.id), tr("Take off"))
            return
        self._step.ask(
            tr("Why is {name}'s tag taken off?").format(name=tag.user),
            tr("Take off"),
            lambda reason: self._start(self._presenter.take_off(tag.id, reason), tr("Take off")),
        )

    async def _load_commands(self) -> None:
        await self._presenter.load_commands()
        self._commands.refresh()


class _Page(QScrollArea):
    """Scrolls the cards and says when there is more or less room for them."""

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
