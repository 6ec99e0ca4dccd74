"""The field that finds a pen by typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from hmi.domain.language import tr
from hmi.panes.trend.finding import Finder

SUGGESTIONS: Final = 14
SUGGESTIONS_PX: Final = 360
MOST_OFFERED: Final = 500


class PenSearch(QLineEdit):
    """Finds a tag by station and name; `chosen` carries its index, `said` why nothing was chosen."""

    chosen = Signal(int)
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.finder = Finder({})
        self._labels = QStringListModel(self)
        self._completer = QCompleter(self._labels, self)
        # The model holds what fits already: a completer knows neither accents nor words in any order.
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(SUGGESTIONS)
        popup = self._completer.popup()
        if popup is not None:
            popup.setMinimumWidth(SUGGESTIONS_PX)
        self.setCompleter(self._completer)
        self.setPlaceholderText(tr("Add pen: station or tag"))
        self.setAccessibleName(tr("Add pen"))
        self.setToolTip(tr("Type parts of a station's and a tag's name"))
        # The completer writes its choice into the field after this signal; the queue lets it come first.
        self._completer.activated.connect(self._choose, Qt.ConnectionType.QueuedConnection)
        self.returnPressed.connect(self._enter)
        self.textEdited.connect(self._offer)

    def set_choices(self, choices: Mapping[str, int]) -> None:
        """Offer these labels."""
        self.finder = Finder(choices)
        self._offer(self.text())

    def _offer(self, text: str) -> None:
        """Let the list under the field show what fits; the field itself opens it."""
        self._labels.setStringList(list(self.finder.found(text)[:MOST_OFFERED]))

    def _enter(self) -> None:
        """Take what is typed, when it means one tag; else say why not."""
        label = self.finder.one(self.text())
        if label is not None:
            self._choose(label)
            return
        remark = self.finder.remark(self.text())
        if remark:
            self.said.emit(remark)
        if self._labels.rowCount():
            self._completer.complete()

    def _choose(self, label: str) -> None:
        if label in self.finder.choices:
            popup = self._completer.popup()
            if popup is not None:
                popup.hide()
            self.clear()
            self._offer("")
            self.chosen.emit(self.finder.choices[label])
