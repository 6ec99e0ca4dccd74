"""The list of keys, over the charts until the next key or click."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.keys import KEYS
from hmi.ui.label import Label

MARGIN_PX: Final = 8
SCROLL_BAR_PX: Final = 16
FRAME_PX: Final = 10
SCROLLS: Final = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class KeyList(QFrame):
    """Shows KEYS in two columns where there is room for them, else in one; what does not fit is scrolled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Keys of the trend"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self._labels = [(_label(keys, "heading"), _label(tr(text))) for keys, text in KEYS]
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setHorizontalSpacing(14)
        self.area = QScrollArea()
        self.area.setObjectName("plain")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setWidget(self._list)
        self._list.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self.area)
        parent.installEventFilter(self)
        self.hide()

    def show_over(self, area: QWidget) -> None:
        """Show it in the middle of its parent."""
        self._fit(area)
        self.show()
        self.raise_()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible() and isinstance(watched, QWidget):
            self._fit(watched)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.area.verticalScrollBar()
        if event.key() in SCROLLS and bar.maximum() > 0:
            is_page = event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            by = bar.pageStep() if is_page else bar.singleStep()
            bar.setValue(bar.value() + (by if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else -by))
            return
        self._leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._leave()

    def _fit(self, area: QWidget) -> None:
        room = area.size() - QSize(2 * MARGIN_PX, 2 * MARGIN_PX)
        wanted = self._arrange(2)
        if wanted.width() > room.width():
            wanted = self._arrange(1)
        if wanted.height() > room.height():
            wanted += QSize(SCROLL_BAR_PX, 0)
        self.resize(wanted.boundedTo(room))
        self.move((area.width() - self.width()) // 2, (area.height() - self.height()) // 2)

    def _arrange(self, columns: int) -> QSize:
        """Put the labels into so many columns; return the size that all of them need."""
        length = -(-len(self._labels) // columns)
        for number, (key, text) in enumerate(self._labels):
            self._grid.addWidget(key, number % length, 2 * (number // length))
            self._grid.addWidget(text, number % length, 2 * (number // length) + 1)
        self._grid.activate()
        return self._list.minimumSizeHint() + QSize(FRAME_PX, FRAME_PX)

    def _leave(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()


def _label(text: str, kind: str = "") -> Label:
    label = Label(text)
    if kind:
        label.setProperty("kind", kind)
    return label
