"""The port in one process: services on an I/O thread of their own, a window on the GUI thread."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

import structlog

from hmi.domain.catalogue import Catalogue
from hmi.services.port import Frame, RefusedError, Request
from hmi.services.services import Services

SWITCH_INTERVAL_S: Final = 0.0005
"""With Python's default of 5 ms the I/O thread makes two to five times as many GUI ticks late."""

STOP_S: Final = 20.0

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class ThreadPort:
    """Runs services on a thread; itself used from the window's thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loop = asyncio.new_event_loop()
        self._starting: Future[None] | None = None
        self._thread = threading.Thread(target=self._run, name="I/O", daemon=True)

    def start(self, plant: Callable[[], Catalogue | None]) -> Future[None]:
        """Start the thread and on it the services; the future holds the StorageError when they cannot start."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()
        self._starting = asyncio.run_coroutine_threadsafe(self._start(plant), self._loop)
        return self._starting

    def stop(self) -> None:
        """Stop the services and the thread, in the middle of a start too. Blocks while the last samples are written."""
        if self._starting is not None:
            self._starting.cancel()
        stopping = asyncio.run_coroutine_threadsafe(self._services.stop(), self._loop)
        try:
            stopping.result(STOP_S)
        except TimeoutError:
            _log.error("services did not end in time", seconds=STOP_S)
            return  # the thread is a daemon: a window that was closed must not stay for ever
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def pull(self) -> Frame:
        return self._services.outbox.pull()

    async def request(self, request: Request[Answer]) -> Answer:
        future = asyncio.run_coroutine_threadsafe(self._services.handle(request), self._loop)
        try:
            return await asyncio.wrap_future(future)
        except RefusedError:
            raise
        except Exception as error:
            _log.exception("request failed", request=type(request).__name__)
            raise RefusedError(f"The program failed: {error}. See the log.") from error

    def on_urgent(self, wake: Callable[[], None]) -> None:
        self._services.outbox.on_urgent(wake)

    async def _start(self, plant: Callable[[], Catalogue | None]) -> None:
        await self._services.start(await asyncio.to_thread(plant))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
