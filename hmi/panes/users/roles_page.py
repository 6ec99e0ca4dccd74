"""Roles against permissions: what each may, at a glance, and to be ticked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QHBoxLayout, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from hmi.config.people_words import PERMISSIONS
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.users.presenter import UsersPresenter
from hmi.panes.users.words import GROUPS
from hmi.ui.cards import HEADER_PX, card
from hmi.ui.form_parts import field, note, push, show_checks, show_text
from hmi.ui.label import tip
from hmi.ui.tables import ROW_PX, set_up
from hmi.ui.theme import Theme

LABEL_PX: Final = 285
ROLE_PX: Final = 112
NAME_PX: Final = 180
MINUTES_PX: Final = 80


class RolesPage(QWidget):
    """Ticks change a draft; Save keeps it."""

    def __init__(self, presenter: UsersPresenter, theme: Theme, save: Callable[[], None]) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._lines: list[Permission | str] = []
        for title, permissions in GROUPS:
            self._lines += [title, *permissions]
        self.table = QTableWidget(len(self._lines), 1)
        set_up(self.table, tr("Roles and what they may"), (LABEL_PX,))
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectItems)
        self.table.itemChanged.connect(self._tick)
        self.table.currentCellChanged.connect(lambda _row, column, *_before: self._choose(column))
        self.table.horizontalHeader().sectionClicked.connect(self._choose)
        self.name = field(tr("Name of the role"), self._rename)
        self.name.setFixedWidth(NAME_PX)
        self.minutes = field(tr("Longest shelving, min"), self._type_minutes)
        self.minutes.setFixedWidth(MINUTES_PX)
        self.add = push(tr("Add role"), lambda: self._add(""))
        self.copy = push(tr("Copy role"), lambda: self._add(presenter.roles.chosen))
        self.delete = push(tr("Delete role…"), presenter.ask_delete_role)
        self.save = push(tr("Save roles"), save, is_primary=True)
        self.discard = push(tr("Discard"), presenter.let_go_of_roles)
        self._lay_out()

    def refresh(self) -> None:
        """Show the presenter's drafts."""
        presenter, roles = self._presenter, self._presenter.roles
        show_checks(self.table, self._theme)
        with QSignalBlocker(self.table):
            self._show_columns()
            for line, permission in enumerate(self._lines):
                self._show_line(line, permission)
        chosen = roles.roles.get(roles.chosen)
        may = presenter.may_edit
        show_text(self.name, chosen.role.name if chosen else "")
        show_text(self.minutes, chosen.minutes if chosen else "")
        self.name.setEnabled(may and chosen is not None)
        self.minutes.setEnabled(may and chosen is not None)
        self.add.setEnabled(may)
        self.copy.setEnabled(may and chosen is not None)
        is_as_it_came = chosen is not None and chosen.is_built_in and not chosen.seen
        self.delete.setText(tr("Put role back…") if chosen and chosen.is_built_in else tr("Delete role…"))
        self.delete.setEnabled(may and chosen is not None and not is_as_it_came)
        has_fault = any(each.minutes_fault for each in roles.roles.values())
        self.save.setEnabled(may and bool(roles.changed()) and not has_fault)
        self.discard.setEnabled(bool(roles.changed()))

    def _lay_out(self) -> None:
        frame, inside = card(tr("Roles"))
        words = tr("An administrator does not operate, on purpose: who edits the plant does not run it.")
        self.table.setFixedHeight(HEADER_PX + ROW_PX * len(self._lines) + 18)
        chosen = QHBoxLayout()
        chosen.setSpacing(8)
        for widget in (note(tr("Chosen role")), self.name, note(tr("shelves at most")), self.minutes, note(tr("min"))):
            chosen.addWidget(widget)
        chosen.addWidget(self.delete)
        chosen.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.add, self.copy, self.save, self.discard):
            foot.addWidget(button)
        foot.addStretch(1)
        inside.addLayout(foot)
        inside.addLayout(chosen)
        inside.addWidget(self.table)
        inside.addWidget(note(words))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        layout.addStretch(1)

    def _show_columns(self) -> None:
        drafts = list(self._presenter.roles.roles.values())
        self.table.setColumnCount(1 + len(drafts))
        names = [draft.role.name + (" *" if draft.is_changed else "") for draft in drafts]
        self.table.setHorizontalHeaderLabels(["", *names])
        header = self.table.horizontalHeader()
        for column, draft in enumerate(drafts, 1):
            header.resizeSection(column, ROLE_PX)
            item = self.table.horizontalHeaderItem(column) or QTableWidgetItem()
            font = QFont(item.font())
            font.setUnderline(draft.role.key == self._presenter.roles.chosen)
            item.setFont(font)
            item.setToolTip(tip(tr("{count} users have this role").format(count=draft.users)))

    def _show_line(self, line: int, permission: Permission | str) -> None:
        label = self._item(line, 0)
        label.setFlags(Qt.ItemFlag.ItemIsEnabled)
        if not isinstance(permission, Permission):
            font = QFont(label.font())
            font.setBold(True)
            label.setFont(font)
            label.setText(permission)
            for column in range(1, self.table.columnCount()):
                self._item(line, column).setFlags(Qt.ItemFlag.NoItemFlags)
            return
        label.setText("   " + PERMISSIONS[permission])
        label.setToolTip(tip(PERMISSIONS[permission]))
        may = self._presenter.may_edit and permission is not Permission.VIEW
        for column, draft in enumerate(self._presenter.roles.roles.values(), 1):
            item = self._item(line, column)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable if may else flags)
            has = permission in draft.role.permissions
            item.setCheckState(Qt.CheckState.Checked if has else Qt.CheckState.Unchecked)
            item.setForeground(QColor(self._theme.tokens.text))
            words = tr("yes") if has else tr("no")
            name = f"{draft.role.name}, {PERMISSIONS[permission]}: {words}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)

    def _item(self, line: int, column: int) -> QTableWidgetItem:
        item = self.table.item(line, column)
        if item is None:
            item = QTableWidgetItem()
            self.table.setItem(line, column, item)
        return item

    def _tick(self, item: QTableWidgetItem) -> None:
        permission, drafts = self._lines[item.row()], list(self._presenter.roles.roles.values())
        if isinstance(permission, Permission) and 0 < item.column() <= len(drafts):
            draft = drafts[item.column() - 1]
            if (permission in draft.role.permissions) != (item.checkState() is Qt.CheckState.Checked):
                draft.toggle(permission)
            self._choose(item.column())

    def _choose(self, column: int) -> None:
        keys = list(self._presenter.roles.roles)
        if 0 < column <= len(keys):
            self._presenter.roles.chosen = keys[column - 1]
            self._presenter.show_again()

    def _add(self, like: str) -> None:
        roles = self._presenter.roles
        name = tr("{name}, copy").format(name=roles.roles[like].role.name) if like in roles.roles else tr("new role")
        roles.add(name, like)
        self._presenter.show_again()
        self.name.setFocus()
        self.name.selectAll()

    def _rename(self, text: str) -> None:
        self._with_chosen(lambda draft: draft.rename(text))

    def _type_minutes(self, text: str) -> None:
        self._with_chosen(lambda draft: draft.type_minutes(text))

    def _with_chosen(self, change: Callable[..., None]) -> None:
        draft = self._presenter.roles.roles.get(self._presenter.roles.chosen)
        if draft is not None:
            change(draft)
            self._presenter.show_again()
