"""An asyncio loop on Qt's, for tests that are plain functions; taken down in the order that leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import qasync
from PySide6.QtWidgets import QApplication

T = TypeVar("T")


class QtLoop:
    """Runs coroutines while Qt's events are processed."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.loop = qasync.QEventLoop(app, already_running=True)
        asyncio.set_event_loop(self.loop)

    def until(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        task = self.loop.create_task(coroutine)
        while not task.done():
            self._app.processEvents()
        return task.result()  # type: ignore[no-any-return]  # qasync is untyped

    def close(self) -> None:
        """Cancel what runs, then end the loop."""
        for task in (running := asyncio.all_tasks(self.loop)):
            task.cancel()
        while any(not task.done() for task in running):
            self._app.processEvents()
        asyncio.events._set_running_loop(None)
        # Not stop(): it tells Qt to quit, and with no application running every later event loop would end at once.
        self.loop._QEventLoop__is_running = False
        self.loop.close()
        asyncio.set_event_loop(None)


@contextmanager
def qt_loop(app: QApplication) -> Iterator[QtLoop]:
    """Yield a loop and close it."""
    loop = QtLoop(app)
    try:
        yield loop
    finally:
        loop.close()
