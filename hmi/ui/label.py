"""The label of this program: what it is given it shows letter by letter.

Qt's own reads any text that looks like HTML as HTML. Names of certificates, tags and people come from outside: a
server could make the very fingerprint that one is asked to compare too small to be seen.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget  # noqa: TID251  # the one place


class Label(QLabel):
    """Shows plain text; whoever wants more says so with setTextFormat, and escapes what comes from outside."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """Return a tooltip's text so that it is shown letter by letter, too: tooltips are labels of Qt's own."""
    if "<" not in text and "&lt;" not in text:  # Qt takes nothing else for HTML
        return text
    return "<qt>" + escape(text).replace("\n", "<br>") + "</qt>"


def in_role(text: str, role: int) -> str:
    """Return what a model says of a cell: its text, or the tooltip that shows a long one whole."""
    return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
