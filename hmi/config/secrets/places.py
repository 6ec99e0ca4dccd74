"""Where a secret is kept, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hmi.domain.language import tr


class Place(StrEnum):
    """Where a secret is. What is kept for the session is gone when the program ends."""

    SESSION = "session"
    KEYRING = "keyring"
    VAULT = "vault"


class VaultState(StrEnum):
    """How the vault stands. NONE: nobody chose one. BROKEN: its file cannot be used, and is left as it is."""

    NONE = "none"
    LOCKED = "locked"
    OPEN = "open"
    BROKEN = "broken"


class PlaceError(Exception):
    """A place does not take, or does not give, a secret; the text says why."""


class NoPlaceError(PlaceError):
    """There is no such place on this machine, or it is not a safe one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a secret is kept, or would be. reason: why in no better place."""

    place: Place
    reason: str = ""

    @property
    def outlives(self) -> bool:
        """Whether the secret is still there at the next start."""
        return self.place is not Place.SESSION

    @property
    def words(self) -> str:
        """What whoever typed it is told."""
        if self.place is Place.KEYRING:
            return tr("The password is kept in the keyring.")
        if self.place is Place.VAULT:
            return tr("The password is kept in the vault.")
        return f"{self.reason} " + tr("The password is kept until the program ends.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How secrets are kept now. session_only: how many that were typed are gone when the program ends.

    kept: None until it was looked whether there is a keyring.
    """

    kept: Kept | None
    vault: VaultState = VaultState.NONE
    vault_fault: str = ""
    session_only: int = 0
