"""Coroutines on the GUI thread: the one place of qasync.

Every task is kept until it is done; a failure is logged once and shown, never lost. Never send bulk data this way: a
call through this loop costs some seventeen times plain asyncio's.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import qasync
import structlog
from PySide6.QtWidgets import QApplication

from hmi.services.port import RefusedError

_log = structlog.get_logger(__name__)

ErrorSink = Callable[[str], None]


class Tasks:
    """Starts coroutines of views and keeps them; `show_error` gets the sentence of whatever fails."""

    def __init__(self, loop: asyncio.AbstractEventLoop, show_error: ErrorSink) -> None:
        self._loop = loop
        self._show_error = show_error
        self._running: dict[asyncio.Task[Any], Coroutine[Any, Any, object]] = {}
        self._is_ended = False

    def start(self, coroutine: Coroutine[Any, Any, object], name: str, on_refused: ErrorSink | None = None) -> None:
        """Run a coroutine; a refusal goes to `on_refused` or is shown, any other failure is logged and shown."""
        if self._is_ended:
            coroutine.close()  # a timer of a view that goes away: nobody is there any more to see what it wanted
            return
        task = self._loop.create_task(self._watch(coroutine, name, on_refused or self._show_error), name=name)
        self._running[task] = coroutine
        task.add_done_callback(self._running.pop)

    @property
    def count(self) -> int:
        """How many run now."""
        return len(self._running)

    def cancel(self) -> None:
        """Cancel everything and start nothing more, as when the window closes."""
        self._is_ended = True
        for task, coroutine in list(self._running.items()):
            task.cancel()
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                coroutine.close()  # it will never begin, and the loop may end before it hears of that

    async def _watch(self, coroutine: Coroutine[Any, Any, object], name: str, on_refused: ErrorSink) -> None:
        try:
            await coroutine
        except RefusedError as error:
            on_refused(str(error))
        except Exception as error:  # noqa: BLE001  # failure wall: a task's bug is shown and the window goes on
            _log.exception("task failed", task=name)
            self._show_error(f"{name}: {error}")


def event_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """Return an asyncio loop that runs on Qt's; to be run with `run_forever` and closed by the caller."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    return loop
