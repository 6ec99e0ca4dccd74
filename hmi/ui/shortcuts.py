"""Keys that work where they are meant to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

WITHIN: Final = Qt.ShortcutContext.WidgetWithChildrenShortcut
ON_IT: Final = Qt.ShortcutContext.WidgetShortcut


def shortcut(
    key: QKeySequence | QKeySequence.StandardKey | Qt.Key | str,
    owner: QWidget,
    act: Callable[[], object],
    context: Qt.ShortcutContext = WITHIN,
) -> QShortcut:
    """Make a key act while the owner, or something in it, has the focus.

    PySide 6.11.3 passes over the context that QShortcut is constructed with: such a key works in the whole window.
    """
    found = QShortcut(QKeySequence(key), owner)
    found.setContext(context)
    found.activated.connect(act)
    return found
