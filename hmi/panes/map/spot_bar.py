"""What the map says while a spot is to be chosen: for what, how, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from hmi.domain.language import tr
from hmi.ui.label import Label


class SpotBar(QFrame):
    """Lies over the map; a cross marks its middle meanwhile, for those who choose by the keys."""

    middle_wanted = Signal()
    cancelled = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self.setObjectName("card")
        self._canvas = canvas
        self._words = Label()
        self._words.setWordWrap(True)
        middle = QPushButton(tr("Take the middle"))
        middle.setToolTip(tr("The cross in the middle of the map (Enter)"))
        middle.clicked.connect(self.middle_wanted)
        cancel = QPushButton(tr("Cancel"))
        cancel.setToolTip(tr("Back without a spot (Esc)"))
        cancel.clicked.connect(self.cancelled)
        self._cross = Label("✛", canvas)
        self._cross.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._cross.setProperty("kind", "title")
        self._cross.setAlignment(Qt.AlignmentFlag.AlignCenter)
        canvas.installEventFilter(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.addWidget(self._words, 1)
        layout.addWidget(middle)
        layout.addWidget(cancel)
        self.show_for("")

    def show_for(self, name: str) -> None:
        """Ask where the thing called `name` stands; an empty name ends the asking."""
        self._words.setText(tr("Click where {name} stands.").format(name=name))
        self.setAccessibleName(self._words.text())
        self.setVisible(bool(name))
        self._cross.setVisible(bool(name))
        self._centre()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._centre()
        return super().eventFilter(watched, event)

    def _centre(self) -> None:
        self._cross.resize(self._cross.sizeHint())
        self._cross.move(self._canvas.rect().center() - self._cross.rect().center())
