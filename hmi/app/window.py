"""The program with a window. The window comes first; what is heavy is loaded behind it."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from hmi.app import garbage
from hmi.app.demo import demo_catalogue_of, launch_demo
from hmi.app.session import Session
from hmi.config.profile import Profile
from hmi.domain.language import tr
from hmi.shell.main_window import MainWindow
from hmi.shell.raising import RaiseListener
from hmi.ui.navigator import Navigator
from hmi.ui.theme import Theme

if TYPE_CHECKING:
    from hmi.app.assembly import Assembly
    from hmi.app.own_views import OwnViews
    from hmi.services.demo_plant import DemoPlant
    from hmi.services.services import Services
    from hmi.services.thread_port import ThreadPort

EXIT_FAILED: Final = 1
EXIT_PROFILE: Final = 3
SAVE_SESSION_MS: Final = 30_000


def run_window(options: argparse.Namespace, profile: Profile, started: float, passphrase: str = "") -> int:
    """Show the window, run until it is closed, and return the exit status."""
    plant = launch_demo(options.demo_load) if options.demo else None
    QCoreApplication.setApplicationName("Roams")
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    session = Session(profile.session)
    theme = Theme(app, options.theme or session.theme)
    navigator = Navigator()
    window = MainWindow(navigator)
    window.restore(session.window)
    window.show()
    app.processEvents()
    first_window_s = time.perf_counter() - started
    run = _Run(options, profile, plant, started, first_window_s, passphrase)
    try:
        return run.until_closed(app, window, theme, navigator, session)
    finally:
        if plant is not None:
            plant.stop()


class _Run:
    """One run of the window, from the first picture to the last file closed."""

    def __init__(
        self,
        options: argparse.Namespace,
        profile: Profile,
        plant: DemoPlant | None,
        started: float,
        first_window_s: float,
        passphrase: str,
    ) -> None:
        self._options = options
        self._profile = profile
        self._plant = plant
        self._started = started
        self._first_window_s = first_window_s
        self._passphrase = passphrase
        self._cpu_at_window_s = time.process_time()
        self._status = 0
        self._services: Services | None = None
        self._port: ThreadPort | None = None
        self._assembly: Assembly | None = None
        self._own_views: OwnViews | None = None

    def until_closed(
        self, app: QApplication, window: MainWindow, theme: Theme, navigator: Navigator, session: Session
    ) -> int:
        """Run Qt's loop and asyncio's as one; return the exit status."""
        from hmi.ui.tasks import event_loop

        loop = event_loop(app)
        raising = RaiseListener(self._profile.folder, window.bring_to_front)
        window.on_close(loop.stop)
        for number in (signal.SIGTERM, signal.SIGINT):
            # Taken between two ticks of the pulse; a log-out then closes the program like its own cross does.
            signal.signal(number, lambda *_: window.close())
        saving = QTimer()
        saving.setInterval(SAVE_SESSION_MS)
        saving.timeout.connect(lambda: self._save(session, window, theme, navigator))
        saving.start()
        bringing_up = loop.create_task(self._bring_up_or_say(loop, window, theme, navigator, session))
        try:
            loop.run_forever()
        finally:
            bringing_up.cancel()
            saving.stop()
            raising.close()
            self._save(session, window, theme, navigator)
            self._take_down()
            loop.close()
        return self._status

    async def _bring_up_or_say(
        self,
        loop: asyncio.AbstractEventLoop,
        window: MainWindow,
        theme: Theme,
        navigator: Navigator,
        session: Session,
    ) -> None:
        try:
            await self._bring_up(loop, window, theme, navigator, session)
        except Exception as error:  # noqa: BLE001  # failure wall: a start that fails must say so
            from hmi.config.crashes import write_crash

            write_crash(self._profile.crashes, type(error), error, error.__traceback__)
            self._fail(loop, window, tr("The program failed to start: {error}.").format(error=error), EXIT_FAILED)

    async def _bring_up(
        self,
        loop: asyncio.AbstractEventLoop,
        window: MainWindow,
        theme: Theme,
        navigator: Navigator,
        session: Session,
    ) -> None:
        from hmi.storage.errors import StorageError

        with ThreadPoolExecutor(1) as loader:
            await asyncio.wrap_future(loader.submit(_import_heavy))
        from hmi.app.assembly import Assembly
        from hmi.app.making import make_services
        from hmi.app.own_views import OwnViews
        from hmi.app.qt_messages import take_qt_messages
        from hmi.services.demo_plant import DemoPlantError
        from hmi.services.thread_port import ThreadPort

        has_window = QApplication.platformName() != "offscreen"  # where nobody sees it, nobody hears it
        take_qt_messages(self._profile.crashes)
        services = self._services = make_services(
            self._profile, is_demo=self._options.demo, has_window=has_window, vault_passphrase=self._passphrase
        )
        port = self._port = ThreadPort(services)
        plant, load = self._plant, self._options.demo_load
        starting = port.start(lambda: demo_catalogue_of(load, plant, services.secrets) if plant else None)
        self._assembly = Assembly(loop, port, window, theme, navigator, self._profile.crashes)
        self._assembly.restore(session)
        self._own_views = OwnViews(session, self._assembly, theme, navigator)
        if self._options.exit_after is not None:
            left_s = self._options.exit_after - (time.perf_counter() - self._started)
            QTimer.singleShot(max(0, round(left_s * 1000)), lambda: self._report(loop))
        try:
            await asyncio.wrap_future(starting)
        except (StorageError, DemoPlantError) as error:
            self._fail(loop, window, str(error), EXIT_PROFILE if isinstance(error, StorageError) else EXIT_FAILED)
            return
        threading.Thread(target=_load_the_rest, name="late panes", daemon=True).start()
        if self._options.screenshots is not None:
            from hmi.app.screenshots import take_screenshots

            await take_screenshots(self._options.screenshots, window, theme, navigator, self._assembly)
            loop.stop()

    def _fail(self, loop: asyncio.AbstractEventLoop, window: MainWindow, sentence: str, status: int) -> None:
        """Say why it cannot go on. The window stays for a person to read; a run that nobody watches ends."""
        self._status = status
        sys.stderr.write(sentence + "\n")
        is_watched = self._options.exit_after is None and self._options.screenshots is None
        if is_watched and QApplication.platformName() != "offscreen":
            window.say_failure(sentence + "\n\n" + tr("Close the window to end the program."))
        else:
            loop.stop()

    def _report(self, loop: asyncio.AbstractEventLoop) -> None:
        from hmi.app.making import run_report

        if self._services is not None and self._assembly is not None and not self._status:
            late = self._assembly.pulse.lateness.figures()
            report = {
                **run_report(self._services, self._started),
                "tick_late_p50_ms": round(late.p50_ms, 2),
                "tick_late_p99_ms": round(late.p99_ms, 2),
                "tick_late_max_ms": round(late.max_ms, 1),
                "ticks_over_50_ms_share": round(late.late_share, 4),
                "first_window_s": round(self._first_window_s, 3),
                "first_window_cpu_s": round(self._cpu_at_window_s, 3),
                "first_value_s": self._assembly.first_value_after(self._started),
                "cpu_s": round(time.process_time(), 2),
            }
            sys.stdout.write(json.dumps(report) + "\n")
            sys.stdout.flush()
        loop.stop()

    def _save(self, session: Session, window: MainWindow, theme: Theme, navigator: Navigator) -> None:
        panes = self._assembly.pane_states() if self._assembly else session.panes
        if self._own_views is not None:
            self._own_views.keep()
        session.save(theme.tokens.name, window.state(), navigator.place, panes)

    def _take_down(self) -> None:
        if self._own_views is not None:
            self._own_views.close()
        if self._assembly is not None:
            self._assembly.close()
        if self._port is not None:
            self._port.stop()
        from hmi.app.qt_messages import leave_qt_messages
        from hmi.config.crashes import stop_watching

        leave_qt_messages()
        stop_watching()


def _load_the_rest() -> None:
    """Load what nobody has looked at yet; then the program is as large as it gets by itself."""
    from hmi.app.late_panes import load_all

    load_all()
    garbage.leave_out_what_stays()


def _import_heavy() -> None:
    """Load what the panes and services need; on a thread, so that the window answers meanwhile."""
    import hmi.app.assembly
    import hmi.app.making
    import hmi.services.thread_port  # noqa: F401  # only loaded here
