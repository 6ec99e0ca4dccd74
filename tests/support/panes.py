"""What a pane's view is made from in a test: a mirror fed by hand, a fake port, a real loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from hmi.domain.roles import DEMO_OPERATOR, User
from hmi.services.mirror import Mirror
from hmi.services.port import AuthorityStatus, ControlStanding, Frame
from hmi.ui.navigator import Navigator
from hmi.ui.pane import PaneContext
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme
from tests.support.fake_port import FakePort, live
from tests.support.plants import CATALOGUE, IN_USE, LEVEL, READY, RUN, STATION, TRIP
from tests.support.qt_loop import qt_loop


def mirror_of_plant(user: User = DEMO_OPERATOR) -> Mirror:
    """Return a mirror of the small plant at rest: pump stopped and ready, everything good, the user in control."""
    mirror = Mirror()
    standing = ControlStanding((AuthorityStatus(STATION.id, user.name, 1),))
    mirror.take(Frame(catalogue=CATALOGUE, user=user, standing=standing))
    mirror.take(live({RUN: 0, TRIP: 0, READY: 1, LEVEL: 2.0, IN_USE: 2.0}))
    return mirror


class Stage:
    """A pane's surroundings."""

    def __init__(self, context: PaneContext, port: FakePort, shown: list[str]) -> None:
        self.context = context
        self.port = port
        self.shown = shown
        self.mirror = context.mirror
        self.at_end: list[Callable[[], object]] = []
        """Called before the loop ends, such as a view's `hide`, so that no timer of it starts anything later."""

    def until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        """Process events until a condition holds; fail when it does not in time."""
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, f"not within {within_s} s"
            QApplication.processEvents()


@contextmanager
def stage(user: User = DEMO_OPERATOR) -> Iterator[Stage]:
    """Set the stage with the plant's station selected; an error of the pane fails the test."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    shown: list[str] = []

    def fail(error: Exception) -> None:
        raise AssertionError("the pane failed") from error

    # What earlier tests left to be deleted is not while no loop runs, and every new style sheet would visit it.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with qt_loop(app) as loop:
        navigator, port = Navigator(), FakePort()
        navigator.select_station(STATION.id)
        tasks = Tasks(loop.loop, shown.append)
        loop.until(asyncio.sleep(0))
        set_up = Stage(PaneContext(mirror_of_plant(user), port, navigator, Theme(app), tasks, fail), port, shown)
        yield set_up
        for end in set_up.at_end:
            end()
        loop.until(asyncio.sleep(0))  # a task that was cancelled before it began would complain
        tasks.cancel()
