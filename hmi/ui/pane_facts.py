"""What presenters are given to listen with; the part of a pane's context that knows no Qt."""

from __future__ import annotations

from collections.abc import Callable

from hmi.services.mirror import Listener

Listen = Callable[[Listener], Callable[[], None]]
"""Registers a listener behind the pane's wall and returns what removes it."""


def all_of(*removers: Callable[[], None]) -> Callable[[], None]:
    """Return one remover for several."""

    def remove() -> None:
        for each in removers:
            each()

    return remove
