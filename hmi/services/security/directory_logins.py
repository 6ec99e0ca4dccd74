"""Signing in with the directory: an account is made, or brought up to date, from what the directory says.

Local users come first: whoever has a password here is never asked for there, so that an administrator gets in without
the network. A role that the directory changed holds from the next sign-in on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import uuid4

from hmi.config.directory_settings import DirectorySettings
from hmi.domain.accounts import Account, Source, name_fault, tidy_name
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.services.port import RefusedError
from hmi.services.security.accounts import Accounts
from hmi.services.security.directory import Directory, DirectoryError, DirectoryPerson, role_of
from hmi.storage.local.accounts import Credential

DAY_US: Final = 86_400_000_000


class DirectoryLogins:
    """What Accounts asks where the password is not kept here."""

    def __init__(self, accounts: Accounts, directory: Directory, settings: Callable[[], DirectorySettings]) -> None:
        self._accounts = accounts
        self._directory = directory
        self._settings = settings

    def is_for(self, account: Account | None) -> bool:
        """Whether a name is looked for in the directory; account: who has it here."""
        if account is None:
            return self._settings().is_on
        return account.source is Source.DIRECTORY

    async def check(self, name: str, password: str, account: Account | None) -> Account | None:
        """Return whose password it is, None for nobody's. Raises RefusedError in words."""
        settings = self._settings()
        if not settings.is_on:
            raise RefusedError(tr("Signing in with the directory is switched off. Ask an administrator."))
        try:
            person = await self._directory.check(settings, name, password)
        except DirectoryError as error:
            return await self._offline(settings, account, password, str(error))
        return await self._take(settings, person, password, account) if person is not None else None

    async def _take(
        self, settings: DirectorySettings, person: DirectoryPerson, password: str, account: Account | None
    ) -> Account:
        role = role_of(settings, person)
        if role not in self._accounts.book.roles:
            raise RefusedError(tr("{name} is in no group that has a role here.").format(name=person.name))
        if fault := name_fault(person.name):
            raise RefusedError(fault)
        now_us = self._accounts.now_us()
        before = account or Account(uuid4(), tidy_name(person.name), source=Source.DIRECTORY, created_us=now_us)
        after = replace(before, full_name=tidy_name(person.full_name), role=role, password_us=now_us)
        kept = await self._accounts.hashing.make(password) if settings.offline_days else ""
        put = partial(self._accounts.store.put_from_directory, is_new=account is None)
        await self._accounts.change(put, after, Credential(kept))
        if account is None or account.role != role:
            words = tr("added from the directory") if account is None else tr("role from the directory")
            old = account.role if account is not None else ""
            await self._accounts.record(
                AuditEntry(AuditAction.USER, tr("Directory"), target=after.name, old=old, new=role, result=words)
            )
        return self._accounts.book.accounts[after.id]

    async def _offline(
        self, settings: DirectorySettings, account: Account | None, password: str, reason: str
    ) -> Account | None:
        """Take the password of the last time, where that is allowed and not too long ago."""
        kept = self._accounts.book.credentials[account.id].password_hash if account is not None else ""
        most_us = settings.offline_days * DAY_US
        if account is None or not kept or not 0 <= self._accounts.now_us() - account.password_us <= most_us:
            raise RefusedError(reason + " " + tr("Sign in with a user of this computer."))
        return account if await self._accounts.hashing.check(kept, password) else None
