"""An asyncio loop on Qt's, for tests that are plain functions; taken down in the order that leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QTimer
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
        self.loop.stop()
        self.loop.close()
        asyncio.set_event_loop(None)
        # stop() told Qt to quit; until a run of the application takes that back no other event loop would start.
        quitting = QTimer()
        quitting.timeout.connect(self._app.quit)
        quitting.start(0)
        self._app.exec()
        quitting.stop()  # the run may have ended by stop()'s word: a second quit must not wait for the next loop


@contextmanager
def qt_loop(app: QApplication) -> Iterator[QtLoop]:
    """Yield a loop and close it."""
    loop = QtLoop(app)
    try:
        yield loop
    finally:
        loop.close()
