"""The session between top bar, strip and services: who is signed in, and whether anybody is at the window."""

from __future__ import annotations

from collections.abc import Callable

from hmi.domain.language import tr
from hmi.domain.window_session import SessionState
from hmi.panes.sign_in.presenter import Mode
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, Request
from hmi.services.port.security import LockSession, NoteActivity, SignOut
from hmi.shell.main_window import MainWindow
from hmi.shell.presence import Presence
from hmi.ui.tasks import Tasks


class Signing:
    """Joins them. open_strip: asks for something in the strip."""

    def __init__(
        self, mirror: Mirror, port: Port, window: MainWindow, tasks: Tasks, open_strip: Callable[[Mode], None]
    ) -> None:
        self._mirror = mirror
        self._port = port
        self._window = window
        self._tasks = tasks
        button = window.top_bar.user
        button.sign_in_wanted.connect(lambda: open_strip(Mode.SIGN_IN))
        button.resume_wanted.connect(lambda: open_strip(Mode.RESUME))
        button.change_wanted.connect(lambda: open_strip(Mode.CHANGE))
        button.lock_wanted.connect(lambda: self._ask(LockSession(), tr("Lock")))
        button.sign_out_wanted.connect(lambda: self._ask(SignOut(), tr("Sign out")))
        button.show_session(mirror.session)
        self._presence = Presence(self._note_activity)
        self._remove = mirror.listen(self._changed)

    def close(self) -> None:
        """Tell nothing more."""
        self._remove()
        self._presence.close()

    def _changed(self, change: Change, _frame: Frame) -> None:
        if change & Change.USER:
            self._window.top_bar.user.show_session(self._mirror.session)

    def _note_activity(self) -> None:
        if self._mirror.session.state is SessionState.ACTIVE and self._mirror.session.session:
            self._ask(NoteActivity(), tr("Presence"))

    def _ask(self, request: Request[None], name: str) -> None:
        async def work() -> None:
            await self._port.request(request)

        self._tasks.start(work(), name)
