"""Users, roles and sessions over a real file, with a clock of the test's own; what is recorded is kept in a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from hmi.config.catalogue import InvalidError
from hmi.domain.accounts import Account
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.roles import LOCAL_ADMIN, User
from hmi.domain.window_session import SessionStatus
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.port.security import MakeFirstAdmin, SaveAccount, SignIn
from hmi.services.security.security import Security, SecuritySurroundings
from hmi.storage.errors import StorageError
from hmi.storage.local.accounts import Credential
from hmi.storage.local.database import open_database
from tests.support.plants import CATALOGUE

START_US = 1_767_268_800_000_000
PASSWORD = "blue heron lake"
OTHER = "seven brown otters"

Answer = TypeVar("Answer")


class People:
    """Security as the services make it."""

    def __init__(self, folder: Path, *, is_demo: bool = False, now_us: int = START_US) -> None:
        self.now_us = now_us
        self.steady_s = 1_000.0
        self.entries: list[AuditEntry] = []
        self.alarms: dict[str, str] = {}
        self.shown: list[tuple[User, SessionStatus]] = []
        self.notices: list[str] = []
        self.audit_fault = ""
        self.thread = DatabaseThread()
        self.engine = open_database(folder / "roams.db")
        around = SecuritySurroundings(
            LOCAL_ADMIN,
            is_demo,
            lambda: CATALOGUE,
            self._write,
            lambda key, sentence: self.alarms.update({key: sentence}),
            lambda user, status: self.shown.append((user, status)),
            self.notices.append,
            lambda: self.now_us,
            lambda: self.steady_s,
        )
        self.security = Security(self.engine, self.thread, around)
        self.accounts, self.sessions = self.security.accounts, self.security.sessions

    async def ask(self, request: port.Request[Answer]) -> Answer:
        """Ask as the services do: what is invalid is refused in words."""
        handler: Any = self.security.handlers()[type(request)]
        try:
            answer: Answer = await handler(request)
        except (InvalidError, StorageError) as error:
            raise port.RefusedError(str(error)) from error
        return answer

    async def first_admin(self, name: str = "Ana") -> str:
        """Make the first administrator, who is then signed in; return the recovery code."""
        return (await self.ask(MakeFirstAdmin(name, "", PASSWORD))).secret

    async def add(self, name: str, role: str = "operator", *, stations: frozenset[UUID] | None = None) -> Account:
        """Add a user with the test's password, as whoever is signed in."""
        await self.ask(SaveAccount(Account(uuid4(), name, role=role, stations=stations), 0))
        account = self.account(name)
        found = Credential(await self.accounts.hashing.make(PASSWORD))
        await self.accounts.change(
            self.accounts.store.set_password, account.id, lambda each: replace(each, must_change=False), found
        )
        return self.account(name)

    async def sign_in(self, name: str, password: str = PASSWORD) -> User:
        """Sign in and return who acts."""
        await self.ask(SignIn(name, password))
        return self.sessions.user()

    def account(self, name: str) -> Account:
        """Return an account by its name."""
        return next(each for each in self.accounts.book.accounts.values() if each.name == name)

    def recorded(self, action: AuditAction) -> list[AuditEntry]:
        """Return what was recorded of a kind, oldest first."""
        return [each for each in self.entries if each.action is action]

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.steady_s += seconds
        self.set_clock_by(seconds)

    def set_clock_by(self, seconds: float) -> None:
        """Set the clock forward, or back."""
        self.now_us += round(seconds * 1e6)

    async def _write(self, entry: AuditEntry) -> None:
        if self.audit_fault:
            raise StorageError(self.audit_fault)
        self.entries.append(entry)


@asynccontextmanager
async def people(folder: Path, *, is_demo: bool = False, now_us: int = START_US) -> AsyncIterator[People]:
    """Start, and end as the services do."""
    found = People(folder, is_demo=is_demo, now_us=now_us)
    await found.security.start()
    found.security.begin_reporting()
    try:
        yield found
    finally:
        await found.security.stop()
        await found.thread.run(found.engine.dispose)
        found.thread.stop()
