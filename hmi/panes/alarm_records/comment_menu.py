"""Which priorities are acknowledged with a comment only: a button with a menu to tick them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from hmi.domain.alarm_drafts import PRIORITY_LABELS
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.ui.label import tip


class CommentMenu(QPushButton):
    """`chosen` with the priorities, after a person ticked one."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Rules…"))
        self.setAccessibleName(tr("Priorities that are acknowledged with a comment only"))
        self.setToolTip(tip(self.accessibleName()))
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addSection(tr("Acknowledged with a comment only"))
        self._actions: dict[Priority, QAction] = {}
        for priority in Priority:
            action = menu.addAction(tr(PRIORITY_LABELS[priority]))
            action.setCheckable(True)
            action.toggled.connect(lambda _: self.chosen.emit(self.priorities))
            self._actions[priority] = action
        self.setMenu(menu)

    @property
    def priorities(self) -> frozenset[Priority]:
        """Those that are ticked."""
        return frozenset(priority for priority, action in self._actions.items() if action.isChecked())

    def show_priorities(self, priorities: frozenset[Priority], *, may_edit: bool) -> None:
        """Show which need a comment."""
        for priority, action in self._actions.items():
            with QSignalBlocker(action):
                action.setChecked(priority in priorities)
            action.setEnabled(may_edit)
