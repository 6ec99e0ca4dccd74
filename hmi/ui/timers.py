"""Timers that live as long as the widget they belong to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def once(owner: QObject, after_ms: int, act: Callable[[], object]) -> QTimer:
    """Return a timer that acts once for however many starts came within its time; not started yet.

    With 0 ms it acts as soon as what is going on has ended: many changes become one.
    """
    timer = every(owner, after_ms, act)
    timer.setSingleShot(True)
    return timer


def every(owner: QObject, interval_ms: int, act: Callable[[], object]) -> QTimer:
    """Return a timer that acts again and again; not started yet."""
    timer = QTimer(owner)
    timer.setInterval(interval_ms)
    timer.timeout.connect(act)
    return timer
