"""What people do at the window: sign in and out, lock, go on, change their password, get in by the sealed code.

Answers requests on the I/O thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from hmi.config.passwords import as_code, make_password, password_fault
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import MOST_NAME, Account, Source, is_whole_admin, name_key
from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.language import tr
from hmi.domain.roles import ADMIN
from hmi.domain.window_session import SessionState
from hmi.services import port
from hmi.services.port import security
from hmi.services.security.accounts import Accounts, Purpose
from hmi.services.security.sessions import Sessions
from hmi.services.security.throttle import delay_s, wait_s
from hmi.storage.local.accounts import Credential, SealedCode

RECOVERY: Final = "recovery"
Handlers = Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]


class SignInDesk:
    """Answers what everybody may ask, signed in or not."""

    def __init__(self, accounts: Accounts, sessions: Sessions, rules: Callable[[], SignInSettings]) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._rules = rules

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            security.SignIn: self._sign_in,
            security.ResumeSession: self._resume,
            security.LockSession: self._lock,
            security.SignOut: self._sign_out,
            security.NoteActivity: self._note,
            security.ChangePassword: self._change_password,
            security.MakeFirstAdmin: self._make_first,
            security.UseRecoveryCode: self._recover,
        }

    # ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _sign_in(self, request: security.SignIn) -> None:
        user = await self._accounts.verify(request.name, request.password)
        account = self._accounts.book.by_key[name_key(user.name)]
        if account.is_break_glass:
            await self._accounts.mark(account.id, lambda each: replace(each, is_spent=True))
        await self._sessions.begin(account)
        if account.is_break_glass:
            await self._accounts.record(
                by(self._sessions.window_user(), AuditAction.BREAK_GLASS, target=account.name, result=tr("opened"))
            )

    async def _resume(self, request: security.ResumeSession) -> None:
        account, status = self._sessions.account, self._sessions.status()
        if account is None:
            raise port.RefusedError(tr("Nobody is signed in here. Sign in."))
        await self._accounts.verify(account.name, request.password, Purpose.RESUME, status.session)
        if self._sessions.status().session == status.session:  # nobody else signed in meanwhile
            await self._sessions.resume()

    async def _lock(self, _request: security.LockSession) -> None:
        await self._sessions.lock()

    async def _sign_out(self, _request: security.SignOut) -> None:
        await self._sessions.end()

    async def _note(self, _request: security.NoteActivity) -> None:
        self._sessions.note_activity()

    # ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _change_password(self, request: security.ChangePassword) -> None:
        account, status = self._sessions.account, self._sessions.status()
        if account is None or status.state is not SessionState.ACTIVE:
            raise port.RefusedError(tr("Sign in first."))
        if account.source is not Source.LOCAL or account.is_break_glass:
            raise port.RefusedError(tr("The password of {name} is not changed here.").format(name=account.name))
        self._require_good(request.new, account.name)
        await self._accounts.verify(account.name, request.old, Purpose.CHANGE, status.session)
        if request.new == request.old:
            raise port.RefusedError(tr("The new password must be another one."))
        await self._set_password(account, request.new)
        user = self._sessions.window_user()
        await self._accounts.record(by(user, AuditAction.USER, target=account.name, result=tr("password changed")))

    async def _make_first(self, request: security.MakeFirstAdmin) -> security.OneTimeSecret:
        if self._accounts.book.accounts:
            raise port.RefusedError(tr("There is an administrator already. Sign in."))
        self._require_good(request.password, request.name)
        given, now_us = self._sessions.window_user(), self._accounts.now_us()
        account = Account(
            uuid4(),
            request.name,
            request.full_name,
            ADMIN.key,
            created_us=now_us,
            changed_us=now_us,
            changed_by=given.name,
            password_us=now_us,
        )
        code = make_password()
        credential = Credential(await self._accounts.hashing.make(request.password))
        sealed = SealedCode(Credential(await self._accounts.hashing.make(code)), now_us, request.name)
        await self._accounts.change(self._accounts.store.put_first, account, credential, sealed, RECOVERY)
        made = self._accounts.book.accounts[account.id]
        await self._accounts.record(
            by(given, AuditAction.USER, target=made.name, new=ADMIN.name, result=tr("first administrator added"))
        )
        await self._sessions.begin(made)
        return security.OneTimeSecret(tr("Recovery code"), code)

    async def _recover(self, request: security.UseRecoveryCode) -> security.OneTimeSecret:
        book = self._accounts.book
        sealed, account = book.codes.get(RECOVERY), book.by_key.get(name_key(request.name))
        self._require_patience(sealed)
        self._require_good(request.password, request.name)
        found = sealed.credential.password_hash if sealed else ""
        is_right = await self._accounts.hashing.check(found, as_code(request.code))
        if sealed is None or account is None or not is_right or not is_whole_admin(account, book.roles):
            await self._note_recovery_failure(request.name, sealed)
            raise port.RefusedError(tr("The code is wrong, or {name} is no administrator.").format(name=request.name))
        code = make_password()
        fresh = SealedCode(Credential(await self._accounts.hashing.make(code)), self._accounts.now_us(), account.name)
        await self._set_password(account, request.password, fresh)
        user = self._accounts.user_of(account)
        await self._accounts.record(
            by(user, AuditAction.USER, target=account.name, result=tr("password set by the recovery code"))
        )
        return security.OneTimeSecret(tr("Recovery code"), code)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _require_good(self, password: str, name: str) -> None:
        if fault := password_fault(password, name, self._rules().least_length):
            raise port.RefusedError(fault)

    def _require_patience(self, sealed: SealedCode | None) -> None:
        credential = sealed.credential if sealed else Credential()
        left_s = wait_s(credential.failures, credential.not_before_us, self._accounts.now_us())
        if left_s > 0:
            words = tr("Too many failures. Try again in {seconds:.0f} s.")
            raise security.WaitError(words.format(seconds=max(1.0, left_s)), left_s)

    async def _set_password(self, account: Account, password: str, recovery: SealedCode | None = None) -> None:
        """Keep a password, and with it the next recovery code where the one before was used: both or neither."""
        now_us = self._accounts.now_us()
        credential = Credential(await self._accounts.hashing.make(password))
        await self._accounts.change(
            self._accounts.store.set_password,
            account.id,
            lambda each: replace(each, must_change=False, password_us=now_us),
            credential,
            {RECOVERY: recovery} if recovery is not None else {},
        )

    async def _note_recovery_failure(self, name: str, sealed: SealedCode | None) -> None:
        if sealed is not None:
            failures = sealed.credential.failures + 1
            not_before_us = self._accounts.now_us() + round(delay_s(failures) * 1e6)
            failed = replace(sealed.credential, failures=failures, not_before_us=not_before_us)
            await self._accounts.change(
                self._accounts.store.put_sealed_code, RECOVERY, replace(sealed, credential=failed)
            )
        typed = name[:MOST_NAME]
        await self._accounts.record(
            AuditEntry(AuditAction.LOGIN_FAILED, typed, target=typed, reason=tr("recovery code"), result=tr("wrong"))
        )
