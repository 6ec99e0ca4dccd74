"""What every pane is given, and the wall around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port
from hmi.ui.label import Label
from hmi.ui.navigator import Navigator
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme

_log = structlog.get_logger(__name__)

ERROR_CHARACTERS: Final = 400


@dataclass(frozen=True, slots=True)
class PaneContext:
    """What a pane is made from. `fail` brings up the pane's wall."""

    mirror: Mirror
    port: Port
    navigator: Navigator
    theme: Theme
    tasks: Tasks
    fail: Callable[[Exception], None]

    def listen(self, listener: Callable[[Change, Frame], None]) -> Callable[[], None]:
        """Listen to the mirror; an error of the listener fails this pane and no other."""
        return self.mirror.listen(listener, self.fail)


MakeView = Callable[[Callable[[Exception], None]], QWidget]


class PaneFrame(QFrame):
    """Holds a pane's view; an error of the pane is shown here with a button to try again, and goes no further.

    made: the view has been made, for the first time or anew.
    """

    made = Signal()

    def __init__(self, name: str, package: str, make: MakeView, *, is_late: bool = False) -> None:
        """name: what the operator calls the pane. package: its module path, by which its errors are known.

        is_late: make the view when it is first looked at, which saves the start the panes that few look at.
        """
        super().__init__()
        self.package = package
        self.setAccessibleName(name)
        self._name = name
        self._make = make
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.view: QWidget | None = None
        self.error = ""
        if not is_late:
            self._build()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.view is None:
            self._build()

    def fail(self, error: Exception) -> None:
        """Replace the view by the error; the trace goes to the log once."""
        if self.error:
            return
        _log.error("pane failed", pane=self._name, exc_info=error)
        self.error = f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
        self._replace(self._error_page())

    def retry(self) -> None:
        """Make the view anew."""
        self.error = ""
        self._build()

    def _build(self) -> None:
        try:
            self._replace(self._make(self.fail))
            self.made.emit()
        except Exception as error:  # noqa: BLE001  # failure wall: a pane that cannot be made is an error page
            self.fail(error)

    def _replace(self, view: QWidget) -> None:
        if self.view is not None:
            self._layout.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
        self.view = view
        self._layout.addWidget(view)

    def _error_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label(tr("{pane} stopped working.").format(pane=self._name))
        title.setProperty("kind", "title")
        detail = Label(self.error)
        detail.setProperty("kind", "second")
        detail.setWordWrap(True)
        again = QPushButton(tr("Try again"))
        again.clicked.connect(self.retry)
        for widget in (title, detail, again):
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        return page
