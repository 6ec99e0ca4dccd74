"""Guards that every test runs under, and the servers that several need."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
import structlog

# Tests draw in memory; the one that needs a screen starts its own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

_TASKS = "_all_tasks" if sys.version_info < (3, 12) else "_scheduled_tasks"
EVERY_TASK: Collection[asyncio.Task[object]] = vars(asyncio.tasks)[_TASKS]
"""asyncio's own weak set, of all loops; a walk over every object in memory took a quarter of some suites' time."""

THREADS_THAT_STAY = ("asyncio_", "QDBus", "pytest_timeout", "Qt bearer", "QThread")
"""Pools of the event loop and of Qt that end with the process."""


class Warnings(logging.Handler):
    """Collects what was logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # Before Python 3.12 killing a child that has just ended takes its status away from asyncio's own watcher.
        if record.name != "asyncio" or not record.getMessage().startswith("Unknown child process pid"):
            self.lines.append(f"{record.name}: {record.getMessage()}")

    def take(self, *words: str) -> list[str]:
        """Return, and forget, the lines that have one of the words in them: those that the test wanted."""
        wanted = [line for line in self.lines if any(word in line for word in words)]
        self.lines = [line for line in self.lines if line not in wanted]
        return wanted


@pytest.fixture(autouse=True)
def log_warnings() -> Iterator[Warnings]:
    """Fail a test on a warning that nobody asked for."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.processors.format_exc_info, _one_line],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = Warnings()
    root = logging.getLogger()
    root.addHandler(handler)
    asyncua_level = logging.getLogger("asyncua").level
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)  # as the program sets it
    yield handler
    logging.getLogger("asyncua").setLevel(asyncua_level)
    root.removeHandler(handler)
    if handler.lines:
        pytest.fail("warnings that nobody asked for:\n" + "\n".join(handler.lines), pytrace=False)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.name.startswith(THREADS_THAT_STAY)
    ]
    for thread in left:
        thread.join(2)
    left = [thread for thread in left if thread.is_alive()]
    if left:
        pytest.fail(f"threads left running: {[thread.name for thread in left]}", pytrace=False)


@pytest.fixture(autouse=True)
def no_task_left() -> Iterator[None]:
    """Fail a test that leaves an asyncio task pending on a loop that is still open."""
    yield
    left = [task for task in list(EVERY_TASK) if not task.done() and not task.get_loop().is_closed()]
    names = [task.get_name() for task in left if not task.get_coro().__qualname__.startswith("pytest")]  # type: ignore[union-attr]  # a coroutine has a name
    if names:
        pytest.fail(f"tasks left pending: {names}", pytrace=False)


@pytest.fixture(autouse=True)
def no_timer_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a Qt test that leaves a timer running outside any living widget."""
    yield
    if "qtbot" not in request.fixturenames and "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QTimer

    running = [found for found in gc.get_objects() if isinstance(found, QTimer) and _is_orphan_running(found)]
    if running:
        pytest.fail(f"{len(running)} timers left running", pytrace=False)


def _is_orphan_running(timer: object) -> bool:
    import shiboken6
    from PySide6.QtCore import QTimer

    return isinstance(timer, QTimer) and shiboken6.isValid(timer) and timer.isActive() and timer.parent() is None


def _one_line(_logger: object, _name: str, event: structlog.typing.EventDict) -> str:
    rest = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("event", "level"))
    return f"{event['event']} {rest}".strip()


@pytest.fixture
def profile_folder(tmp_path: Path) -> Path:
    """A folder for one profile."""
    return tmp_path / "profile"
