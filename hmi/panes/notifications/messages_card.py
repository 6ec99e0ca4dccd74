"""The messages on their way and those that were given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTableWidget, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.notifications.presenter import NotificationsPresenter
from hmi.panes.notifications.words import FILTERS
from hmi.ui.cards import card, choice, show_rows, table
from hmi.ui.form_parts import note, push, show_choices

COLUMNS: Final = (tr("Made"), tr("Subject"), tr("To"), tr("Over"), tr("State"), tr("What was wrong"))
WIDTHS_PX: Final = (76, 0, 190, 110, 140, 0)
TO, FAULT = 2, 5
NARROW_PX: Final = 800
FILTER_CHARACTERS: Final = 20
SHOWN: Final = 8


class MessagesCard(QFrame):
    """Shows the list; Retry and Discard act on the selected rows."""

    def __init__(
        self,
        presenter: NotificationsPresenter,
        choose: Callable[[int], None],
        retry: Callable[[Sequence[int]], None],
        discard: Callable[[Sequence[int]], None],
    ) -> None:
        super().__init__()
        self._presenter = presenter
        frame, inside = card(tr("Messages"))
        self._filter = choice(tr("Messages that are listed"), lambda number: choose(int(str(number))))
        self._filter.setMinimumContentsLength(FILTER_CHARACTERS)
        self._retry = push(tr("Send again"), lambda: retry(self.chosen))
        self._discard = push(tr("Discard"), lambda: discard(self.chosen))
        self._counts = note()
        self._none = note(tr("None of this kind."))
        self._said = note(kind="heading")
        self._detail = note()
        self.table = table(tr("Messages"), COLUMNS, WIDTHS_PX)
        self.table.setSelectionMode(QTableWidget.SelectionMode.ExtendedSelection)
        self.table.itemSelectionChanged.connect(self._enable)
        line = QHBoxLayout()
        for control in (self._filter, self._retry, self._discard):
            line.addWidget(control)
        line.addWidget(self._counts, 1)
        inside.addLayout(line)
        for widget in (self._said, self._none, self.table, self._detail):
            inside.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The rows that are selected."""
        return tuple(sorted(index.row() for index in self.table.selectionModel().selectedRows()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in (TO, FAULT):
            self.table.setColumnHidden(column, self.width() < NARROW_PX)

    def refresh(self) -> None:
        """Show the list."""
        messages = self._presenter.messages
        show_choices(self._filter, [(text, number) for number, (text, _) in enumerate(FILTERS)], messages.filter)
        rows = messages.rows()
        self._none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        show_rows(self.table, rows, SHOWN)
        self._counts.setText(self._presenter.counts)
        self._said.setText(messages.said)
        self._said.setVisible(bool(messages.said))
        self._enable()

    def _enable(self) -> None:
        messages, chosen = self._presenter.messages, self.chosen
        self._retry.setEnabled(messages.can_retry(chosen))
        self._discard.setEnabled(messages.can_discard(chosen))
        for button in (self._retry, self._discard):
            button.setToolTip("" if chosen else tr("Select messages."))
        shown = messages.at(chosen[0]) if len(chosen) == 1 else None
        self._detail.setText(f"{shown.body}\n\n{shown.error}".strip() if shown is not None else "")
        self._detail.setVisible(shown is not None)
