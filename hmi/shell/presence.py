"""Whether anybody is at the program: keys, mouse and touch in any of its windows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

BETWEEN_S: Final = 15.0
"""The least time between two words of it; idle times are minutes."""
SIGNS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.TouchBegin,
        QEvent.Type.Wheel,
    }
)


class Presence(QObject):
    """Watches the system's windows, not their widgets: what an application's every event would cost is not spent."""

    def __init__(self, tell: Callable[[], None], now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._tell = tell
        self._now_s = now_s
        self._told_s = float("-inf")
        self._watched: list[QWindow] = []
        self._app = cast(QGuiApplication, QGuiApplication.instance())
        self._app.focusWindowChanged.connect(self._watch)
        self._watch(QGuiApplication.focusWindow())

    def close(self) -> None:
        """Watch nothing more."""
        self._app.focusWindowChanged.disconnect(self._watch)
        for window in self._watched:
            window.removeEventFilter(self)
        self._watched.clear()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in SIGNS and self._now_s() - self._told_s >= BETWEEN_S:
            self._told_s = self._now_s()
            self._tell()
        return False

    def _watch(self, window: QWindow | None) -> None:
        """Watch a window that has the focus for the first time."""
        if window is not None and window not in self._watched:
            window.installEventFilter(self)
            self._watched.append(window)
            window.destroyed.connect(lambda: self._watched.remove(window) if window in self._watched else None)
