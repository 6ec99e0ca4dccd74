"""The window's alarm parts over a real engine on an I/O thread of its own: banner and pane, fed by a real pulse."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from drivers.api import Batch
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import DEMO_OPERATOR
from hmi.panes.alarm_banner.view import AlarmBannerView
from hmi.panes.alarms.view import AlarmsView
from hmi.services.alarms.detectors.detector import Held
from hmi.services.alarms.engine import AlarmEngine, Surroundings
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import LiveTable
from hmi.services.mirror import Mirror
from hmi.services.outbox import Outbox
from hmi.services.port import Frame, RefusedError, Request
from hmi.services.thread_port import SWITCH_INTERVAL_S
from hmi.storage.journal.alarm_events import AlarmEvents
from hmi.storage.journal.journal import Journal
from hmi.ui.navigator import Navigator, Place, Workspace
from hmi.ui.pane import PaneContext
from hmi.ui.pulse import Pulse
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme

Answer = TypeVar("Answer")


class AlarmIO:
    """The engine's side: a loop on a thread; `call` runs something there and waits."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.live = LiveTable()
        self.outbox = Outbox(self.live)
        self._catalogue = catalogue
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="I/O")
        self._thread.start()
        self._journal_thread = DatabaseThread()
        self._journal = Journal(folder / "journal.db")
        around = Surroundings(lambda _tag: Held(float("nan"), False, 0), self.live.qualities)
        self.engine = AlarmEngine(AlarmEvents(self._journal), self._journal_thread, around)
        self.engine.on_changes(self.outbox.put_alarms)
        self.engine.on_overview(self.outbox.put_overview)
        self.run(self.engine.start(catalogue))
        self.outbox.put_catalogue(catalogue)
        self.outbox.put_user(DEMO_OPERATOR)

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a coroutine there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def soon(self, act: Callable[[], None]) -> None:
        """Do something there, without waiting."""
        self._loop.call_soon_threadsafe(act)

    def feed(self, tags: np.ndarray, value: float, at_us: int) -> None:
        """Take a reading of each tag; on the I/O thread."""
        batch = Batch.of(tags, np.full(len(tags), value), at_us)
        self.live.apply(batch)
        self.engine.process(batch)

    def close(self) -> None:
        self.run(self.engine.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._journal_thread.stop()
        self._journal.close()

    # ── the port ──────────────────────────────────────────────────────────────────────────────────────────────────

    def pull(self) -> Frame:
        return self.outbox.pull()

    def on_urgent(self, wake: Callable[[], None]) -> None:
        self.outbox.on_urgent(wake)

    async def request(self, request: Request[Answer]) -> Answer:
        raise RefusedError(f"{type(request).__name__} is not answered here")


@contextmanager
def alarm_window(app: QApplication, folder: Path, catalogue: Catalogue) -> Iterator[tuple[AlarmIO, Pulse, AlarmsView]]:
    """Yield the engine's side, the pulse and the pane, shown below its banner."""
    io, mirror, navigator, theme = AlarmIO(folder, catalogue), Mirror(), Navigator(), Theme(app)
    navigator.go(Place(Workspace.ALARMS))
    loop = asyncio.new_event_loop()

    def fail(error: Exception) -> None:
        raise error

    context = PaneContext(mirror, io, navigator, theme, Tasks(loop, lambda _: None), fail)
    window = QWidget()
    layout = QVBoxLayout(window)
    banner, pane = AlarmBannerView(context), AlarmsView(context)
    layout.addWidget(banner)
    layout.addWidget(pane, 1)
    window.resize(1400, 900)
    window.show()
    pulse = Pulse(io, mirror, lambda: None)
    pulse.flashed.connect(pane.set_lit)
    pulse.start()
    try:
        yield io, pulse, pane
    finally:
        pulse.stop()
        io.close()
        window.close()
        window.deleteLater()
        app.processEvents()
        loop.close()
