"""A card with a list of things and the buttons to add, edit and delete them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.notifications.presenter import Part, Row
from hmi.ui.cards import card, show_rows, table
from hmi.ui.form_parts import note, push
from hmi.ui.shortcuts import ON_IT, shortcut
from hmi.ui.theme import Theme

SHOWN: Final = 6


class ListCard(QFrame):
    """Shows rows; a double click or Enter edits, Del deletes."""

    def __init__(
        self,
        title: str,
        columns: Sequence[str],
        widths: Sequence[int],
        empty: str,
        theme: Theme,
        edit: Callable[[Part, UUID], None],
        delete: Callable[[Part, UUID, str], None],
    ) -> None:
        """empty: what is said while there is nothing. The last column is red in a row that is bad."""
        super().__init__()
        self._theme = theme
        self._edit = edit
        self._delete = delete
        self._rows: tuple[Row, ...] = ()
        self._may_edit = False
        frame, self._inside = card(title)
        self._buttons = QHBoxLayout()
        self._edit_button = push(tr("Edit…"), self._edit_chosen)
        self._delete_button = push(tr("Delete…"), self._delete_chosen)
        self._adds: list[QPushButton] = []
        self._acts = [self._edit_button, self._delete_button]
        self._buttons.addWidget(self._edit_button)
        self._buttons.addWidget(self._delete_button)
        self._buttons.addStretch(1)
        self._empty = note(empty)
        self.table = table(title, columns, widths)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.activated.connect(lambda _index: self._edit_chosen())
        shortcut(Qt.Key.Key_Delete, self.table, self._delete_chosen, ON_IT)
        self._inside.addLayout(self._buttons)
        self._inside.addWidget(self._empty)
        self._inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def add_button(self, text: str, act: Callable[[], None]) -> None:
        """Put a button that adds something before the others."""
        button = push(text, act)
        self._buttons.insertWidget(len(self._adds), button)
        self._adds.append(button)

    def add_line(self, *widgets: QWidget) -> None:
        """Put widgets in a line below the buttons."""
        line = QHBoxLayout()
        for widget in widgets:
            line.addWidget(widget)
        line.addStretch(1)
        self._inside.insertLayout(2, line)

    def add_action(self, text: str, act: Callable[[UUID], None]) -> QPushButton:
        """Put a button beside Delete that acts on the chosen row."""
        button = push(text, partial(self._act_on_chosen, act))
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        self._acts.append(button)
        return button

    @property
    def chosen(self) -> Row | None:
        """The row that is selected."""
        row = self.table.currentRow()
        return self._rows[row] if self.table.selectedItems() and 0 <= row < len(self._rows) else None

    def refresh(self, rows: tuple[Row, ...], *, may_edit: bool) -> None:
        """Show rows; the selection stays with its thing."""
        chosen = self.chosen
        self._may_edit = may_edit
        if rows != self._rows:
            self._rows = rows
            show_rows(self.table, [row.cells for row in rows], SHOWN)
            if chosen is not None:
                self._select(chosen.id)
        bad = QBrush(QColor(self._theme.tokens.bad_text))
        for number, row in enumerate(rows):
            item = self.table.item(number, len(row.cells) - 1)
            if item is not None:
                item.setForeground(bad if row.is_bad else QBrush())
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self._enable()

    def _select(self, thing_id: UUID) -> None:
        for number, row in enumerate(self._rows):
            if row.id == thing_id:
                self.table.selectRow(number)
                return
        self.table.clearSelection()

    def _enable(self) -> None:
        has_chosen = self.chosen is not None
        for button in self._adds:
            button.setEnabled(self._may_edit)
        for button in self._acts:
            button.setEnabled(self._may_edit and has_chosen)
            button.setToolTip("" if has_chosen else tr("Select a row."))

    def _edit_chosen(self) -> None:
        row = self.chosen
        if row is not None and self._may_edit:
            self._edit(row.part, row.id)

    def _delete_chosen(self) -> None:
        row = self.chosen
        if row is not None and self._may_edit:
            self._delete(row.part, row.id, row.cells[0])

    def _act_on_chosen(self, act: Callable[[UUID], None]) -> None:
        row = self.chosen
        if row is not None:
            act(row.id)
