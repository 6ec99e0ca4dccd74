"""What each step's view works at, and the few widgets that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from hmi.panes.station_editor.session import EditSession
from hmi.ui.theme import Theme

Start = Callable[[Coroutine[Any, Any, object], str], None]
"""Starts a coroutine of the session under a name that people read."""

FAULT_MARK = "◆ "
EDGE_LIGHTER = 160


@dataclass(frozen=True, slots=True)
class Desk:
    """session: the one that is being edited now. go_on: what the Continue button does."""

    theme: Theme
    session: Callable[[], EditSession | None]
    start: Start
    go_on: Callable[[], None]


class StepView(QWidget):
    """One step's widgets."""

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        raise NotImplementedError

    def refresh(self, session: EditSession) -> None:
        """Show the session."""
        raise NotImplementedError


class FaultLabel(QLabel):
    """Says what is wrong with the field above it; takes no room while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "bad")
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the label."""
        self.setText(FAULT_MARK + sentence if sentence else "")
        self.setVisible(bool(sentence))


def show_checks(widget: QWidget, theme: Theme) -> None:
    """Give check boxes and radio buttons an edge that can be seen: Fusion draws it from the window's colour."""
    palette = widget.palette()
    # Fusion darkens it, whatever the look.
    edge = QColor(theme.tokens.outline).lighter(EDGE_LIGHTER if theme.tokens.name == "dark" else 100)
    if palette.color(QPalette.ColorRole.Window) != edge:
        palette.setColor(QPalette.ColorRole.Window, edge)
        widget.setPalette(palette)


def note(text: str = "", kind: str = "second") -> QLabel:
    """Return a label that wraps."""
    label = QLabel(text)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    return label


def heading(text: str) -> QLabel:
    """Return the title of a step."""
    label = QLabel(text)
    label.setProperty("kind", "heading")
    return label


def push(text: str, act: Callable[[], None], *, is_primary: bool = False) -> QPushButton:
    """Return a button that Enter presses too, when it has the focus."""
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setAutoDefault(True)
    if is_primary:
        button.setProperty("kind", "primary")
    button.clicked.connect(lambda _checked=False: act())
    return button


def field(name: str, typed: Callable[[str], None]) -> QLineEdit:
    """Return a line that tells each letter that a person types."""
    line = QLineEdit()
    line.setAccessibleName(name)
    line.textEdited.connect(typed)
    return line


def show_text(line: QLineEdit, text: str) -> None:
    """Show a text, unless just that is being typed."""
    if line.text().strip() != text.strip():
        line.setText(text)


def show_choices(box: QComboBox, choices: list[tuple[str, object]], chosen: object) -> None:
    """Show what can be chosen and what is, without a signal."""
    with QSignalBlocker(box):
        shown = [(box.itemText(row), box.itemData(row)) for row in range(box.count())]
        if shown != choices:
            box.clear()
            for text, data in choices:
                box.addItem(text, data)
        box.setCurrentIndex(next((row for row, (_, data) in enumerate(choices) if data == chosen), -1))
