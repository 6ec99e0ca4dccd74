"""Accounts as they are now, and the checking of passwords: every attempt is throttled, hashed and recorded.

On the I/O thread; what is stored runs on the configuration thread, what is hashed on one of its own.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import structlog

from hmi.config.account_store import AccountBook, AccountStore
from hmi.domain.accounts import MOST_NAME, Account, name_key, user_of, viewing
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import RefusedError
from hmi.services.port.security import WaitError
from hmi.services.security.hashing import Hashing
from hmi.services.security.throttle import delay_s, wait_s
from hmi.storage.errors import StorageError
from hmi.storage.local.accounts import Credential

UNKNOWN_KEPT: Final = 256

_log = structlog.get_logger(__name__)

WriteAudit = Callable[[AuditEntry], Awaitable[None]]


class Purpose(StrEnum):
    """What a password is typed for, as the record says it."""

    SIGN_IN = "sign in"
    RESUME = "take up the session"
    CONFIRM = "password again"
    SECOND_PERSON = "second person"
    CHANGE = "change the password"


class Outside(Protocol):
    """Who knows the passwords that are not kept here: the directory."""

    def is_for(self, account: Account | None) -> bool:
        """Whether it is asked about an account, or about a name that nobody here has."""

    async def check(self, name: str, password: str, account: Account | None) -> Account | None:
        """Return whose password it is, None for nobody's. Raises RefusedError."""


class Accounts:
    """All users and roles as they are now. `verify` never touches the session."""

    def __init__(
        self,
        store: AccountStore,
        thread: DatabaseThread,
        hashing: Hashing,
        audit: WriteAudit,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self.store = store
        self.hashing = hashing
        self.now_us = now_us
        self.book = AccountBook()
        self.outside: Outside | None = None
        self._thread = thread
        self._audit = audit
        self._listeners: list[Callable[[], None]] = []
        self._writing = asyncio.Lock()
        """One change at a time: the book that a change returns must hold what was kept before it."""
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._unknown: OrderedDict[str, Credential] = OrderedDict()
        """Attempts with names that nobody has wait as long as others, or waiting would tell who is there."""

    async def start(self) -> None:
        """Read what is kept. Raises StorageError."""
        self.book = await self._thread.run(self.store.load)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener after every change of users or roles."""
        self._listeners.append(listener)

    async def change(self, function: Callable[..., AccountBook], *arguments: object) -> None:
        """Run a change of the store; it holds at once. Raises InvalidError and StorageError."""
        async with self._writing:
            self.book = await self._thread.run(function, *arguments)
        for listener in self._listeners:
            listener()

    async def take_over(self, change: Callable[[], Awaitable[AccountBook]]) -> None:
        """Take up what a change of more than users makes of them; none of users alone runs beside it."""
        async with self._writing:
            self.book = await change()
        for listener in self._listeners:
            listener()

    def user_of(self, account: Account, session: str = "") -> User:
        """Return who an account is, as things are now."""
        return user_of(account, self.book.roles, session)

    def refreshed(self, user: User) -> User:
        """Return a user as its account is now; one whose account is gone looks only; one without is as it was."""
        if user.account is None:
            return user
        account = self.book.accounts.get(user.account)
        if account is None:
            return replace(user, role=viewing(user.role), also=frozenset())
        return self.user_of(account, user.session)

    async def verify(self, name: str, password: str, purpose: Purpose = Purpose.SIGN_IN, session: str = "") -> User:
        """Return whose password it is. Raises RefusedError in words, WaitError while the next attempt must wait.

        session: the log-in that goes on, which may open the envelope's account once more.
        """
        key = name_key(name[: MOST_NAME * 4])
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        async with turn:  # one at a time for each name: else the delay could be got round by asking all at once
            return await self._verify(name, key, password, purpose, session)

    async def record(self, entry: AuditEntry) -> None:
        """Write an entry; a record that cannot be written says so itself, and nobody is kept out by it."""
        try:
            await self._audit(entry)
        except StorageError as error:
            _log.error("not recorded", action=entry.action, reason=str(error))

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _verify(self, name: str, key: str, password: str, purpose: Purpose, session: str) -> User:
        account = self.book.by_key.get(key)
        credential = self._credential(key, account)
        left_s = wait_s(credential.failures, credential.not_before_us, self.now_us())
        if left_s > 0:
            words = tr("Too many failures. Try again in {seconds:.0f} s.")
            raise WaitError(words.format(seconds=max(1.0, left_s)), left_s)
        if self.outside is not None and self.outside.is_for(account):
            account = await self._ask_outside(name, password, account, purpose)
            if account is not None:
                await self.keep(account.id, replace(self._credential(key, account), failures=0, not_before_us=0))
        else:
            account = await self._check(key, credential, password)
        if account is None:
            known = self.book.by_key.get(key)
            await self._fail(name, key, known, purpose)
            raise self._refusal(key, known)
        if fault := _shut(account, session, purpose):
            await self._record_failure(name, purpose, fault)
            raise RefusedError(fault)
        return self.user_of(account, session)

    async def _check(self, key: str, credential: Credential, password: str) -> Account | None:
        """Return whose password it is by what is kept here, None for nobody's."""
        is_right = await self.hashing.check(credential.password_hash, password)
        account = self.book.by_key.get(key)  # an administrator may have been quicker
        if account is None or not is_right or self._credential(key, account).password_hash != credential.password_hash:
            return None
        await self._succeed(account, credential, password)
        return account

    async def _ask_outside(self, name: str, password: str, account: Account | None, purpose: Purpose) -> Account | None:
        try:
            return await self.outside.check(name, password, account) if self.outside is not None else None
        except RefusedError as error:
            await self._record_failure(name, purpose, str(error))
            raise

    def _credential(self, key: str, account: Account | None) -> Credential:
        if account is None:
            return self._unknown.get(key, Credential())
        return self.book.credentials[account.id]

    def _refusal(self, key: str, account: Account | None) -> RefusedError:
        credential = self._credential(key, account)
        words = tr("Name or password is wrong.")
        left_s = delay_s(credential.failures)
        if not left_s:
            return RefusedError(words)
        return WaitError(words + " " + tr("Try again in {seconds:.0f} s.").format(seconds=left_s), left_s)

    async def _fail(self, name: str, key: str, account: Account | None, purpose: Purpose) -> None:
        credential = self._credential(key, account)
        failures = credential.failures + 1
        failed = replace(credential, failures=failures, not_before_us=self.now_us() + round(delay_s(failures) * 1e6))
        if account is None:
            self._unknown[key] = failed
            self._unknown.move_to_end(key)
            while len(self._unknown) > UNKNOWN_KEPT:
                self._unknown.popitem(last=False)
        else:
            await self.keep(account.id, failed)
        await self._record_failure(name, purpose, tr("wrong name or password"))

    async def _succeed(self, account: Account, credential: Credential, password: str) -> None:
        found = replace(credential, failures=0, not_before_us=0)
        if self.hashing.is_old(credential.password_hash):
            found = replace(found, password_hash=await self.hashing.make(password))
        if found != credential:
            await self.keep(account.id, found)

    async def keep(self, account_id: UUID, credential: Credential) -> None:
        """Keep failures or a new hash, here at once; a disk that is full keeps nobody out."""
        try:
            async with self._writing:
                self.book = replace(self.book, credentials={**self.book.credentials, account_id: credential})
                await self._thread.run(self.store.put_credential, account_id, credential)
        except StorageError as error:
            _log.error("attempts to sign in are not kept", reason=str(error))

    async def mark(self, account_id: UUID, change: Callable[[Account], Account]) -> None:
        """Change what the program itself notes of an account, here at once; a full disk keeps nobody out."""
        try:
            await self.change(self.store.mark, account_id, change)
        except StorageError as error:
            _log.error("account not marked", reason=str(error))
            accounts = {**self.book.accounts, account_id: change(self.book.accounts[account_id])}
            by_key = {name_key(each.name): each for each in accounts.values()}
            self.book = replace(self.book, accounts=accounts, by_key=by_key)
            for listener in self._listeners:
                listener()

    async def _record_failure(self, name: str, purpose: Purpose, result: str) -> None:
        typed = name[:MOST_NAME]
        await self.record(
            AuditEntry(AuditAction.LOGIN_FAILED, typed, target=typed, reason=tr(str(purpose)), result=result)
        )


def _shut(account: Account, session: str, purpose: Purpose) -> str:
    """Return why an account whose password is right may not come in; empty when it may."""
    if account.is_break_glass and purpose is Purpose.SECOND_PERSON:  # its seal would not break, and nobody be alarmed
        return tr("The account for emergencies is no second person.")
    if not account.is_enabled:
        return tr("The user {name} is disabled. Ask an administrator.").format(name=account.name)
    if account.is_break_glass and account.is_spent and not session:
        return tr("This envelope was used already. An administrator must seal it anew.")
    return ""
