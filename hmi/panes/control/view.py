"""The control pane's widgets: cards, the confirmation, the latest commands."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.control.card import Card
from hmi.panes.control.confirmation import Confirmation
from hmi.panes.control.presenter import ControlPresenter
from hmi.panes.control.table_model import CommandTableModel
from hmi.ui.pane import PaneContext
from hmi.ui.tables import set_up

CARD_PX: Final = 344
COLUMN_WIDTHS_PX: Final = (84, 156, 176, 90, 120, 0)
HIDDEN_WHEN_NARROW: Final = ((4, 860),)
"""Columns that go when the pane is narrower than so many pixels."""
COUNTDOWN_MS: Final = 500
STRIP_PX: Final = 84
MESSAGE_MS: Final = 15_000


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
        self._signed_in = QLabel()
        self._signed_in.setProperty("kind", "second")
        self._message = QLabel()
        self._message.setProperty("kind", "bad")
        self._message.setWordWrap(True)
        self._message.hide()
        self._idle = QLabel(tr("Choose a command above. Nothing is sent before you have confirmed it here."))
        self._idle.setProperty("kind", "second")
        self._page = _Page()
        self._page.resized.connect(self._place_cards)
        self._confirmation = Confirmation()
        self._confirmation.operated.connect(self._operate)
        self._confirmation.cancelled.connect(self._cancel)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(MESSAGE_MS)
        self._forget.timeout.connect(self._forget_message)
        self._countdown = QTimer(self)
        self._countdown.setInterval(COUNTDOWN_MS)
        self._countdown.timeout.connect(self._count_down)
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

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._station)
        head.addStretch(1)
        head.addWidget(self._signed_in)
        title = QLabel(tr("Latest commands"))
        title.setProperty("kind", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._page, 1)
        layout.addWidget(self._make_strip())
        layout.addWidget(title)
        layout.addWidget(self._make_table())

    def _make_strip(self) -> QWidget:
        """Return the strip for message and confirmation: of one height, so that nothing above it ever moves."""
        strip = QWidget()
        strip.setFixedHeight(STRIP_PX)
        inside = QVBoxLayout(strip)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._idle)
        inside.addWidget(self._message)
        inside.addWidget(self._confirmation)
        return strip

    def _make_table(self) -> QTableView:
        table = self._table
        table.setModel(self._commands)
        set_up(table, tr("Latest commands"), COLUMN_WIDTHS_PX, row_px=26)
        table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setFixedHeight(116)
        return table

    def _rebuild(self) -> None:
        """Make the cards of another station."""
        if self._presenter.selection is not None:
            self._cancel()
        self._forget_message()
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
            widget = Card(self._context.theme, card)
            widget.chosen.connect(self._select)
            widget.refused.connect(self._show_message)
            widget.trend_wanted.connect(self._presenter.open_trend)
            self._cards[card.asset_id] = widget
        if not self._cards:
            hint = QLabel(
                tr("Nothing to operate here.") if chosen else tr("Select a station in the tree or on the map.")
            )
            hint.setProperty("kind", "second")
            grid.addWidget(hint, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._page.setWidget(page)
        self._place_cards()
        self._refresh()

    def _place_cards(self) -> None:
        for column, width in HIDDEN_WHEN_NARROW:
            self._table.setColumnHidden(column, self.width() < width)
        page = self._page.widget()
        grid = page.layout() if page else None
        if not isinstance(grid, QGridLayout) or not self._cards:
            return
        needed = max(CARD_PX, *(card.minimumSizeHint().width() + grid.spacing() for card in self._cards.values()))
        columns = max(1, min(len(self._cards), self._page.viewport().width() // needed))
        for number, card in enumerate(self._cards.values()):
            grid.addWidget(card, number // columns, number % columns)
        for column in range(grid.columnCount()):
            grid.setColumnStretch(column, 1 if column < columns else 0)
        grid.setRowStretch((len(self._cards) - 1) // columns + 1, 1)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        for card in self._presenter.cards():
            if card.asset_id in self._cards:
                self._cards[card.asset_id].show_card(card, self._presenter.can_command)
        self._commands.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _choose_station(self, row: int) -> None:
        station_id = self._station.itemData(row)
        if isinstance(station_id, UUID):
            self._presenter.select_station(station_id)

    def _select(self, control_id: UUID, value: float) -> None:
        self._forget_message()
        name = self._presenter.control_name(control_id)
        self._context.tasks.start(
            self._show_selection(control_id, value), tr("Select"), lambda why: self._show_message(f"{name}: {why}")
        )

    async def _show_selection(self, control_id: UUID, value: float) -> None:
        self._confirmation.hide()
        await self._presenter.select(control_id, value)
        if self._presenter.selection is not None:
            self._idle.hide()
            self._message.hide()
            self._confirmation.show_selection(self._presenter.selection, self._presenter.control_name(control_id))
            self._count_down()
            self._countdown.start()

    def _operate(self) -> None:
        self._end_confirmation()
        self._context.tasks.start(self._presenter.operate(), tr("Operate"), self._show_message)

    def _cancel(self) -> None:
        self._end_confirmation()
        self._context.tasks.start(self._presenter.cancel(), tr("Cancel"), self._show_message)

    def _end_confirmation(self) -> None:
        self._countdown.stop()
        self._confirmation.hide()
        self._idle.show()
        self._page.setFocus()  # not on to the next button: a stray Space must not begin another command

    def _count_down(self) -> None:
        left = self._presenter.seconds_left()
        self._confirmation.show_seconds(left)
        if not left:
            self._cancel()
            self._show_message(tr("The selection has run out; nothing was sent."))

    def _forget_message(self) -> None:
        self._message.hide()
        self._idle.setVisible(not self._confirmation.isVisibleTo(self))

    def _show_message(self, sentence: str) -> None:
        self._idle.hide()
        self._message.setText(sentence)
        self._message.show()
        self._forget.start()

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
