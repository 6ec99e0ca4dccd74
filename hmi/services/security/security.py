"""People of one run, joined: accounts, the window's session, and the requests about both. On the I/O thread."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Engine

from hmi.config import directory_settings, sign_in_settings
from hmi.config.account_store import AccountStore, memory_engine
from hmi.config.directory_settings import DirectorySettings
from hmi.config.kept_settings import load_kept, save_kept
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.audit import AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.domain.window_session import SessionState, SessionStatus
from hmi.services.background import keep_running
from hmi.services.database_thread import DatabaseThread
from hmi.services.security.accounts import Accounts, Purpose
from hmi.services.security.demo import DEMO_PASSWORD, put_demo_users
from hmi.services.security.directory import Directory
from hmi.services.security.directory_desk import DirectoryDesk
from hmi.services.security.directory_logins import DirectoryLogins
from hmi.services.security.hashing import Hashing
from hmi.services.security.sessions import Sessions
from hmi.services.security.sign_in_desk import Handlers, SignInDesk
from hmi.services.security.user_desk import UserDesk
from hmi.storage.errors import StorageError

BREAK_GLASS_ALARM: Final = "break_glass"


def steady_s() -> float:
    """Return a clock that nobody sets and that, where the system has such a one, goes on while the computer sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class SecuritySurroundings:
    """What is needed around it. given: who acts while there are no users, and at the start of a demo.

    audit: writes an entry, raises StorageError. report: raises a system alarm, or clears it with no words.
    show: takes who acts at the window, and how the session stands. steady_s: see the function.
    """

    given: User
    is_demo: bool
    catalogue: Callable[[], Catalogue]
    audit: Callable[[AuditEntry], Awaitable[None]]
    report: Callable[[str, str], None]
    show: Callable[[User, SessionStatus], None]
    notice: Callable[[str], None]
    now_us: Callable[[], int] = lambda: time.time_ns() // 1000
    steady_s: Callable[[], float] = steady_s


class Security:
    """Made early: everything else asks `sessions` who acts."""

    def __init__(self, engine: Engine, thread: DatabaseThread, around: SecuritySurroundings) -> None:
        self._around = around
        self._thread = thread
        # The demo's password is known to everybody, so its users end with the program and reach no file.
        self.engine = memory_engine() if around.is_demo else engine
        self._hashing = Hashing()
        self._rules = SignInSettings()
        self._directory_settings = DirectorySettings()
        self._directory = Directory()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_ready = False
        store = AccountStore(self.engine)
        self.accounts = Accounts(store, thread, self._hashing, around.audit, around.now_us)
        self.sessions = Sessions(
            self.accounts, around.given, self.rules, is_demo=around.is_demo, steady_s=around.steady_s
        )
        self._sign_in = SignInDesk(self.accounts, self.sessions, self.rules)
        self.accounts.outside = DirectoryLogins(self.accounts, self._directory, self._directory_rules)
        self._directory_desk = DirectoryDesk(
            self.accounts, self.sessions, self._directory, self._directory_rules, self._save_directory
        )
        self._users = UserDesk(self.accounts, self.sessions, around.catalogue, self.rules, self._save_rules)

    async def start(self) -> None:
        """Read users, roles and rules. Raises StorageError: without them nobody could be refused anything."""
        if self._around.is_demo:
            await put_demo_users(self.accounts, self._thread)
        await self.accounts.start()
        try:
            self._rules = await self._thread.run(load_kept, self.engine, sign_in_settings.KEY, SignInSettings)
            self._directory_settings = await self._thread.run(
                load_kept, self.engine, directory_settings.KEY, DirectorySettings
            )
        except StorageError as error:
            self._around.notice(str(error))
        self.sessions.on_change(self._show)
        self.sessions.start()
        watch = keep_running(self.sessions.watch, "idle sessions", self._around.notice)
        self._tasks = [asyncio.create_task(watch, name="idle sessions")]

    def begin_reporting(self) -> None:
        """Say from now on, by an alarm, that an envelope was opened; the alarms must be there."""
        self._is_ready = True
        self._show()

    async def stop(self) -> None:
        """End what waits."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._directory.stop()
        await asyncio.to_thread(self._hashing.stop)
        if self._around.is_demo:
            self.engine.dispose()

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {**self._sign_in.handlers(), **self._users.handlers(), **self._directory_desk.handlers()}

    def rules(self) -> SignInSettings:
        """Return the rules of signing in."""
        return self._rules

    async def confirm(self, name: str, password: str) -> User:
        """Return whose password it is, for a command. Raises RefusedError; the session stays as it is."""
        account = self.sessions.account
        is_own = account is not None and account.name == name
        session = self.sessions.status().session if is_own else ""
        purpose = Purpose.CONFIRM if is_own else Purpose.SECOND_PERSON
        return await self.accounts.verify(name, password, purpose, session)

    def _directory_rules(self) -> DirectorySettings:
        return self._directory_settings

    async def take_directory(self, settings: DirectorySettings) -> None:
        """Work with settings that are kept already."""
        self._directory_settings = settings
        if not settings.offline_days:
            await self.accounts.change(self.accounts.store.forget_directory_passwords)

    async def take_rules(self, settings: SignInSettings) -> None:
        """Work with rules that are kept already."""
        self._rules = settings
        self._show()

    async def _save_directory(self, settings: DirectorySettings) -> None:
        await self._thread.run(save_kept, self.engine, directory_settings.KEY, settings, self.sessions.user().name)
        await self.take_directory(settings)

    async def _save_rules(self, settings: SignInSettings) -> None:
        await self._thread.run(save_kept, self.engine, sign_in_settings.KEY, settings, self.sessions.user().name)
        await self.take_rules(settings)

    def _show(self) -> None:
        book, status = self.accounts.book, self.sessions.status()
        offers = self._rules.offers_names or self._around.is_demo
        names = [each.name for each in book.accounts.values() if each.is_enabled and not each.is_break_glass]
        status = replace(
            status,
            names=tuple(names) if offers and status.state is not SessionState.FIRST_RUN else (),
            hint=tr("Demo: everybody's password is {word}").format(word=DEMO_PASSWORD) if self._around.is_demo else "",
            notice=self._rules.notice,
            least_length=self._rules.least_length,
        )
        self._around.show(self.sessions.window_user(), status)
        if self._is_ready:
            spent = any(each.is_break_glass and each.is_spent for each in book.accounts.values())
            words = tr("The account for emergencies was used. Find out why, then seal it anew in Setup, Users.")
            self._around.report(BREAK_GLASS_ALARM, words if spent else "")
