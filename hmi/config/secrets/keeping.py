"""Passwords by name, wherever they are: the session's memory, the keyring, or the vault where one was chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from hmi.config.secrets.keyring_place import KeyringPlace
from hmi.config.secrets.places import Kept, NoPlaceError, Place, PlaceError, Standing, VaultState
from hmi.config.secrets.vault import Vault, require_good
from hmi.config.secrets.vault_file import VaultError
from hmi.domain.language import tr

AGAIN_S: Final = 30.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move went. count: of secrets; left: why some stayed where they were, empty when none did."""

    count: int
    left: str = ""


class Secrets:
    """All on the I/O thread; what blocks is elsewhere.

    A vault that there is stands in the keyring's place. What was typed while nothing safe could be reached is kept for
    the session, and put where it belongs as soon as that opens.
    """

    def __init__(self, vault: Path | None = None) -> None:
        self._session: dict[str, str] = {}
        self._held: set[str] = set()
        """Names that were never meant for a safe place, as the demo's."""
        self._unkept: set[str] = set()
        self._unforgotten: set[str] = set()
        self._seen: dict[str, str] = {}
        """What the keyring told last: links come back though it went away."""
        self._keyring = KeyringPlace()
        self._refusal = ""
        self._has_looked = False
        self._listeners: list[Callable[[], None]] = []
        self.vault = Vault(vault)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener after anything of `standing` may have changed."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Find out whether there is a vault, and whether it can be used."""
        await self.vault.look()
        self._tell()

    async def run(self) -> None:
        """Find out whether there is a keyring, and take up one that comes later, until cancelled."""
        while True:
            await self.try_again()
            await asyncio.sleep(AGAIN_S)

    async def try_again(self) -> None:
        """Look whether there is a keyring by now, and put there what is only in memory."""
        if self.vault.state is VaultState.NONE:
            await self._look(again=True)
            if not self._refusal:
                await self._keep_unkept()

    @property
    def standing(self) -> Standing:
        """How secrets are kept, as far as was last seen."""
        is_known = self._has_looked or self.vault.state is not VaultState.NONE
        kept = self._expected() if is_known else None
        return Standing(kept, self.vault.state, self.vault.fault, len(self._unkept))

    async def where(self) -> Kept:
        """Return where a secret would be kept now."""
        if self.vault.state is VaultState.NONE:
            await self._look()
        return self._expected()

    # ── one secret ────────────────────────────────────────────────────────────────────────────────────────────────

    def hold(self, name: str, secret: str) -> None:
        """Keep a secret for this session only."""
        self._session[name] = secret
        self._held.add(name)

    async def get(self, name: str) -> str | None:
        """Return a secret; None when there is none, or none can be reached now."""
        if name in self._session:
            return self._session[name]
        if self.vault.state in (VaultState.LOCKED, VaultState.BROKEN):
            return None
        if (found := self.vault.get(name)) is not None:
            return found
        try:
            found = await self._keyring.read(name)
        except PlaceError as error:
            if not isinstance(error, NoPlaceError):
                _log.warning("keyring cannot be read", reason=str(error))
            return self._seen.get(name)
        if found is not None:
            self._seen[name] = found
        return found

    async def store(self, name: str, secret: str) -> Kept:
        """Keep a secret as safely as this machine can, and return where."""
        self._session[name] = secret
        self._held.discard(name)
        self._unforgotten.discard(name)
        kept = await self._keep(name, secret)
        if kept.outlives:
            self._unkept.discard(name)
        elif name not in self._unkept:
            self._unkept.add(name)
            _log.warning("secret kept for the session only", reason=kept.reason)
        self._tell()
        return kept

    async def delete(self, name: str) -> None:
        """Forget a secret everywhere; where the place cannot be reached, as soon as it can."""
        self._session.pop(name, None)
        self._seen.pop(name, None)
        self._unkept.discard(name)
        self._held.discard(name)
        await self._forget([name])
        self._tell()

    def close(self) -> None:
        """Forget everything that is in memory."""
        for each in (self._session, self._held, self._unkept, self._seen, self._unforgotten):
            each.clear()
        self.vault.forget()

    # ── the vault ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_vault(self, passphrase: str) -> None:
        """Open the vault, and put there what was typed meanwhile. Raises VaultError."""
        try:
            await self.vault.open(passphrase)
            await self._keep_unkept()
        finally:
            self._tell()

    async def make_vault(self, passphrase: str, names: Iterable[str]) -> Moved:
        """Make a vault and move secrets there from the keyring and the session. Raises VaultError.

        names: of all that the program keeps; a keyring does not list its own.
        """
        require_good(passphrase)
        refusal = await self._look()
        found, fault = {}, ""
        in_keyring = []
        for name in dict.fromkeys([*names, *self._unkept]):
            if name in self._held:
                continue
            try:
                kept = None if refusal else await self._keyring.read(name)
            except PlaceError as error:
                kept, fault = None, str(error)
            if kept is not None:
                in_keyring.append(name)
            secret = self._session.get(name, kept if kept is not None else self._seen.get(name))
            if secret is not None:
                found[name] = secret
        await self.vault.make(passphrase, found)
        self._unkept.clear()
        await self._delete_from_keyring(in_keyring)
        self._tell()
        return Moved(len(found), fault)

    async def leave_vault(self) -> Moved:
        """Move everything from the vault to the keyring, or the session where there is none, and delete the vault.

        Raises VaultError; the vault stays then, and whatever the keyring took is there twice.
        """
        secrets = self.vault.all()
        if self.vault.state is not VaultState.OPEN:
            raise VaultError(self.vault.fault or tr("The vault is locked."))
        if not await self._look(again=True):
            try:
                for name, secret in secrets.items():
                    await self._keyring.write(name, secret)
            except PlaceError as error:
                raise VaultError(f"{error} " + tr("Everything is still in the vault.")) from error
        await self.vault.remove()
        self._session.update(secrets)
        if self._refusal:
            self._unkept.update(secrets)
        self._tell()
        return Moved(len(secrets), self._refusal)

    async def change_passphrase(self, old: str, new: str) -> None:
        """Seal the vault with another passphrase. Raises VaultError."""
        await self.vault.change_passphrase(old, new)

    async def set_vault_aside(self) -> str:
        """Let go of a vault that cannot be opened; return what its file is called now. Raises VaultError."""
        aside = await self.vault.set_aside()
        await self.try_again()
        self._tell()
        return aside.name

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _look(self, *, again: bool = False) -> str:
        """Return why the keyring is not used, empty when it is."""
        before, had_looked = self._refusal, self._has_looked
        self._refusal = await self._keyring.refusal(looks_again=again)
        self._has_looked = True
        if (before, had_looked) != (self._refusal, True):
            self._tell()
        return self._refusal

    def _expected(self) -> Kept:
        match self.vault.state:
            case VaultState.OPEN:
                return Kept(Place.VAULT)
            case VaultState.LOCKED:
                return Kept(Place.SESSION, tr("The vault is locked."))
            case VaultState.BROKEN:
                return Kept(Place.SESSION, self.vault.fault)
            case VaultState.NONE:
                return Kept(Place.SESSION, self._refusal) if self._refusal else Kept(Place.KEYRING)

    async def _keep(self, name: str, secret: str) -> Kept:
        """Put a secret where it belongs now."""
        try:
            if self.vault.state is VaultState.OPEN:
                await self.vault.put({name: secret})
            elif self.vault.state is VaultState.NONE:
                await self._keyring.write(name, secret)
                self._refusal = ""
                self._seen.pop(name, None)
            else:
                return self._expected()
        except (PlaceError, VaultError) as error:
            return Kept(Place.SESSION, str(error))
        return Kept(Place.VAULT if self.vault.state is VaultState.OPEN else Place.KEYRING)

    async def _keep_unkept(self) -> None:
        """Put what was typed, and what was deleted, while nothing could be reached where it belongs."""
        for name in sorted(self._unkept):
            kept = await self._keep(name, self._session[name]) if name in self._session else None
            if kept is not None and not kept.outlives:
                return  # it does not open after all
            self._unkept.discard(name)
        await self._forget(sorted(self._unforgotten))

    async def _forget(self, names: list[str]) -> None:
        if not names:
            return
        self._unforgotten.update(names)
        try:
            if self.vault.state is VaultState.OPEN:
                await self.vault.delete(*names)
            elif self.vault.state is not VaultState.NONE:
                return  # when it opens
            for name in names:
                await self._keyring.delete(name)
        except NoPlaceError:
            return  # when there is a keyring: it may hold them
        except (PlaceError, VaultError) as error:
            _log.warning("secret not deleted yet", reason=str(error))
            return
        self._unforgotten.difference_update(names)

    async def _delete_from_keyring(self, names: list[str]) -> None:
        try:
            for name in names:
                await self._keyring.delete(name)
        except PlaceError as error:
            self._unforgotten.update(names)
            _log.warning("secrets are in the keyring still", reason=str(error))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
