"""The button in the top bar that says who is signed in; its menu signs in and out, locks and changes the password."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from hmi.domain.language import tr
from hmi.domain.window_session import SessionState, SessionStatus
from hmi.ui.label import tip

LOCK_KEY: Final = "Ctrl+L"


class UserButton(QToolButton):
    """Shows a session; emits what is wanted."""

    sign_in_wanted = Signal()
    resume_wanted = Signal()
    lock_wanted = Signal()
    change_wanted = Signal()
    sign_out_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "flat")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.menu_ = QMenu(self)
        self._resume = self._action(tr("Go on"), self.resume_wanted)
        self._sign_in = self._action(tr("Sign in"), self.sign_in_wanted)
        self._lock = self._action(tr("Lock"), self.lock_wanted)
        self._lock.setShortcut(LOCK_KEY)
        self._change = self._action(tr("Change password"), self.change_wanted)
        self._sign_out = self._action(tr("Sign out"), self.sign_out_wanted)
        self._first = self.sign_in_wanted
        self.setMenu(self.menu_)
        self.clicked.connect(self._pressed)

    @property
    def lock_action(self) -> QAction:
        """What locks; the window must hold it too, or its key works only while the menu is open."""
        return self._lock

    def show_session(self, session: SessionStatus) -> None:
        """Show who is signed in and what can be done about it."""
        state = session.state
        has_account = bool(session.session)
        is_paused = state in (SessionState.IDLE, SessionState.LOCKED)
        text = session_text(session)
        self.setText(text)
        self.setAccessibleName(tr("User: {text}").format(text=text))
        self.setToolTip(tip(session.full_name or text))
        self._set_kind("bad" if session.is_break_glass else "primary" if is_paused else "flat")
        self._sign_in.setText(tr("Sign in…") if state is SessionState.NOBODY else tr("Sign in as somebody else…"))
        self._sign_in.setVisible(state is not SessionState.FIRST_RUN)
        self._resume.setText(tr("Go on as {name}…").format(name=session.name))
        self._resume.setVisible(is_paused)
        self._lock.setVisible(has_account)
        self._lock.setEnabled(has_account and state is SessionState.ACTIVE)
        self._change.setVisible(has_account and state is SessionState.ACTIVE and not session.is_break_glass)
        self._sign_out.setVisible(state not in (SessionState.NOBODY, SessionState.FIRST_RUN))
        self.setEnabled(state is not SessionState.FIRST_RUN)
        # Where there is one thing to do, the button does it; the arrow beside it still has the menu.
        mode = QToolButton.ToolButtonPopupMode
        self.setPopupMode(mode.MenuButtonPopup if is_paused else mode.InstantPopup)
        has_menu = state not in (SessionState.NOBODY, SessionState.FIRST_RUN)
        self.setMenu(self.menu_ if has_menu else None)  # type: ignore[arg-type]  # Qt takes none
        self._first = self.resume_wanted if is_paused else self.sign_in_wanted

    def _pressed(self) -> None:
        self._first.emit()

    def _action(self, text: str, signal: object) -> QAction:
        action = self.menu_.addAction(text)
        action.triggered.connect(signal)
        return action

    def _set_kind(self, kind: str) -> None:
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)


def session_text(session: SessionStatus) -> str:
    """Return a session in words."""
    match session.state:
        case SessionState.NOBODY:
            return tr("Sign in")
        case SessionState.IDLE:
            return tr("{name} · view only (idle)").format(name=session.name)
        case SessionState.LOCKED:
            return tr("{name} · view only (locked)").format(name=session.name)
        case _ if session.must_change:
            return tr("{name} · view only").format(name=session.name)
        case _:
            return f"{session.name} · {session.role}"
