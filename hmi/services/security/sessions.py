"""Who acts now: the person at the window, or whoever a request acts for. On the I/O thread.

   nobody ──sign in──► active ──Ctrl+L──► locked ──own password──► active
                         │ └──idle────► idle ────own password──► active
                         └──sign out, account gone──► nobody         (locked and idle: look only, the picture stays)

A profile without users begins with somebody who is given (the local administrator), until the first user is made.
The User that is handed out is built from the accounts as they are then: a role lowered, a user disabled, a scope
narrowed takes effect with the next question, not with the next log-in.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account, viewing
from hmi.domain.audit import AuditAction, by
from hmi.domain.language import tr
from hmi.domain.roles import VISITOR, User
from hmi.domain.window_session import SessionState, SessionStatus
from hmi.services.security.accounts import Accounts

LOOK_S: Final = 1.0

_ACTING: ContextVar[User | None] = ContextVar("acting", default=None)


@dataclass(frozen=True, slots=True)
class _Session:
    """One log-in at the window. account: None for somebody who was given. active_s: when somebody was last here."""

    key: str
    account: UUID | None
    given: User | None = None
    state: SessionState = SessionState.ACTIVE
    active_s: float = 0.0


class Sessions:
    """The window's session, and who acts within `acting_as`."""

    def __init__(
        self,
        accounts: Accounts,
        given: User,
        rules: Callable[[], SignInSettings],
        *,
        is_demo: bool,
        steady_s: Callable[[], float],
    ) -> None:
        """given: who acts while there are no users; in a demo, who is signed in at the start all the same.

        steady_s: a clock that nobody sets: one that is put right locks nobody, and keeps nobody signed in.
        """
        self._accounts = accounts
        self._steady_s = steady_s
        self._given = given
        self._rules = rules
        self._is_demo = is_demo
        self._session: _Session | None = None
        self._listeners: list[Callable[[], None]] = []
        self._recording: set[asyncio.Task[None]] = set()
        accounts.on_change(self._accounts_changed)

    def start(self) -> None:
        """Begin: with who is given while there are no users, else with nobody."""
        if self._is_demo or not self._accounts.book.accounts:
            self._session = _Session("", None, self._given)
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener whenever who acts at the window, or what they may, can have changed."""
        self._listeners.append(listener)

    # ── who acts ──────────────────────────────────────────────────────────────────────────────────────────────────

    def user(self) -> User:
        """Return who acts now: whom this request acts for, else whoever sits at the window."""
        acting = _ACTING.get()
        return self.window_user() if acting is None else self.refreshed(acting)

    def window_user(self) -> User:
        """Return who sits at the window; one who is idle, or has locked it, only looks."""
        session = self._session
        if session is None:
            return VISITOR
        if session.given is not None:
            return session.given
        account = self._account()
        if account is None or not account.is_enabled:
            return VISITOR
        user = self._accounts.user_of(account, session.key)
        return user if session.state is SessionState.ACTIVE else replace(user, role=viewing(user.role))

    def refreshed(self, user: User) -> User:
        """Return somebody as the accounts are now; of a log-in that idles or is locked, one who only looks."""
        now, session = self._accounts.refreshed(user), self._session
        if user.account is None or not user.session:
            return now
        is_open = session is not None and session.key == user.session and session.state is SessionState.ACTIVE
        return now if is_open else replace(now, role=viewing(now.role))

    @contextlib.contextmanager
    def acting_as(self, user: User) -> Iterator[None]:
        """Let somebody else act within: the command line, a second person."""
        token = _ACTING.set(user)
        try:
            yield
        finally:
            _ACTING.reset(token)

    # ── what happens to the window's session ──────────────────────────────────────────────────────────────────────

    async def begin(self, account: Account) -> None:
        """Begin a session in the place of the one that is."""
        await self.end(tr("another user signed in"))
        key = secrets.token_hex(4)
        self._session = _Session(key, account.id, active_s=self._steady_s())
        self._tell()
        user = self.window_user()
        await self._accounts.record(by(user, AuditAction.LOGIN, target=account.name, result=tr("signed in")))

    async def end(self, reason: str = "") -> None:
        """End the session; nobody is signed in then."""
        session, user = self._session, self.window_user()
        if session is None:
            return
        self._session = None
        self._tell()
        if session.given is None:
            await self._accounts.record(by(user, AuditAction.LOGOUT, target=user.name, reason=reason))

    async def lock(self) -> None:
        """Look only until the password is typed."""
        await self._pause(SessionState.LOCKED, tr("locked"))

    async def resume(self) -> None:
        """Go on, after the password was right."""
        session = self._session
        if session is None or session.account is None:
            return
        self._session = replace(session, state=SessionState.ACTIVE, active_s=self._steady_s())
        self._tell()
        user = self.window_user()
        await self._accounts.record(by(user, AuditAction.LOGIN, target=user.name, result=tr("taken up again")))

    def note_activity(self) -> None:
        """Note that somebody is at the window."""
        if self._session is not None and self._session.state is SessionState.ACTIVE:
            self._session = replace(self._session, active_s=self._steady_s())

    async def watch(self) -> None:
        """Look for an idle window until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Fall back to looking only when nobody was here for so long; never in an emergency."""
        session, account = self._session, self._account()
        if session is None or account is None or account.is_break_glass or session.state is not SessionState.ACTIVE:
            return
        idle_s = self._rules().idle_s(account.role)
        if idle_s and self._steady_s() - session.active_s >= idle_s:
            await self._pause(SessionState.IDLE, tr("idle"))

    def status(self) -> SessionStatus:
        """Return the session as a window shows it, without what is offered to those who sign in."""
        session, account, user = self._session, self._account(), self.window_user()
        if not self._accounts.book.accounts:
            return SessionStatus(SessionState.FIRST_RUN, user.name, role=user.role.name, is_fixed=True)
        if session is None or (session.given is None and account is None):
            return SessionStatus(SessionState.NOBODY)
        if account is None:
            return SessionStatus(SessionState.ACTIVE, user.name, role=user.role.name, is_fixed=True)
        return SessionStatus(
            session.state,
            account.name,
            account.full_name,
            user.role.name,
            session.key,
            account.must_change,
            account.is_break_glass,
        )

    @property
    def account(self) -> Account | None:
        """Whose session it is; None for nobody, and for somebody without an account."""
        return self._account()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _account(self) -> Account | None:
        session = self._session
        return self._accounts.book.accounts.get(session.account) if session and session.account else None

    async def _pause(self, state: SessionState, reason: str) -> None:
        session, user = self._session, self.window_user()
        if session is None or session.account is None or session.state is not SessionState.ACTIVE:
            return
        self._session = replace(session, state=state)
        self._tell()
        await self._accounts.record(by(user, AuditAction.LOCK, target=user.name, reason=reason))

    def _accounts_changed(self) -> None:
        session, account = self._session, self._account()
        if session is not None:
            is_over = session.given is not None and not self._is_demo and bool(self._accounts.book.accounts)
            is_gone = session.given is None and (account is None or not account.is_enabled)
            if is_over or is_gone:
                self._session = None
            if is_gone:
                self._say_gone(session.key)
        self._tell()

    def _say_gone(self, key: str) -> None:
        reason = tr("the user was disabled or deleted")
        entry = replace(by(VISITOR, AuditAction.LOGOUT, reason=reason), session=key)
        task = asyncio.get_running_loop().create_task(self._accounts.record(entry), name="audit of a session's end")
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
