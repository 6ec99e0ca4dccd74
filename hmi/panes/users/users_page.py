"""The list of users, and the form of the one that is edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.users.presenter import UserRow, UsersPresenter
from hmi.panes.users.user_form import UserForm
from hmi.ui.cards import card, choice, show_rows, table
from hmi.ui.form_parts import note, push, show_choices
from hmi.ui.label import Label
from hmi.ui.shortcuts import ON_IT, shortcut
from hmi.ui.theme import Theme

COLUMNS: Final = (tr("Name"), tr("Full name"), tr("Role"), tr("At"), tr("Now"))
WIDTHS_PX: Final = (120, 130, 110, 130, 0)
SHOWN: Final = 9
ROLE_PX: Final = 200


class UsersPage(QWidget):
    """Double click or Enter edits, Del asks whether to delete."""

    def __init__(self, presenter: UsersPresenter, theme: Theme, save: Callable[[], None]) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._rows: tuple[UserRow, ...] = ()
        self.table = table(tr("Users"), COLUMNS, WIDTHS_PX)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.activated.connect(lambda _index: self._edit())
        shortcut(Qt.Key.Key_Delete, self.table, self._delete, ON_IT)
        self.add = push(tr("Add user…"), presenter.add)
        self.edit = push(tr("Edit…"), self._edit)
        self.reset = push(tr("Reset password…"), self._reset)
        self.delete = push(tr("Delete…"), self._delete)
        self.form = UserForm(presenter, theme, save)
        self.role = choice(tr("Role of the account for emergencies"), lambda _role: None)
        self.role.setFixedWidth(ROLE_PX)
        self.seal = push(tr("Seal an envelope…"), lambda: presenter.ask_seal(str(self.role.currentData())))
        self.code = push(tr("Make a recovery code…"), presenter.ask_code)
        self._recovery = note()
        self._envelope = note()
        self._lay_out()

    @property
    def chosen(self) -> UUID | None:
        """The user that is chosen in the list."""
        row = self.table.currentRow()
        return self._rows[row].id if 0 <= row < len(self._rows) and self.table.selectedItems() else None

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter, chosen = self._presenter, self.chosen
        self._rows = presenter.rows()
        with QSignalBlocker(self.table):
            show_rows(self.table, [row.cells for row in self._rows], SHOWN)
            self._paint()
            self._choose(chosen)
        self.form.refresh()
        roles = presenter.role_names()
        envelope = presenter.envelope
        now = self.role.currentData() or (envelope.role if envelope else "operator")
        show_choices(self.role, list(roles), now)
        self._recovery.setText(presenter.recovery)
        self._envelope.setText(_envelope_words(presenter))
        self._enable()

    def _lay_out(self) -> None:
        people, inside = card(tr("Users"))
        inside.addWidget(self.table)
        inside.addLayout(_row(self.add, self.edit, self.reset, self.delete))
        envelopes, within = card(tr("Envelopes"))
        within.addWidget(note(tr("For emergencies: whoever opens it acts with this role, and an alarm says so.")))
        within.addLayout(_row(self.role, self.seal, self._envelope))
        within.addWidget(note(tr("Recovery code: sets the password of an administrator who forgot it.")))
        within.addLayout(_row(self.code, self._recovery))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.form)
        layout.addWidget(people)
        layout.addWidget(envelopes)
        layout.addStretch(1)

    def _paint(self) -> None:
        bad = QBrush(QColor(self._theme.tokens.bad_text))
        for number, row in enumerate(self._rows):
            item = self.table.item(number, len(COLUMNS) - 1)
            if item is not None:
                item.setForeground(bad if row.is_bad else QBrush(QColor(self._theme.tokens.text)))

    def _choose(self, account_id: UUID | None) -> None:
        """Keep the same user chosen, wherever it is in the list now."""
        number = next((at for at, row in enumerate(self._rows) if row.id == account_id), -1)
        if number >= 0:
            self.table.selectRow(number)
        else:
            self.table.clearSelection()

    def _enable(self) -> None:
        presenter, chosen = self._presenter, self.chosen
        is_free = presenter.draft is None and presenter.question is None
        self.add.setEnabled(presenter.may_edit and is_free)
        self.edit.setEnabled(presenter.may_change(chosen) and is_free)
        self.reset.setEnabled(presenter.may_reset(chosen) and is_free)
        self.delete.setEnabled(presenter.may_edit and chosen is not None and is_free)
        self.seal.setEnabled(presenter.may_edit and is_free)
        self.code.setEnabled(presenter.may_edit and is_free)

    def _edit(self) -> None:
        if self.chosen is not None and self.edit.isEnabled():
            self._presenter.edit(self.chosen)

    def _reset(self) -> None:
        if self.chosen is not None:
            self._presenter.ask_reset(self.chosen)

    def _delete(self) -> None:
        if self.chosen is not None and self.delete.isEnabled():
            self._presenter.ask_delete(self.chosen)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, Label) else 0)
    if all(isinstance(each, QPushButton) for each in widgets):
        row.addStretch(1)
    return row


def _envelope_words(presenter: UsersPresenter) -> str:
    found = presenter.envelope
    if found is None:
        return tr("There is none.")
    return tr("It was used. Seal it anew.") if found.is_spent else tr("It is sealed.")
