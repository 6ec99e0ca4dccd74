"""Passwords and keys: in the system's keyring, in a vault that an administrator chose, else in memory; nowhere else."""

from hmi.config.secrets.backends import ALLOWED_MODULES, SERVICE, refused_backend
from hmi.config.secrets.keeping import Secrets
from hmi.config.secrets.places import Kept, Place, PlaceError, Standing, VaultState
from hmi.config.secrets.vault import Vault
from hmi.config.secrets.vault_file import VaultError, WrongPassphraseError

__all__ = [
    "ALLOWED_MODULES",
    "SERVICE",
    "Kept",
    "Place",
    "PlaceError",
    "Secrets",
    "Standing",
    "Vault",
    "VaultError",
    "VaultState",
    "WrongPassphraseError",
    "refused_backend",
]
