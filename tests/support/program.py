"""The whole program in this process: window, services on their thread, demo plant in a child; as app joins them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from drivers.api import LinkState, Quality
from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.app.assembly import Assembly
from hmi.app.session import Session
from hmi.config.demo import demo_catalogue
from hmi.config.profile import Profile, open_profile
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Station
from hmi.domain.roles import DEMO_OPERATOR, LOCAL_ADMIN, User
from hmi.domain.tags import Tag
from hmi.services.mirror import Mirror
from hmi.services.services import Services, Setup
from hmi.services.thread_port import ThreadPort
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Navigator
from hmi.ui.theme import Theme
from tests.support.demo_server import DemoPlant, demo_plant
from tests.support.qt_loop import QtLoop, qt_loop

WITHIN_MS = 15_000

W = TypeVar("W", bound=QWidget)


def _names(widget: QWidget) -> tuple[str, ...]:
    text = getattr(widget, "text", None)
    return widget.accessibleName(), text() if callable(text) else ""


class Program:
    """One run of the program."""

    def __init__(self, qtbot: QtBot, loop: QtLoop, profile: Profile, user: User = DEMO_OPERATOR) -> None:
        from drivers.registry import DRIVERS

        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._qtbot = qtbot
        self._loop = loop
        self.profile = profile
        self.session = Session(profile.session)
        self.services = Services(Setup(profile, user, lambda: DRIVERS, is_demo=user is DEMO_OPERATOR))
        self.port = ThreadPort(self.services)
        self.theme = Theme(app, self.session.theme)
        self.navigator = Navigator()
        self.window = MainWindow(self.navigator)
        self.window.resize(1600, 900)
        self.window.show()
        self.assembly: Assembly
        self.plant: DemoPlant | None = None

    def start(self, catalogue: Callable[[Services], Catalogue | None]) -> None:
        """Start services and panes; returns when the catalogue is on screen."""
        starting = self.port.start(lambda: catalogue(self.services))
        self.assembly = Assembly(
            self._loop.loop, self.port, self.window, self.theme, self.navigator, self.profile.crashes
        )
        self.assembly.restore(self.session)
        self._loop.until(_wait(starting))
        self.until(lambda: self.mirror.user == self.services.sessions.window_user())

    def stop(self) -> None:
        """Close the window as an operator does, and wait for the last file."""
        place, states = self.navigator.place, self.assembly.pane_states()
        self.session.save(self.theme.tokens.name, self.window.state(), place, states)
        self.assembly.close()
        self.port.stop()
        self.window.close()
        self.window.deleteLater()
        QApplication.processEvents()

    @property
    def mirror(self) -> Mirror:
        return self.assembly.mirror

    def until(self, condition: Callable[[], bool], within_ms: int = WITHIN_MS) -> None:
        """Let the program run until a condition holds; fail when it does not in time."""
        self._qtbot.waitUntil(condition, timeout=within_ms)

    def in_sight(self, kind: type[W], name: str, within: QWidget | None = None) -> list[W]:
        """Return the widgets in sight whose accessible name or text is `name`."""
        every = (within or self.window).findChildren(kind)
        return [each for each in every if each.isVisible() and name in _names(each)]

    def widget(self, kind: type[W], name: str, within: QWidget | None = None) -> W:
        """Return the first of them, once there is one."""
        self.until(lambda: bool(self.in_sight(kind, name, within)))
        return self.in_sight(kind, name, within)[0]

    def press(self, button: str | QAbstractButton, within: QWidget | None = None) -> None:
        """Click a button once it can be pressed: a click on one that is not enabled yet does nothing, unsaid."""

        def usable() -> list[QAbstractButton]:
            found = self.in_sight(QAbstractButton, button, within) if isinstance(button, str) else [button]
            return [each for each in found if each.isVisible() and each.isEnabled()]

        self.until(lambda: bool(usable()))
        QTest.mouseClick(usable()[0], Qt.MouseButton.LeftButton)

    def until_live(self) -> None:
        """Wait until every link is up and every tag has a value."""
        self.until(
            lambda: (
                bool(self.mirror.links)
                and all(link.state is LinkState.UP for link in self.mirror.links.values())
                and all(
                    self.mirror.reading(tag.index).quality is not Quality.NOT_CONNECTED
                    for tag in self.mirror.catalogue.tags
                )
            )
        )

    def station(self, name: str) -> Station:
        """Return a station by a part of its name."""
        return next(station for station in self.mirror.catalogue.stations if name in station.name)

    def tag(self, station: Station, key: str) -> Tag:
        """Return a station's tag by its key."""
        return next(tag for tag in self.mirror.catalogue.tags_of_station[station.id] if tag.key == key)

    def value(self, tag: Tag) -> float:
        """Return a tag's value as the window has it."""
        return float(self.mirror.reading(tag.index).value)


async def _wait(future: Future[None]) -> None:
    await asyncio.wrap_future(future)


@contextmanager
def running_program(qtbot: QtBot, folder: Path, *options: str) -> Iterator[Program]:
    """Run the program on a demo plant of its own."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with demo_plant(*options) as (plant, endpoints), qt_loop(app) as loop:

        def catalogue(services: Services) -> Catalogue:
            found = demo_catalogue(describe(), endpoints)
            for connection in found.connections:
                if connection.user:
                    password = next(each.password for each in endpoints.values() if each.url == connection.endpoint)
                    services.secrets.hold(str(connection.id), password)
            return found

        program = Program(qtbot, loop, open_profile(folder))
        program.plant = plant
        program.start(catalogue)
        try:
            yield program
        finally:
            program.stop()


@contextmanager
def program_beside_plant(
    qtbot: QtBot, folder: Path, *options: str, user: User = LOCAL_ADMIN
) -> Iterator[tuple[Program, dict[str, AreaEndpoint]]]:
    """Run the program on an empty profile, beside a demo plant that it knows nothing of; yield both."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with demo_plant(*options) as (plant, endpoints), qt_loop(app) as loop:
        program = Program(qtbot, loop, open_profile(folder), user)
        program.plant = plant
        program.start(lambda _services: None)
        try:
            yield program, endpoints
        finally:
            program.stop()
