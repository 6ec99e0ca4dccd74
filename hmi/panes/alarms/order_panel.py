"""A line above the list in which a person says why, and for how long, before alarms are hidden; or writes a note."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.domain.language import tr
from hmi.services.port.alarms import MOST_COMMENT
from hmi.ui.form_parts import FaultLabel, push
from hmi.ui.label import Label
from hmi.ui.words import length_text


class OrderKind(StrEnum):
    """What is about to be done."""

    SHELVE = "shelve"
    REMOVE = "remove"
    NOTE = "note"


class OrderPanel(QFrame):
    """`given` with (kind, reason, seconds, whether only until the alarm clears)."""

    given = Signal(str, str, float, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._kind = OrderKind.SHELVE
        self._title = Label()
        self._title.setProperty("kind", "heading")
        self.reason = QLineEdit()
        self.reason.setMaxLength(MOST_COMMENT)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.returnPressed.connect(self._give)
        self.length = QComboBox()
        self.length.setAccessibleName(tr("For how long"))
        self.one_shot = QCheckBox(tr("only until it clears"))
        self._go = push("", self._give, is_primary=True)
        self._keep = push(tr("Cancel"), self.hide)
        self._fault = FaultLabel()
        line = QHBoxLayout()
        for widget in (self.reason, self.length, self.one_shot, self._go, self._keep):
            line.addWidget(widget, 1 if widget is self.reason else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addLayout(line)
        layout.addWidget(self._fault)
        self.hide()

    def ask(self, kind: OrderKind, count: int, lengths_s: Sequence[float]) -> None:
        """Open for some alarms; lengths_s: from which to choose how long they are shelved."""
        self._kind = kind
        is_shelving = kind is OrderKind.SHELVE
        self._title.setText(_title(kind, count))
        go = {OrderKind.SHELVE: tr("Shelve"), OrderKind.REMOVE: tr("Out of service"), OrderKind.NOTE: tr("Write")}
        self._go.setText(go[kind])
        self.reason.setPlaceholderText(tr("Note") if kind is OrderKind.NOTE else tr("Why (needed)"))
        self.reason.clear()
        self.length.setVisible(is_shelving)
        self.one_shot.setVisible(is_shelving)
        self.one_shot.setChecked(False)
        self.length.clear()
        for seconds in lengths_s:
            self.length.addItem(tr("for {time}").format(time=length_text(seconds)), seconds)
        hour = self.length.findData(3600.0)
        self.length.setCurrentIndex(hour if hour >= 0 else self.length.count() - 1)
        self._fault.say("")
        self.show()
        self.reason.setFocus()

    def refuse(self, sentence: str) -> None:
        """Stay open and say why it was not done."""
        self._fault.say(sentence)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        if not self.reason.text().strip():
            self._fault.say(tr("Type the note first.") if self._kind is OrderKind.NOTE else tr("Write why."))
            self.reason.setFocus()
            return
        seconds = float(self.length.currentData() or 0.0)
        self.given.emit(str(self._kind), self.reason.text().strip(), seconds, self.one_shot.isChecked())


def _title(kind: OrderKind, count: int) -> str:
    """Return what is about to be done, to how many alarms."""
    if kind is OrderKind.NOTE:
        return tr("Note to the alarm's moment")
    if kind is OrderKind.SHELVE:
        words = tr("Shelve the alarm") if count == 1 else tr("Shelve {count} alarms")
    else:
        words = tr("Take the alarm out of service") if count == 1 else tr("Take {count} alarms out of service")
    return words.format(count=count)
