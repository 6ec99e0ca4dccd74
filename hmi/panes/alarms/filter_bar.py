"""What a list of alarms is narrowed to: priorities, the selected station, a text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.ui.alarm_words import PRIORITY_NAMES
from hmi.ui.label import tip
from hmi.ui.symbols import alarm_icon
from hmi.ui.theme import Theme

SEARCH_PX = 150


class FilterBar(QWidget):
    """`changed` after each change."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._priorities = {priority: self._toggle(priority) for priority in Priority}
        self.station = QToolButton()
        self.station.setCheckable(True)
        self.station.setText(tr("This station"))
        self.station.setToolTip(tr("Only the station that is selected on the left"))
        self.station.toggled.connect(lambda _: self.changed.emit())
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find"))
        self.search.setAccessibleName(tr("Find station or alarm"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(SEARCH_PX)
        self.search.textChanged.connect(lambda _: self.changed.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button in self._priorities.values():
            layout.addWidget(button)
        layout.addWidget(self.station)
        layout.addWidget(self.search)
        self.show_theme()

    @property
    def priorities(self) -> frozenset[Priority]:
        """The priorities that are looked for; empty for all."""
        return frozenset(priority for priority, button in self._priorities.items() if button.isChecked())

    def show_theme(self) -> None:
        """Draw the symbols in the look that is used."""
        for priority, button in self._priorities.items():
            button.setIcon(alarm_icon(self._theme.tokens, priority, AlarmState.UNACK, is_lit=True))

    def _toggle(self, priority: Priority) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setIconSize(QSize(18, 18))
        button.setStyleSheet("padding: 4px 6px;")
        name = tr("Only priority {number}, {name}").format(
            number=int(priority), name=tr(PRIORITY_NAMES[priority]).lower()
        )
        button.setAccessibleName(name)
        button.setToolTip(tip(name))
        button.toggled.connect(lambda _: self.changed.emit())
        return button
