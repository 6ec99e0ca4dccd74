"""A stretch of time to choose: one that has a name, or from one moment to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QDateTime, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.ui.form_parts import show_choices

OWN: Final = "own"


class TimeSpan(QWidget):
    """`named` with what was chosen, `typed` with (start, end), UTC µs; `refused` with a sentence."""

    named = Signal(object)
    typed = Signal(object, object)
    refused = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, object]], chosen: object) -> None:
        super().__init__()
        self._before = (0, 0)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Time"))
        show_choices(self.choice, [*choices, (tr("From – to"), OWN)], chosen)
        self.choice.activated.connect(self._chosen)
        self.start, self.end = moment_edit(tr("From")), moment_edit(tr("To"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.choice, self.start, self.end):
            layout.addWidget(widget)
        for box in (self.start, self.end):
            box.editingFinished.connect(self._own)
            box.hide()

    def show_stretch(self, start_us: int, end_us: int) -> None:
        """Show the stretch that is looked at, from which a typed one begins; leave what is being typed alone."""
        if self.start.hasFocus() or self.end.hasFocus():
            return
        show_moment(self.start, start_us)
        show_moment(self.end, end_us)
        self._before = (moment_of(self.start), moment_of(self.end))

    def _chosen(self, row: int) -> None:
        data = self.choice.itemData(row)
        for box in (self.start, self.end):
            box.setVisible(data == OWN)
        if data == OWN:
            self._before = (0, 0)
            self._own()
        else:
            self.named.emit(data)

    def _own(self) -> None:
        stretch = (moment_of(self.start), moment_of(self.end))
        if stretch == self._before:
            return
        self._before = stretch
        if stretch[1] <= stretch[0]:
            self.refused.emit(tr("The end must come after the beginning."))
        else:
            self.typed.emit(*stretch)


def moment_edit(name: str) -> QDateTimeEdit:
    """Return a field for date and time, with a calendar."""
    box = QDateTimeEdit()
    box.setAccessibleName(name)
    box.setDisplayFormat("yyyy-MM-dd HH:mm")
    box.setCalendarPopup(True)
    return box


def show_moment(box: QDateTimeEdit, at_us: int) -> None:
    """Show a moment (UTC µs) without a signal."""
    with QSignalBlocker(box):
        box.setDateTime(QDateTime.fromMSecsSinceEpoch(at_us // 1000))


def moment_of(box: QDateTimeEdit) -> int:
    """Return the moment that is shown, UTC µs."""
    return box.dateTime().toMSecsSinceEpoch() * 1000
