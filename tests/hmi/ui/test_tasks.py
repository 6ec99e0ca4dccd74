from __future__ import annotations

import asyncio
import inspect

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.services.port import RefusedError
from hmi.ui.tasks import Tasks
from tests.conftest import Warnings
from tests.support.qt_loop import qt_loop


def application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def test_a_refusal_is_shown_and_a_bug_is_logged_and_shown(qtbot: QtBot, log_warnings: Warnings) -> None:
    shown: list[str] = []

    async def refuse() -> None:
        raise RefusedError("Not now.")

    async def fail() -> None:
        raise ZeroDivisionError("oops")

    with qt_loop(application()) as loop:
        tasks = Tasks(loop.loop, shown.append)
        own: list[str] = []
        tasks.start(refuse(), "one")
        tasks.start(refuse(), "two", own.append)
        tasks.start(fail(), "three")
        qtbot.waitUntil(lambda: tasks.count == 0)
    assert sorted(shown) == ["Not now.", "three: oops"]
    assert own == ["Not now."]
    assert len(log_warnings.take("task failed")) == 1


def test_cancelling_ends_what_runs(qtbot: QtBot) -> None:
    with qt_loop(application()) as loop:
        tasks = Tasks(loop.loop, lambda _: None)
        tasks.start(asyncio.Event().wait(), "for ever")
        loop.until(asyncio.sleep(0))
        assert tasks.count == 1
        tasks.cancel()
        qtbot.waitUntil(lambda: tasks.count == 0)


def test_what_is_cancelled_before_it_began_is_closed(qtbot: QtBot) -> None:
    with qt_loop(application()) as loop:
        tasks = Tasks(loop.loop, lambda _: None)
        waiting = asyncio.sleep(60)
        tasks.start(waiting, "never begun")
        tasks.cancel()
        qtbot.waitUntil(lambda: tasks.count == 0)
    # Else Python warns, some time later and in another test.
    assert inspect.getcoroutinestate(waiting) == inspect.CORO_CLOSED
