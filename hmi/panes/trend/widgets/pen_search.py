"""The field that finds a pen by typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from hmi.domain.language import tr

SUGGESTIONS: Final = 14
SUGGESTIONS_PX: Final = 360


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
