"""The form of one user: name, role, stations, enabled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.users.presenter import UsersPresenter
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, field, heading, note, push, show_checks, show_choices, show_text
from hmi.ui.shortcuts import shortcut
from hmi.ui.theme import Theme

FIELD_PX: Final = 260
LIST_PX: Final = 110


class UserForm(QFrame):
    """Shown while a user is edited; Esc leaves it."""

    def __init__(self, presenter: UsersPresenter, theme: Theme, save: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._presenter = presenter
        self._theme = theme
        self._shown: object = None
        self._title = heading("")
        self.name = field(tr("Name"), lambda text: presenter.change(name=text))
        self.full_name = field(tr("Full name"), lambda text: presenter.change(full_name=text))
        for line in (self.name, self.full_name):
            line.setMaxLength(100)
            line.setFixedWidth(FIELD_PX)
        self.role = choice(tr("Role"), lambda key: presenter.change(role=key))
        self.role.setFixedWidth(FIELD_PX)
        self.everywhere = QRadioButton(tr("All stations"))
        self.somewhere = QRadioButton(tr("Only these"))
        self.everywhere.clicked.connect(lambda: presenter.change(stations=None))
        self.somewhere.clicked.connect(lambda: presenter.change(stations=frozenset()))
        self.stations = QListWidget()
        self.stations.setAccessibleName(tr("Stations"))
        self.stations.setFixedSize(FIELD_PX, LIST_PX)
        self.stations.itemChanged.connect(self._tick)
        self.is_enabled = QCheckBox(tr("May sign in"))
        self.is_enabled.clicked.connect(lambda is_on: presenter.change(is_enabled=is_on))
        self.fault = FaultLabel()
        self._changed = note()
        self.save = push(tr("Save"), save, is_primary=True)
        self.cancel = push(tr("Cancel"), presenter.leave)
        self._lay_out()
        shortcut(Qt.Key.Key_Escape, self, presenter.leave)
        self.hide()

    def refresh(self) -> None:
        """Show the presenter's draft; without one the form is gone."""
        presenter, draft = self._presenter, self._presenter.draft
        self.setVisible(draft is not None)
        if draft is None:
            self._shown = None
            return
        account = draft.account
        self._title.setText(tr("New user") if draft.before is None else draft.before.name)
        show_text(self.name, account.name)
        show_text(self.full_name, account.full_name)
        show_choices(self.role, list(presenter.role_names()), account.role)
        for box in (self.everywhere, self.somewhere, self.is_enabled, self.stations):
            show_checks(box, self._theme)
        is_everywhere = account.stations is None
        self.everywhere.setChecked(is_everywhere)
        self.somewhere.setChecked(not is_everywhere)
        self._show_stations(account.stations or frozenset())
        self.stations.setVisible(not is_everywhere)
        self.is_enabled.setChecked(account.is_enabled)
        self.fault.say(draft.fault)
        fresh = tr("The program makes a password; it is shown once.") if draft.before is None else ""
        self._changed.setText(presenter.changed or fresh)
        self._changed.setVisible(bool(self._changed.text()))
        self.save.setEnabled(presenter.may_edit and draft.can_be_saved)
        if draft is not self._shown:
            self._shown = draft
            self.name.setFocus()

    def _lay_out(self) -> None:
        at = QWidget()
        beside = QVBoxLayout(at)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        radios = QHBoxLayout()
        radios.addWidget(self.everywhere)
        radios.addWidget(self.somewhere)
        radios.addStretch(1)
        beside.addLayout(radios)
        beside.addWidget(self.stations)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        for label, widget in (
            (tr("Name"), self.name),
            (tr("Full name"), self.full_name),
            (tr("Role"), self.role),
            (tr("Holds at"), at),
            ("", self.is_enabled),
        ):
            form.addRow(label, widget)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addWidget(self.cancel)
        foot.addWidget(self.fault, 1)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addWidget(self._changed)
        layout.addLayout(foot)

    def _show_stations(self, chosen: frozenset[UUID]) -> None:
        found = self._presenter.stations()
        with QSignalBlocker(self.stations):
            shown = [self.stations.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.stations.count())]
            if shown != [key for _, key in found]:
                self.stations.clear()
                for name, key in found:
                    item = QListWidgetItem(name, self.stations)
                    item.setData(Qt.ItemDataRole.UserRole, key)
            for row, (_, key) in enumerate(found):
                state = Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked
                self.stations.item(row).setCheckState(state)

    def _tick(self, item: QListWidgetItem) -> None:
        is_in = item.checkState() is Qt.CheckState.Checked
        choose = partial(self._presenter.choose_station, item.data(Qt.ItemDataRole.UserRole))
        choose(is_in=is_in)
