"""The lock-out tags on a piece of equipment: whose they are, why, and the button to take one's own off."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.domain.lockouts import LockoutTag
from hmi.ui.label import Label, tip
from hmi.ui.words import moment_text


class LockoutRow(QWidget):
    """Takes no room while nothing is locked out."""

    take_off_pressed = Signal(object)

    def __init__(self, equipment: str) -> None:
        super().__init__()
        self._equipment = equipment
        self._shown: tuple[tuple[LockoutTag, bool], ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.hide()

    def show_tags(self, tags: tuple[LockoutTag, ...], can_take_off: Callable[[LockoutTag], bool]) -> None:
        """Show the tags; made anew only when they differ."""
        wanted = tuple((tag, can_take_off(tag)) for tag in tags)
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for tag, may in wanted:
            self._layout.addWidget(self._line(tag, may))
        self.setVisible(bool(wanted))

    def _line(self, tag: LockoutTag, may: bool) -> QWidget:
        words = Label(tr("⊘ Locked out by {name}: {reason}").format(name=tag.user, reason=tag.reason))
        words.setProperty("kind", "bad")
        words.setWordWrap(True)
        words.setToolTip(tip(moment_text(tag.at_us)))
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(words, 1)
        if may:
            button = QPushButton(tr("Take off"))
            button.setAutoDefault(False)
            button.setAccessibleName(
                tr("Take {name}'s tag off {equipment}").format(name=tag.user, equipment=self._equipment)
            )
            button.clicked.connect(lambda: self.take_off_pressed.emit(tag))
            layout.addWidget(button)
        return line
