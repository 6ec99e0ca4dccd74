"""The window's inside: every pane made, handed to the shell, fed by the pulse, and walled off from the others."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final

import structlog
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from drivers.api import LinkState
from hmi.app.late_panes import LATE_PANES, LoadPane, MakePane
from hmi.app.notices import Notices
from hmi.app.session import Session
from hmi.app.signing import Signing
from hmi.config.crashes import write_crash
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.alarm_banner.view import AlarmBannerView
from hmi.panes.alarms.view import AlarmsView
from hmi.panes.control.view import ControlView
from hmi.panes.crash_bar.view import CrashBarView
from hmi.panes.diagnostics.pages import DiagnosticsPages
from hmi.panes.faceplate.view import FaceplateView
from hmi.panes.map.view import MapView
from hmi.panes.shift_log.view import ShiftLogView
from hmi.panes.sign_in.presenter import Mode
from hmi.panes.sign_in.view import SignInView
from hmi.panes.station_editor.view import StationEditorView
from hmi.panes.stations.view import StationsView
from hmi.panes.trend.view import TrendView
from hmi.panes.vault_bar.view import VaultBarView
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port
from hmi.shell.go_to import GoTo, Target
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import EditWish, Navigator, Place, Workspace
from hmi.ui.painting import pane_of
from hmi.ui.pane import PaneContext, PaneFrame
from hmi.ui.pulse import Pulse
from hmi.ui.tab_pages import TabPages
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme
from hmi.ui.words import link_text

_log = structlog.get_logger(__name__)


WORKSPACES: Final = {
    Workspace.MAP: "Map",
    Workspace.TRENDS: "Trends",
    Workspace.ALARMS: "Alarms",
    Workspace.CONTROL: "Control",
    Workspace.SHIFT: "Shift",
    Workspace.HISTORY: "History",
    Workspace.DIAGNOSTICS: "Diagnostics",
    Workspace.ADMIN: "Setup",
}
FRAMES: Final = {Workspace.TRENDS: "trend", Workspace.SHIFT: "shift_log", Workspace.HISTORY: "archive"}
"""Where a workspace's pane is called otherwise."""


class Assembly:
    """All panes of one window."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        port: Port,
        window: MainWindow,
        theme: Theme,
        navigator: Navigator,
        crashes: Path,
    ) -> None:
        self.port = port
        self._window = window
        self._theme = theme
        self._navigator = navigator
        self._crashes = crashes
        self._first_value_at = 0.0
        self._pending_place: Place | None = None
        self._restorable: dict[str, object] = {}
        self.mirror = Mirror()
        self.tasks = Tasks(loop, self._show_error)
        self.pulse = Pulse(port, self.mirror, self._pulled)
        self.frames = self._make_panes()
        self._route_errors()
        self._connect_shell()
        self._notices = Notices(self.mirror, port, window, theme, navigator, self.tasks)
        self._signing = Signing(self.mirror, port, window, self.tasks, self._open_sign_in)
        self.pulse.start()

    def restore(self, session: Session) -> None:
        """Take up each pane's state now, and the place once the catalogue knows its station."""
        self._pending_place = session.place
        self._restorable = dict(session.panes)
        self._place_at_start = self._navigator.place
        self._window.show_workspace(session.place.workspace)

    def restore_pane(self, name: str, state: dict[str, object]) -> None:
        """Hand a pane its state, when it is one that has any."""
        restore = getattr(self.frames[name].view, "restore", None)
        if callable(restore):
            restore(state)

    def pane_states(self) -> dict[str, object]:
        """Return the state of each pane that has one."""
        if self._pending_place is not None:
            return self._restorable  # not taken up yet: keep what was
        states = {name: state for name, state in self._restorable.items() if self._is_late(name)}
        for name, frame in self.frames.items():
            state = getattr(frame.view, "state", None)
            if callable(state):
                states[name] = state()
        return states

    def _is_late(self, name: str) -> bool:
        """Whether a pane has not been looked at yet."""
        return name in self.frames and self.frames[name].view is None

    def _take_up(self, name: str) -> None:
        """Hand a pane that was made late what it was in the last session."""
        state = self._restorable.get(name)
        if self._pending_place is None and isinstance(state, dict):
            self.restore_pane(name, state)

    def first_value_after(self, started: float) -> float | None:
        """Return when the first live value was on screen, in s after the start; None when there was none."""
        return round(self._first_value_at - started, 3) if self._first_value_at else None

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition on the mirror holds; looked at after each frame."""
        changed = asyncio.Event()
        remove = self.mirror.listen(lambda _change, _frame: changed.set())
        while not condition():
            changed.clear()
            await changed.wait()
        remove()

    def close(self) -> None:
        """Stop the pulse and the tasks."""
        self.pulse.stop()
        self._notices.close()
        self._signing.close()
        self.tasks.cancel()
        sys.excepthook = sys.__excepthook__

    def _make_panes(self) -> dict[str, PaneFrame]:
        def diagnostics(context: PaneContext) -> QWidget:
            return DiagnosticsPages(context, self.pulse.lateness.figures)

        makers: dict[str, tuple[str, MakePane]] = {
            "alarm_banner": (tr("Alarm banner"), AlarmBannerView),
            "stations": (tr("Stations"), StationsView),
            "faceplate": (tr("Faceplate"), FaceplateView),
            "map": (tr("Map"), MapView),
            "trend": (tr("Trends"), TrendView),
            "alarms": (tr("Alarms"), AlarmsView),
            "control": (tr("Control"), ControlView),
            "shift_log": (tr("Shift"), ShiftLogView),
            "diagnostics": (tr("Diagnostics"), diagnostics),
            "station_editor": (tr("Setup of stations"), StationEditorView),
            "sign_in": (tr("Sign in"), SignInView),
            "crash_bar": (tr("Crash files"), CrashBarView),
            "vault_bar": (tr("Vault"), VaultBarView),
        }
        frames = {name: self._frame(name, label, make) for name, (label, make) in makers.items()}
        frames |= {name: self._late_frame(name, label, load) for name, (label, load) in LATE_PANES.items()}
        self._window.set_banner(frames["alarm_banner"])
        self._window.set_sign_in(frames["sign_in"])
        self._window.set_crash_bar(frames["crash_bar"])
        self._window.set_vault_bar(frames["vault_bar"])
        self._window.set_tree(frames["stations"])
        self._window.set_faceplate(frames["faceplate"])
        if (tree := frames["stations"].view) is not None:
            tree.setFocus()  # else the first button of the top bar has it, and looks pressed
        for workspace, label in WORKSPACES.items():
            page = self._setup(frames) if workspace is Workspace.ADMIN else frames[FRAMES.get(workspace, workspace)]
            self._window.add_workspace(workspace, tr(label), page)
        return frames

    def _setup(self, frames: dict[str, PaneFrame]) -> TabPages:
        """Return the workspace whose panes are pages under tabs."""
        pages = self.setup = TabPages(tr("Setup"))
        pages.add(tr("Stations"), frames["station_editor"])
        pages.add(tr("Alarms"), frames["alarm_records"])
        pages.add(tr("Controls"), frames["control_records"])
        pages.add(tr("Notifications"), frames["notifications"])
        pages.add(tr("Audit"), frames["audit"])
        pages.add(tr("Users"), frames["users"])
        pages.add(tr("Certificates"), frames["certificates"])
        pages.add(tr("Passwords"), frames["secrets"])
        pages.add(tr("Versions"), frames["versions"])
        self._navigator.on_edit(lambda _wish, _station: pages.show_page(frames["station_editor"]))
        return pages

    def _frame(self, name: str, label: str, make: MakePane, *, is_late: bool = False) -> PaneFrame:
        def build(fail: Callable[[Exception], None]) -> QWidget:
            return make(PaneContext(self.mirror, self.port, self._navigator, self._theme, self.tasks, fail))

        return PaneFrame(label, f"hmi.panes.{name}", build, is_late=is_late)

    def _late_frame(self, name: str, label: str, load: LoadPane) -> PaneFrame:
        def make(context: PaneContext) -> QWidget:
            return load()(context)

        frame = self._frame(name, label, make, is_late=True)
        frame.made.connect(lambda: self._take_up(name))
        return frame

    def _connect_shell(self) -> None:
        self._window.top_bar.theme_pressed.connect(self._theme.toggle)
        self._window.top_bar.go_to_pressed.connect(self._go_to)
        self._navigator.on_place(lambda _: self._show_place())
        self.mirror.listen(self._show_shell_facts)
        self.pulse.flashed.connect(self._flash)
        self._show_place()

    def _open_sign_in(self, mode: Mode) -> None:
        view = self.frames["sign_in"].view
        if isinstance(view, SignInView):
            view.open(mode)

    def _flash(self, is_lit: bool) -> None:
        for frame in self.frames.values():
            set_lit = getattr(frame.view, "set_lit", None)
            if callable(set_lit):
                set_lit(is_lit)

    def _pulled(self) -> None:
        if not self._first_value_at and self.mirror.figures.received:
            self._first_value_at = time.perf_counter()

    def _show_shell_facts(self, change: Change, frame: Frame) -> None:
        if frame.live is not None and not self._first_value_at and (frame.live.quality == 0).any():
            self._first_value_at = time.perf_counter()
        if change & Change.CATALOGUE:
            self._arrive()
        if change & (Change.LINKS | Change.CATALOGUE):
            self._show_links()

    def _arrive(self) -> None:
        """Go to where the last session ended, once."""
        place, self._pending_place = self._pending_place, None
        if place is None:
            return
        for name, state in self._restorable.items():
            if name in self.frames and isinstance(state, dict):
                self.restore_pane(name, state)
        if self._navigator.place != self._place_at_start:
            return  # somebody went elsewhere meanwhile
        if place.station_id is not None and place.station_id not in self.mirror.catalogue.station_by_id:
            place = Place(place.workspace)
        self._navigator.go(place)
        self._window.show_workspace(place.workspace)

    def _show_links(self) -> None:
        links = self.mirror.links.values()
        down = [link for link in links if link.state not in (LinkState.UP, LinkState.DEGRADED, LinkState.DISABLED)]
        if not links:
            words = tr("No links")
        elif not down:
            words = tr("All {count} links up").format(count=len(links)) if len(links) > 1 else tr("Link up")
        elif len(down) == 1:
            words = f"{down[0].name}: {link_text(down[0].state).lower()}"
        else:
            words = tr("{down} of {count} links down").format(down=len(down), count=len(links))
        self._window.top_bar.show_links(words, "bad" if down else "")

    def _show_place(self) -> None:
        place, catalogue = self._navigator.place, self.mirror.catalogue
        parts = [tr(WORKSPACES[place.workspace])]
        station = catalogue.station_by_id.get(place.station_id) if place.station_id else None
        if station is not None:
            parts += [catalogue.area_by_id[station.area_id].name, station.name]
        self._window.top_bar.show_place("  ›  ".join(parts), self._navigator.can_go_back)

    def _go_to(self) -> None:
        catalogue, navigator = self.mirror.catalogue, self._navigator
        targets = [
            Target(station.name, partial(navigator.select_station, station.id)) for station in catalogue.stations
        ]
        targets += [
            Target(
                f"{catalogue.station_by_id[tag.station_id].name} · {tag.name}",
                partial(navigator.open_trend, tag.index, tag.station_id),
            )
            for tag in catalogue.tags
        ]
        if self.mirror.user.may(Permission.EDIT_STATIONS):
            targets.append(Target(tr("Add station"), partial(navigator.edit_stations, EditWish.ADD)))
        GoTo(self._window, targets).open()

    def _show_error(self, sentence: str) -> None:
        self._window.statusBar().showMessage(sentence, 15_000)

    def _pane_of(self, trace: TracebackType | None) -> PaneFrame | None:
        """Return the pane whose code is on the way to an error, or whose widget it happened in."""
        for frame, _ in traceback.walk_tb(trace):
            module = frame.f_globals.get("__name__", "")
            for pane in self.frames.values():
                if module.startswith(pane.package + "."):
                    return pane
            owner = frame.f_locals.get("self")
            if isinstance(owner, QWidget) and (found := pane_of(owner)) is not None:
                return found
        return None

    def _route_errors(self) -> None:
        """Bring an exception that nobody caught to the frame of the pane it came from, else to a crash file."""

        def route(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            pane = self._pane_of(trace)
            # A painter that its trace keeps alive is still at work on a widget that goes away: Qt would crash.
            traceback.clear_frames(trace)
            if pane is not None and isinstance(error, Exception):
                QTimer.singleShot(0, lambda: pane.fail(error))  # not in the middle of a painting
                return
            write_crash(self._crashes, kind, error, trace)
            self._show_error(tr("Something failed: {error}. The log has the details.").format(error=error))

        sys.excepthook = route
