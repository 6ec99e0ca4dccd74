"""The bar that says who has control of the station, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from hmi.domain.language import tr
from hmi.panes.control.authority import AuthorityFacts
from hmi.ui.label import Label


class AuthorityBar(QFrame):
    """Shows the facts; emits what is pressed."""

    take_pressed = Signal()
    take_over_pressed = Signal()
    ask_pressed = Signal()
    release_pressed = Signal()
    hand_over_pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._words = Label()
        self._words.setProperty("kind", "heading")
        self._scope = Label()
        self._scope.setProperty("kind", "second")
        self._wanted = Label()
        self._take = _button(tr("Take control"), self.take_pressed.emit)
        self._take_over = _button(tr("Take over…"), self.take_over_pressed.emit)
        self._ask = _button(tr("Ask for control"), self.ask_pressed.emit)
        self._hand_over = _button("", self._hand_it_over)
        self._decline = _button(tr("Decline"), lambda: self.hand_over_pressed.emit(""))
        self._release = _button(tr("Release"), self.release_pressed.emit)
        self._first = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.addWidget(self._words)
        layout.addWidget(self._scope)
        layout.addStretch(1)
        layout.addWidget(self._wanted)
        for button in (self._take, self._ask, self._take_over, self._hand_over, self._decline, self._release):
            layout.addWidget(button)

    def show_facts(self, facts: AuthorityFacts) -> None:
        """Show how it stands."""
        self._words.setText(facts.words)
        self._scope.setText(facts.scope)
        self._scope.setVisible(bool(facts.scope) and not facts.wanted_by)
        self._first = facts.wanted_by[0] if facts.wanted_by else ""
        self._wanted.setText(tr("{names} asks for control").format(names=", ".join(facts.wanted_by)))
        self._wanted.setVisible(bool(facts.wanted_by))
        self._take.setVisible(facts.can_take and not facts.needs_reason)
        self._take_over.setVisible(facts.can_take and facts.needs_reason)
        self._ask.setVisible(facts.can_ask)
        self._hand_over.setText(tr("Hand over to {name}").format(name=self._first))
        self._hand_over.setVisible(bool(self._first))
        self._decline.setVisible(bool(self._first))
        self._release.setVisible(facts.is_mine)

    def _hand_it_over(self) -> None:
        self.hand_over_pressed.emit(self._first)


def _button(text: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.clicked.connect(lambda _checked=False: act())
    return button
