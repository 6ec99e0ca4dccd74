"""What the window tells beside its panes: the bell, the tray, notices on the screen, and what the services have to say.

Sentences of the services stand in the status bar for a while; Diagnostics lists them for longer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.domain.language import tr
from hmi.services.mirror import Change, Mirror
from hmi.services.port import DesktopNotice, Frame, Port, SilenceSound
from hmi.shell.main_window import MainWindow
from hmi.shell.tray import Tray
from hmi.ui.navigator import Navigator
from hmi.ui.symbols import bell_icon
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme
from hmi.ui.words import unread_text

SHOWN_MS: Final = 30_000


class Notices:
    """Brings them to the shell; where there is no tray a notice stands in the window's status bar."""

    def __init__(
        self, mirror: Mirror, port: Port, window: MainWindow, theme: Theme, navigator: Navigator, tasks: Tasks
    ) -> None:
        self._mirror = mirror
        self._port = port
        self._window = window
        self._theme = theme
        self._navigator = navigator
        self._tasks = tasks
        self.tray = Tray(window, theme)
        self.tray.show_pressed.connect(window.bring_to_front)
        self.tray.silence_pressed.connect(self._silence)
        self.tray.notice_pressed.connect(self._open)
        window.top_bar.inbox_pressed.connect(navigator.open_inbox)
        self._removers: list[Callable[[], None]] = [mirror.listen(self._changed), theme.listen(self._show_unread)]
        self._show_unread()

    def close(self) -> None:
        """Tell nothing more."""
        for remove in self._removers:
            remove()
        self.tray.close()

    def _changed(self, change: Change, frame: Frame) -> None:
        if change & (Change.ALARMS | Change.SOUND):
            self.tray.show_alarms(self._mirror.board.counts, is_sounding=self._mirror.sound.is_sounding)
        if change & Change.INBOX:
            self._show_unread()
        if frame.notices:
            more = tr("({count} more in Diagnostics)").format(count=len(frame.notices) - 1)
            said = (frame.notices[-1], more) if len(frame.notices) > 1 else frame.notices
            self._window.statusBar().showMessage(" ".join(said), SHOWN_MS)
        if frame.desktop and not self.tray.tell(frame.desktop):
            worst = min(frame.desktop, key=lambda notice: notice.priority)
            self._window.statusBar().showMessage(f"{worst.title}: {worst.text}", SHOWN_MS)

    def _show_unread(self) -> None:
        unread = unread_text(self._mirror.inbox.unread)
        self._window.top_bar.show_unread(unread, bell_icon(self._theme.tokens))

    def _silence(self) -> None:
        async def work() -> None:
            await self._port.request(SilenceSound())

        self._tasks.start(work(), tr("Silence"))

    def _open(self, notice: DesktopNotice) -> None:
        self._window.bring_to_front()
        row = self._mirror.board.find(notice.occurrence.alarm_id) if notice.occurrence else None
        if row is not None:
            self._navigator.open_alarm(row.id, row.station_id)
