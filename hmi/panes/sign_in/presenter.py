"""Facts of the strip: what is asked for, what was refused, how long to wait. Passwords pass through, none is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from hmi.domain.language import tr
from hmi.domain.window_session import SessionState, SessionStatus
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, RefusedError, Request
from hmi.services.port.security import (
    ChangePassword,
    MakeFirstAdmin,
    OneTimeSecret,
    ResumeSession,
    SignIn,
    SignOut,
    UseRecoveryCode,
    WaitError,
)
from hmi.ui.pane_facts import Listen


class Mode(StrEnum):
    """What the strip asks for. HIDDEN: nothing. WELCOME: that somebody makes the first administrator."""

    HIDDEN = "hidden"
    WELCOME = "welcome"
    FIRST_ADMIN = "first_admin"
    SIGN_IN = "sign_in"
    RESUME = "resume"
    CHANGE = "change"
    RECOVER = "recover"
    SECRET = "secret"  # noqa: S105  # a mode


class Field(StrEnum):
    """What can be typed."""

    NAME = "name"
    FULL_NAME = "full_name"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105  # a field's name
    NEW = "new"
    AGAIN = "again"


FIELDS: Final[Mapping[Mode, tuple[Field, ...]]] = {
    Mode.FIRST_ADMIN: (Field.NAME, Field.FULL_NAME, Field.NEW, Field.AGAIN),
    Mode.SIGN_IN: (Field.NAME, Field.PASSWORD),
    Mode.RESUME: (Field.PASSWORD,),
    Mode.CHANGE: (Field.PASSWORD, Field.NEW, Field.AGAIN),
    Mode.RECOVER: (Field.NAME, Field.CODE, Field.NEW, Field.AGAIN),
}
LABELS: Final = {
    Field.NAME: tr("Name"),
    Field.FULL_NAME: tr("Full name"),
    Field.CODE: tr("Recovery code"),
    Field.PASSWORD: tr("Password"),
    Field.NEW: tr("New password"),
    Field.AGAIN: tr("New password again"),
}
TITLES: Final = {
    Mode.WELCOME: tr("There are no users yet"),
    Mode.FIRST_ADMIN: tr("Make the first administrator"),
    Mode.SIGN_IN: tr("Sign in"),
    Mode.RESUME: tr("Go on as {name}"),
    Mode.CHANGE: tr("Change the password of {name}"),
    Mode.RECOVER: tr("Use the recovery code"),
}
BUTTONS: Final = {
    Mode.WELCOME: tr("Make the first administrator…"),
    Mode.FIRST_ADMIN: tr("Make administrator"),
    Mode.SIGN_IN: tr("Sign in"),
    Mode.RESUME: tr("Go on"),
    Mode.CHANGE: tr("Change password"),
    Mode.RECOVER: tr("Set password"),
    Mode.SECRET: tr("I have written it down"),
}


class SignInPresenter:
    """Opens by itself at the first run and where a password must be changed; else when somebody wants it."""

    def __init__(self, mirror: Mirror, port: Port, now_s: Callable[[], float] = time.monotonic) -> None:
        self._mirror = mirror
        self._port = port
        self._now_s = now_s
        self._wanted = Mode.HIDDEN
        self._wait_until_s = 0.0
        self._tell: Callable[[], None] = lambda: None
        self._seen = SessionStatus()
        self.secret: OneTimeSecret | None = None
        self.fault = ""
        self.is_busy = False

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.USER:
                self._follow()
                changed()

        return listen(on_change)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def session(self) -> SessionStatus:
        return self._mirror.session

    @property
    def mode(self) -> Mode:
        if self.secret is not None:
            return Mode.SECRET
        if self._wanted is not Mode.HIDDEN:
            return self._wanted
        if self.session.state is SessionState.FIRST_RUN:
            return Mode.WELCOME
        return Mode.CHANGE if self.session.must_change and self.session.state is SessionState.ACTIVE else Mode.HIDDEN

    @property
    def title(self) -> str:
        if self.secret is not None:
            return self.secret.purpose
        return TITLES.get(self.mode, "").format(name=self.session.name)

    @property
    def explanation(self) -> str:
        """What the strip says beside its title."""
        session = self.session
        match self.mode:
            case Mode.WELCOME:
                return tr("Whoever sits here may set up the plant; commands are refused until somebody may operate.")
            case Mode.FIRST_ADMIN | Mode.RECOVER:
                return self._length
            case Mode.CHANGE if session.must_change:
                return tr("It was made by somebody else. Until it is changed you only look.") + " " + self._length
            case Mode.CHANGE:
                return self._length
            case Mode.RESUME:
                words = tr("The window only looks until then. Somebody else may sign in instead.")
                return " ".join(each for each in (words, session.notice) if each)
            case Mode.SECRET:
                return tr("It is shown this once. Write or print it, and keep it in a sealed envelope.")
            case _:
                return " ".join(each for each in (session.notice, session.hint) if each)

    @property
    def button(self) -> str:
        return BUTTONS.get(self.mode, "")

    @property
    def fields(self) -> tuple[Field, ...]:
        return FIELDS.get(self.mode, ())

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are offered; none unless the rules say so."""
        return self.session.names if self.mode is Mode.SIGN_IN else ()

    @property
    def may_cancel(self) -> bool:
        return self.mode not in (Mode.WELCOME, Mode.SECRET) and not (self.mode is Mode.CHANGE and self._is_obliged)

    @property
    def may_recover(self) -> bool:
        return self.mode is Mode.SIGN_IN

    @property
    def may_switch(self) -> bool:
        """Whether somebody else may sign in instead."""
        return self.mode is Mode.RESUME

    @property
    def may_leave(self) -> bool:
        """Whether one may sign out instead, as where a password must be changed."""
        return self.mode is Mode.CHANGE and self._is_obliged

    @property
    def wait_s(self) -> int:
        """How long the next attempt has to wait, in whole s."""
        left_s = self._wait_until_s - self._now_s()
        return int(left_s) + 1 if left_s > 0 else 0

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, mode: Mode) -> None:
        """Ask for something else; what was wrong with the last is forgotten."""
        self._wanted, self.fault = mode, ""
        self._tell()

    def leave(self) -> None:
        """Ask for nothing."""
        self.open(Mode.HIDDEN)

    def forget_secret(self) -> None:
        """Let go of what was shown once."""
        self.secret = None
        self._tell()

    async def go(self, typed: Mapping[Field, str]) -> bool:
        """Do what the button says; return whether it was done, else `fault` says why not."""
        mode = self.mode
        if mode is Mode.WELCOME:
            self.open(Mode.FIRST_ADMIN)
            return True
        if self.is_busy or self.wait_s:
            return False
        if Field.AGAIN in self.fields and typed[Field.NEW] != typed[Field.AGAIN]:
            self.fault = tr("The two new passwords differ. Type them again.")
            self._tell()
            return False
        self.is_busy = True
        self._tell()
        try:
            await self._ask(mode, typed)
        except RefusedError as error:
            self.fault = str(error)
            if isinstance(error, WaitError):
                self._wait_until_s = self._now_s() + error.wait_s
            return False
        finally:
            self.is_busy = False
            self._tell()
        if self._wanted in (mode, Mode.HIDDEN):  # else something else is asked for by now
            self.leave()
        return True

    async def sign_out(self) -> None:
        """Let nobody be signed in."""
        await self._port.request(SignOut())

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _is_obliged(self) -> bool:
        return self.session.must_change

    @property
    def _length(self) -> str:
        return tr("Password: at least {least} characters.").format(least=self.session.least_length)

    async def _ask(self, mode: Mode, typed: Mapping[Field, str]) -> None:
        requests: Mapping[Mode, Callable[[], Request[OneTimeSecret | None]]] = {
            Mode.FIRST_ADMIN: lambda: MakeFirstAdmin(typed[Field.NAME], typed[Field.FULL_NAME], typed[Field.NEW]),
            Mode.SIGN_IN: lambda: SignIn(typed[Field.NAME], typed[Field.PASSWORD]),
            Mode.RESUME: lambda: ResumeSession(typed[Field.PASSWORD]),
            Mode.CHANGE: lambda: ChangePassword(typed[Field.PASSWORD], typed[Field.NEW]),
            Mode.RECOVER: lambda: UseRecoveryCode(typed[Field.NAME], typed[Field.CODE], typed[Field.NEW]),
        }
        self.secret = await self._port.request(requests[mode]())

    def _follow(self) -> None:
        """Close what no longer fits the session: somebody signed in, or the session is gone."""
        before, now = self._seen, self.session
        self._seen = now
        if now.state is not SessionState.FIRST_RUN and self._wanted is Mode.FIRST_ADMIN and not self.is_busy:
            self._wanted = Mode.HIDDEN
        if self._wanted is Mode.RESUME and now.state not in (SessionState.IDLE, SessionState.LOCKED):
            self._wanted = Mode.HIDDEN
        if self._wanted is Mode.CHANGE and (now.name, now.state) != (before.name, before.state):
            self._wanted = Mode.HIDDEN
