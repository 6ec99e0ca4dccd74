"""The wall inside a paint event: an error there must never reach Qt.

A painter that is still at work when its paint event is left by an exception crashes Qt a moment later, so it is always
ended, and the error goes to the pane that the widget is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from hmi.ui.pane import PaneFrame


@contextmanager
def painting(widget: QWidget) -> Iterator[QPainter]:
    """Yield a painter with smooth edges; an error inside fails the widget's pane once the painting is over."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    except Exception as error:
        pane = pane_of(widget)
        if pane is None:
            raise
        # Not now: the wall takes this widget away.
        QTimer.singleShot(0, lambda failed=error: pane.fail(failed))
    finally:
        painter.end()


def pane_of(widget: QWidget | None) -> PaneFrame | None:
    """Return the pane that a widget is in."""
    while widget is not None and not isinstance(widget, PaneFrame):
        widget = widget.parentWidget()
    return widget
