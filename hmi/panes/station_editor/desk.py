"""What each step's view works at."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from hmi.panes.station_editor.session import EditSession
from hmi.ui.theme import Theme

Start = Callable[[Coroutine[Any, Any, object], str], None]
"""Starts a coroutine of the session under a name that people read."""


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
