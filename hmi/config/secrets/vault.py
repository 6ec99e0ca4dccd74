"""The vault that an administrator may choose: one file in the profile, opened with a passphrase at each start."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from hmi.config.passwords import password_fault
from hmi.config.secrets import vault_file
from hmi.config.secrets.places import VaultState
from hmi.config.secrets.vault_file import (
    Cost,
    DamagedVaultError,
    NewerVaultError,
    VaultError,
    VaultKey,
    WrongPassphraseError,
)
from hmi.domain.language import tr

COST: Final = Cost()


class Vault:
    """Holds what is in the file while it is open. Every change is on the disk before it is believed. On the I/O thread.

    The passphrase itself is kept nowhere; the key, while it is open, in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._secrets: dict[str, str] = {}
        self._key: VaultKey | None = None
        self._sum = b""
        self._turn = asyncio.Lock()
        self.fault = ""
        self.state = VaultState.LOCKED if path is not None and path.exists() else VaultState.NONE

    async def look(self) -> None:
        """Find out, before any passphrase is asked for, whether the file can be used at all."""
        if self.state is VaultState.LOCKED:
            try:
                vault_file.check(await asyncio.to_thread(vault_file.read, self._require_path()))
            except (VaultError, FileNotFoundError) as error:
                self._break(error)

    async def open(self, passphrase: str) -> None:
        """Open it. Raises VaultError; the file stays as it is in any case."""
        async with self._turn:
            if self.state is VaultState.OPEN:
                return
            try:
                data = await asyncio.to_thread(vault_file.read, self._require_path())
                self._secrets, self._key = await asyncio.to_thread(vault_file.unseal, data, passphrase)
            except FileNotFoundError as error:
                self._break(error)
                raise VaultError(tr("The vault's file is not there any more.")) from None
            except (DamagedVaultError, NewerVaultError) as error:
                self._break(error)
                raise
            self._sum = hashlib.sha256(data).digest()
            self.state, self.fault = VaultState.OPEN, ""

    async def make(self, passphrase: str, secrets: Mapping[str, str]) -> None:
        """Make the file with these secrets in it, and leave it open. Raises VaultError."""
        async with self._turn:
            if self.state is not VaultState.NONE:
                raise VaultError(tr("There is a vault already."))
            require_good(passphrase)
            key = await asyncio.to_thread(vault_file.new_key, passphrase, COST)
            await self._write(dict(secrets), key)
            self.state = VaultState.OPEN

    async def change_passphrase(self, old: str, new: str) -> None:
        """Seal everything with another passphrase. Raises VaultError."""
        async with self._turn:
            key = self._require_open()
            given = await asyncio.to_thread(vault_file.derive, old, key.cost, key.salt)
            if not hmac.compare_digest(given.key, key.key):
                raise WrongPassphraseError(tr("The old passphrase is wrong."))
            require_good(new)
            await self._require_unchanged()
            await self._write(self._secrets, await asyncio.to_thread(vault_file.new_key, new, COST))

    async def set_aside(self) -> Path:
        """Give a file that cannot be opened another name, so that a new vault can be made. Raises VaultError."""
        async with self._turn:
            if self.state not in (VaultState.LOCKED, VaultState.BROKEN):
                raise VaultError(tr("The vault can be used; there is nothing to set aside."))
            path = self._require_path()
            aside = path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S}")
            try:
                if await asyncio.to_thread(path.exists):
                    await asyncio.to_thread(path.rename, aside)
            except OSError as error:
                words = tr("The vault's file cannot be renamed: {reason}.")
                raise VaultError(words.format(reason=error.strerror or error)) from error
            self.state, self.fault = VaultState.NONE, ""
            return aside

    async def remove(self) -> dict[str, str]:
        """Delete the file and return what was in it. Raises VaultError."""
        async with self._turn:
            self._require_open()
            try:
                await asyncio.to_thread(self._require_path().unlink, missing_ok=True)
            except OSError as error:
                words = tr("The vault's file cannot be deleted: {reason}.")
                raise VaultError(words.format(reason=error.strerror or error)) from error
            found = self._secrets
            self.forget()
            self.state = VaultState.NONE
            return found

    def get(self, name: str) -> str | None:
        """Return a secret of the open vault."""
        return self._secrets.get(name)

    def all(self) -> Mapping[str, str]:
        """Return everything in the open vault."""
        return dict(self._secrets)

    async def put(self, secrets: Mapping[str, str]) -> None:
        """Keep secrets. Raises VaultError."""
        await self._change(lambda: {**self._secrets, **secrets})

    async def delete(self, *names: str) -> None:
        """Forget secrets. Raises VaultError."""
        await self._change(partial(self._without, names))

    def forget(self) -> None:
        """Let go of what is in memory; the file stays."""
        self._secrets, self._key = {}, None
        if self.state is VaultState.OPEN:
            self.state = VaultState.LOCKED

    def _without(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: secret for name, secret in self._secrets.items() if name not in names}

    async def _change(self, changed: Callable[[], dict[str, str]]) -> None:
        async with self._turn:
            key = self._require_open()
            secrets = changed()
            if secrets == self._secrets:
                return
            await self._require_unchanged()
            await self._write(secrets, key)

    async def _require_unchanged(self) -> None:
        """Look whether the file is as it was last read or written: what somebody else put there is not written over."""
        try:
            data = await asyncio.to_thread(vault_file.read, self._require_path())
        except FileNotFoundError:
            return  # nothing to lose there; what was in it is in memory
        if hashlib.sha256(data).digest() != self._sum:
            raise VaultError(tr("Something else has changed the vault's file. It is left as it is; restart to use it."))

    async def _write(self, secrets: dict[str, str], key: VaultKey) -> None:
        data = vault_file.seal(secrets, key)
        await asyncio.to_thread(vault_file.write, self._require_path(), data)
        self._secrets, self._key, self._sum = secrets, key, hashlib.sha256(data).digest()

    def _require_open(self) -> VaultKey:
        if self.state is not VaultState.OPEN or self._key is None:
            raise VaultError(self.fault or tr("The vault is locked."))
        return self._key

    def _require_path(self) -> Path:
        if self._path is None:
            raise VaultError(tr("There is no profile to keep a vault in."))
        return self._path

    def _break(self, error: Exception) -> None:
        self.state = VaultState.BROKEN
        missing = tr("The vault's file is not there any more.")
        self.fault = missing if isinstance(error, FileNotFoundError) else str(error)


def require_good(passphrase: str) -> None:
    """Raise VaultError for a passphrase that is too short or too common."""
    if fault := password_fault(passphrase, ""):
        raise VaultError(fault)
