"""The row above the chart: adding a pen, choosing a stretch of time, live or paused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QDateTime, QPoint, QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QDateTimeEdit,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.trend.timeline.window import SECOND_US

PRESETS_S: Final = ((300, "5 min"), (900, "15 min"), (3600, "1 h"), (28_800, "8 h"), (86_400, "24 h"), (604_800, "7 d"))
SUGGESTIONS: Final = 14
SUGGESTIONS_PX: Final = 360
COMPACT: Final = "QPushButton { padding: 4px 6px; } QPushButton:focus { padding: 3px 5px; }"


class PenSearch(QLineEdit):
    """Finds a tag by station and name; `chosen` carries its index."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._choices: Mapping[str, int] = {}
        self._labels = QStringListModel(self)
        self._completer = QCompleter(self._labels, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setMaxVisibleItems(SUGGESTIONS)
        popup = self._completer.popup()
        if popup is not None:
            popup.setMinimumWidth(SUGGESTIONS_PX)
        self.setCompleter(self._completer)
        self.setPlaceholderText(tr("Add pen: station or tag"))
        self.setAccessibleName(tr("Add pen"))
        self.setToolTip(tr("Type a part of a station's or a tag's name"))
        # The completer writes its choice into the field after this signal; the queue lets it come first.
        self._completer.activated.connect(self._choose, Qt.ConnectionType.QueuedConnection)
        self.returnPressed.connect(self._enter)

    def set_choices(self, choices: Mapping[str, int]) -> None:
        """Offer these labels."""
        self._choices = choices
        self._labels.setStringList(list(choices))

    def _enter(self) -> None:
        """Take what is typed, when it is one tag's label or the only suggestion."""
        text = self.text().strip()
        if text in self._choices:
            self._choose(text)
            return
        self._completer.setCompletionPrefix(text)
        if text and self._completer.completionCount() == 1:
            self._choose(self._completer.currentCompletion())

    def _choose(self, label: str) -> None:
        if label in self._choices:
            self.clear()
            self.chosen.emit(self._choices[label])


class GoToTime(QFrame):
    """A small window that asks for a moment, in local time."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._edit = QDateTimeEdit(QDateTime.currentDateTime())
        self._edit.setCalendarPopup(True)
        self._edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self._edit.setAccessibleName(tr("Date and time"))
        go = QPushButton(tr("Show"))
        go.clicked.connect(self._go)
        label = QLabel(tr("Local time"))
        label.setProperty("kind", "second")
        layout = QHBoxLayout(self)
        for widget in (label, self._edit, go):
            layout.addWidget(widget)

    def ask(self, below: QWidget, time_us: int) -> None:
        """Open under a widget with a moment to begin with."""
        self._edit.setDateTime(QDateTime.fromMSecsSinceEpoch(time_us // 1000))
        self._edit.setMaximumDateTime(QDateTime.currentDateTime())
        self.adjustSize()
        self.move(below.mapToGlobal(QPoint(below.width() - self.width(), below.height() + 2)))
        self.show()
        self._edit.setFocus()

    def _go(self) -> None:
        self.hide()
        self.chosen.emit(self._edit.dateTime().toMSecsSinceEpoch() * 1000)


class Toolbar(QWidget):
    """Search field, presets, go to, range and live. `went_to` carries UTC µs."""

    tag_chosen = Signal(int)
    span_chosen = Signal(object)
    went_to = Signal(object)
    full_range_toggled = Signal(bool)
    live_toggled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setStyleSheet(COMPACT)
        self.search = PenSearch()
        self.search.setMinimumWidth(130)
        self.search.setMaximumWidth(420)
        self.search.chosen.connect(self.tag_chosen)
        self._presets = QButtonGroup(self)
        self._go_to = QPushButton(tr("Go to…"))
        self._go_to.setToolTip(tr("Show an earlier moment"))
        self._go_to.clicked.connect(self._ask_time)
        self._picker = GoToTime(self)
        self._picker.chosen.connect(self.went_to)
        self._full = QPushButton(tr("Full range"))
        self._full.setCheckable(True)
        self._full.setToolTip(tr("Each axis over its tags' whole range, instead of what fits the visible values"))
        self._full.clicked.connect(self.full_range_toggled)
        self._live = QPushButton(tr("Paused – go live"))
        # As wide as its longer text: what stands beside it must not move when it changes.
        self._live.setFixedWidth(self._live.sizeHint().width() + 8)
        self._live.clicked.connect(self.live_toggled)
        self._moment_us = 0
        self._lay_out()

    def show_window(self, span_us: int, is_live: bool, end_us: int, is_full_range: bool) -> None:
        """Show what is set."""
        self._moment_us = end_us - span_us // 2
        self._presets.setExclusive(False)
        for button in self._presets.buttons():
            button.setChecked(self._presets.id(button) * SECOND_US == span_us)
        self._full.setChecked(is_full_range)
        self._live.setText(tr("Pause") if is_live else tr("Paused – go live"))
        self._live.setToolTip(tr("Key L or Space"))
        kind = "" if is_live else "operate"
        if kind != self._live.property("kind"):
            self._live.setProperty("kind", kind)
            # A style sheet looks at properties only when it is applied anew.
            self._live.style().unpolish(self._live)
            self._live.style().polish(self._live)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.search, 1)
        layout.addSpacing(4)
        for span_s, label in PRESETS_S:
            button = QPushButton(tr(label))
            button.setCheckable(True)
            button.setAccessibleName(tr("Show {span}").format(span=tr(label)))
            button.clicked.connect(lambda _checked, span_us=span_s * SECOND_US: self.span_chosen.emit(span_us))
            self._presets.addButton(button, span_s)
            layout.addWidget(button)
        layout.addSpacing(4)
        layout.addWidget(self._go_to)
        layout.addWidget(self._full)
        layout.addStretch(0)
        layout.addWidget(self._live)

    def _ask_time(self) -> None:
        self._picker.ask(self._go_to, self._moment_us)
