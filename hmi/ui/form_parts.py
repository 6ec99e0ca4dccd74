"""The small parts that forms are made of: buttons, labels, fields and what they say is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from hmi.ui.label import Label
from hmi.ui.theme import Theme

FAULT_MARK: Final = "◆ "
EDGE_LIGHTER: Final = 160
HIDDEN_TEXT: Final = (
    Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
)


class FaultLabel(Label):
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


def note(text: str = "", kind: str = "second") -> Label:
    """Return a label that wraps."""
    label = Label(text)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    return label


def heading(text: str) -> Label:
    """Return the title of a card or a step."""
    label = Label(text)
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


def as_secret(line: QLineEdit) -> QLineEdit:
    """Let a line show nothing of what is typed, nor any keyboard on the screen learn or offer it; return the line."""
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setInputMethodHints(HIDDEN_TEXT)
    return line


def show_text(line: QLineEdit, text: str) -> None:
    """Show a text, unless just that is being typed."""
    if line.text().strip() != text.strip():
        line.setText(text)


def show_choices(box: QComboBox, choices: Sequence[tuple[str, object]], chosen: object) -> None:
    """Show what can be chosen and what is, without a signal."""
    with QSignalBlocker(box):
        shown = [(box.itemText(row), box.itemData(row)) for row in range(box.count())]
        if shown != list(choices):
            box.clear()
            for text, data in choices:
                box.addItem(text, data)
        box.setCurrentIndex(next((row for row, (_, data) in enumerate(choices) if data == chosen), -1))
