"""What an administrator does with users, roles and the rules of signing in. Answers requests on the I/O thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from hmi.config.account_store import BUILT_IN_KEYS
from hmi.config.passwords import make_password
from hmi.config.people_words import account_words, role_words, settings_words
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import BREAK_GLASS_NAME, Account, Source, tidy_name
from hmi.domain.audit import AuditAction, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission, Role, User
from hmi.services import port
from hmi.services.port import security
from hmi.services.security.accounts import Accounts
from hmi.services.security.sessions import Sessions
from hmi.services.security.sign_in_desk import RECOVERY, Handlers
from hmi.services.security.throttle import wait_s
from hmi.storage.local.accounts import Credential, SealedCode, StoredRole


class UserDesk:
    """Every request here needs the right to edit users."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        catalogue: Callable[[], Catalogue],
        rules: Callable[[], SignInSettings],
        save_rules: Callable[[SignInSettings], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._catalogue = catalogue
        self._rules = rules
        self._save_rules = save_rules

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            security.ReadUsers: self._read,
            security.SaveAccount: self._save_account,
            security.DeleteAccount: self._delete_account,
            security.ResetPassword: self._reset_password,
            security.SaveRole: self._save_role,
            security.DeleteRole: self._delete_role,
            security.SaveSignInSettings: self._save_settings,
            security.MakeRecoveryCode: self._make_code,
            security.SealBreakGlass: self._seal,
        }

    async def _read(self, _request: security.ReadUsers) -> security.UsersState:
        self._require()
        book, now_us = self._accounts.book, self._accounts.now_us()
        rows = []
        for account in book.accounts.values():
            found = book.credentials[account.id]
            waits_s = wait_s(found.failures, found.not_before_us, now_us)
            rows.append(security.AccountRow(account, found.failures, waits_s))
        users = [account.role for account in book.accounts.values()]
        roles = tuple(
            security.RoleRow(role, book.role_revision(key), key in BUILT_IN_KEYS, users.count(key))
            for key, role in book.roles.items()
        )
        code = book.codes.get(RECOVERY)
        made_us, made_by = (code.made_us, code.made_by) if code else (0, "")
        return security.UsersState(tuple(rows), roles, self._rules(), made_us, made_by)

    # ── users ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _save_account(self, request: security.SaveAccount) -> security.OneTimeSecret | None:
        user = self._require()
        account, before = request.account, self._accounts.book.accounts.get(request.account.id)
        if before is not None and (before.is_break_glass or before.source is not account.source):
            raise port.RefusedError(tr("The account for emergencies is changed by sealing it anew."))
        if before is None and not self._accounts.book.accounts:
            raise port.RefusedError(tr("Make the first administrator first."))
        now_us = self._accounts.now_us()
        account = replace(account, name=tidy_name(account.name), full_name=tidy_name(account.full_name))
        kept = before or Account(account.id, account.name, created_us=now_us, must_change=True, password_us=now_us)
        account = replace(
            kept,
            name=account.name,
            full_name=account.full_name,
            role=account.role,
            stations=account.stations,
            is_enabled=account.is_enabled,
            source=account.source,
            must_change=kept.must_change and account.source is Source.LOCAL,
            changed_us=now_us,
            changed_by=user.name,
        )
        password, credential = "", None
        if before is None and account.source is Source.LOCAL:
            password = make_password()
            credential = Credential(await self._accounts.hashing.make(password))
        await self._accounts.change(self._accounts.store.put_account, account, request.revision, credential)
        await self._record(
            user,
            AuditAction.USER,
            account.name,
            old=account_words(before, self._accounts.book.roles, self._catalogue()) if before else "",
            new=account_words(account, self._accounts.book.roles, self._catalogue()),
            result=tr("changed") if before else tr("added"),
        )
        return security.OneTimeSecret(_password_of(account), password) if password else None

    async def _delete_account(self, request: security.DeleteAccount) -> None:
        user = self._require()
        before = self._accounts.book.accounts.get(request.account_id)
        await self._accounts.change(
            self._accounts.store.delete_account, request.account_id, request.revision, user.name
        )
        if before is not None:
            old = account_words(before, self._accounts.book.roles, self._catalogue())
            await self._record(user, AuditAction.USER, before.name, old=old, result=tr("deleted"))

    async def _reset_password(self, request: security.ResetPassword) -> security.OneTimeSecret:
        user = self._require()
        account = self._accounts.book.accounts.get(request.account_id)
        if account is None:
            raise port.RefusedError(tr("The user is no longer there."))
        if account.source is not Source.LOCAL or account.is_break_glass:
            raise port.RefusedError(tr("The password of {name} is not changed here.").format(name=account.name))
        password = await self._give_password(account)
        await self._record(user, AuditAction.USER, account.name, result=tr("password reset"))
        return security.OneTimeSecret(_password_of(account), password)

    async def _give_password(self, account: Account) -> str:
        password, now_us = make_password(), self._accounts.now_us()
        credential = Credential(await self._accounts.hashing.make(password))
        await self._accounts.change(
            self._accounts.store.set_password,
            account.id,
            lambda each: replace(each, must_change=True, password_us=now_us, revision=each.revision + 1),
            credential,
        )
        return password

    # ── roles ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _save_role(self, request: security.SaveRole) -> None:
        user = self._require()
        before = self._accounts.book.roles.get(request.role.key)
        key = request.role.key if before else uuid4().hex
        role = Role(
            key, request.role.name, request.role.permissions | {Permission.VIEW}, float(request.role.shelve_most_s)
        )
        stored = StoredRole(role, 1, self._accounts.now_us(), user.name)
        await self._accounts.change(self._accounts.store.put_role, stored, request.revision)
        await self._record(
            user,
            AuditAction.ROLE,
            role.name,
            old=role_words(before) if before else "",
            new=role_words(role),
            result=tr("changed") if before else tr("added"),
        )

    async def _delete_role(self, request: security.DeleteRole) -> None:
        user = self._require()
        before = self._accounts.book.roles.get(request.key)
        await self._accounts.change(self._accounts.store.delete_role, request.key, request.revision, user.name)
        if before is not None:
            result = tr("put back as it came") if request.key in BUILT_IN_KEYS else tr("deleted")
            await self._record(user, AuditAction.ROLE, before.name, old=role_words(before), result=result)

    # ── rules and envelopes ───────────────────────────────────────────────────────────────────────────────────────

    async def _save_settings(self, request: security.SaveSignInSettings) -> None:
        user = self._require()
        before = self._rules()
        if request.seen != before:
            raise port.RefusedError(
                tr("The rules were changed meanwhile. Look at them again; nothing was overwritten.")
            )
        await self._save_rules(request.settings)
        await self._record(
            user,
            AuditAction.CONFIGURATION,
            tr("Rules of signing in"),
            old=settings_words(before),
            new=settings_words(request.settings),
            result=tr("changed"),
        )

    async def _make_code(self, _request: security.MakeRecoveryCode) -> security.OneTimeSecret:
        user = self._require()
        code = make_password()
        sealed = SealedCode(Credential(await self._accounts.hashing.make(code)), self._accounts.now_us(), user.name)
        await self._accounts.change(self._accounts.store.put_sealed_code, RECOVERY, sealed)
        await self._record(user, AuditAction.USER, tr("Recovery code"), result=tr("made"))
        return security.OneTimeSecret(tr("Recovery code"), code)

    async def _seal(self, request: security.SealBreakGlass) -> security.OneTimeSecret:
        user = self._require()
        book, now_us = self._accounts.book, self._accounts.now_us()
        before = next((each for each in book.accounts.values() if each.is_break_glass), None)
        kept = before or Account(uuid4(), tr(BREAK_GLASS_NAME), is_break_glass=True, created_us=now_us)
        account = replace(
            kept,
            role=request.role,
            is_enabled=True,
            is_spent=False,
            must_change=False,
            changed_us=now_us,
            changed_by=user.name,
            password_us=now_us,
        )
        password = make_password()
        credential = Credential(await self._accounts.hashing.make(password))
        revision = before.revision if before else 0
        await self._accounts.change(self._accounts.store.put_account, account, revision, credential)
        await self._record(user, AuditAction.BREAK_GLASS, account.name, new=request.role, result=tr("sealed"))
        return security.OneTimeSecret(_password_of(account), password)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _require(self) -> User:
        """Return who acts; asked before the change, which may end that person's session."""
        user = self._sessions.user()
        if not user.may_everywhere(Permission.EDIT_USERS):
            raise port.RefusedError(tr("{name} may not do this.").format(name=user.name))
        return user

    async def _record(
        self, user: User, action: AuditAction, target: str, *, result: str, old: str = "", new: str = ""
    ) -> None:
        await self._accounts.record(by(user, action, target=target, old=old, new=new, result=result))


def _password_of(account: Account) -> str:
    return tr("Password of {name}").format(name=account.name)
