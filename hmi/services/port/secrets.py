"""How passwords are kept, and the vault that an administrator may choose.

Every passphrase has repr=False, so that no log, no error and no crash file can have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.config.secrets import Place, VaultState
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class SecretsStatus:
    """Where a password that is typed now is kept. place: None until that is known; reason: why in no better place.

    vault_fault: what is wrong with the vault's file. session_only: how many are gone when the program ends.
    """

    place: Place | None = None
    reason: str = ""
    vault: VaultState = VaultState.NONE
    vault_fault: str = ""
    session_only: int = 0


@dataclass(frozen=True, slots=True)
class OpenVault(Request[None]):
    """Open the vault; whoever knows the passphrase may."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeVault(Request[str]):
    """Keep passwords in a vault from now on; answers what was moved there."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeVaultPassphrase(Request[None]):
    """Seal the vault with another passphrase."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveVault(Request[str]):
    """Keep passwords in the keyring again, and delete the vault; answers what was moved."""


@dataclass(frozen=True, slots=True)
class SetVaultAside(Request[str]):
    """Give a vault that cannot be opened another name and go on without; answers what it is called now."""
