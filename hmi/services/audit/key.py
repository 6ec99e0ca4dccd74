"""The audit record's key: made once, kept in the keyring or the vault, asked for again while that does not open."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from hmi.config.secrets import Kept
from hmi.storage.journal.audit_chain import KEY_BYTES, Method, key_id_of

AGAIN_S: Final = 60.0
FIRST_S: Final = 2.0
"""How long entries wait for the keyring at the start; then the chain goes on without the key until it answers."""

_log = structlog.get_logger(__name__)


class KeptSecrets(Protocol):
    """What is needed of hmi.config.secrets.Secrets."""

    async def get(self, name: str) -> str | None:
        """Return a secret, or None."""

    async def store(self, name: str, secret: str) -> Kept:
        """Keep a secret and return where."""

    async def where(self) -> Kept:
        """Return where a secret would be kept now."""


class AuditKey:
    """Finds or makes the key. known: returns the id of the key that the chain was last proven by."""

    def __init__(self, secrets: KeptSecrets, installation: str, known: Callable[[], Awaitable[str]]) -> None:
        self._secrets = secrets
        self.name = f"audit key {installation}"
        self._known = known
        self._unkept = b""
        self.key = b""

    async def run(self, use: Callable[[Method], Awaitable[None]]) -> None:
        """Have the chain use the key as soon as there is one; ends then. Before, it goes on without."""
        finding = asyncio.create_task(self.find(), name="audit key")
        try:
            await asyncio.wait((finding,), timeout=FIRST_S)
            if not finding.done():
                await use(Method())
            await use(Method(await finding))
            while not self.key:
                await asyncio.sleep(AGAIN_S)
                if await self.find():
                    await use(Method(self.key))
        finally:
            finding.cancel()

    async def find(self) -> bytes:
        """Return the key, empty for none now; one is made only for a chain that never had any."""
        known = await self._known()
        if self._unkept:
            return await self._keep(self._unkept)
        found = _read(await self._secrets.get(self.name))
        if found and known and key_id_of(found) != known:
            _log.warning("audit key is not the chain's", known=known)
        if found and (not known or key_id_of(found) == known):
            self.key = found
        elif not found and not known and (await self._secrets.where()).outlives:
            await self._keep(os.urandom(KEY_BYTES))
        return self.key

    async def renew(self) -> bool:
        """Make a new key, as when the old one is lost; return whether the keyring keeps it."""
        return bool(await self._keep(os.urandom(KEY_BYTES)))

    async def _keep(self, key: bytes) -> bytes:
        # Rows proven by a key that does not outlive the program could never be checked.
        is_kept = (await self._secrets.store(self.name, key.hex())).outlives
        self._unkept = b"" if is_kept else key
        if is_kept:
            self.key = key
        return self.key


def _read(secret: str | None) -> bytes:
    try:
        key = bytes.fromhex(secret or "")
    except ValueError:
        return b""
    return key if len(key) == KEY_BYTES else b""
