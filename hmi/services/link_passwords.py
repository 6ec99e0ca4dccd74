"""The passwords of links, and the vault that may keep them; opened at the start where its passphrase was given."""

from __future__ import annotations

import structlog

from drivers.api import AccessDeniedError, Credentials
from hmi.config.secrets import Secrets, VaultError, VaultState
from hmi.domain.language import tr
from hmi.domain.plant import Connection

_log = structlog.get_logger(__name__)


class LinkPasswords:
    """On the I/O thread; what is asked may take as long as the keyring does."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._said = ""

    async def open(self, passphrase: str) -> None:
        """Begin; with a passphrase, open the vault. What does not open it is said in `vault_fault`."""
        await self._secrets.start()
        if not passphrase:
            return
        try:
            await self._secrets.open_vault(passphrase)
        except VaultError as error:
            self._said = str(error)
            _log.error("vault not opened", reason=str(error))

    @property
    def vault_fault(self) -> str:
        """Why the vault is not open, in words; empty when it is, or there is none."""
        standing = self._secrets.standing
        if standing.vault is VaultState.LOCKED:
            return self._said or tr("The vault of passwords is locked: links that need a password wait.")
        return standing.vault_fault

    async def of(self, connection: Connection) -> Credentials | None:
        """Return what a link signs in with, None for nothing. Raises AccessDeniedError where a password is missing."""
        if not connection.user:
            return None
        password = await self._secrets.get(str(connection.id))
        if password is None:  # an empty one would be a wrong one, and servers count those
            words = tr("The password of {user} is not here. Enter it, or open what keeps it.")
            raise AccessDeniedError(words.format(user=connection.user))
        return Credentials(connection.user, password)
