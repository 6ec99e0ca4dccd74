"""The vault's file: secrets sealed with AES-256-GCM (NIST SP 800-38D) by a key from a passphrase (Argon2id, RFC 9106).

    magic, version, Argon2id's time, memory (KiB) and lanes, salt, nonce │ sealed JSON with its tag │ SHA-256 of all

The part before the first bar is associated data: nobody can change it and have the rest open. The sum at the end proves
nothing against people; it tells a damaged file from a wrong passphrase. A file is written whole, with a fresh nonce.

VaultError
├── WrongPassphraseError    also what a file says that was changed by somebody who mended its sum
├── DamagedVaultError
└── NewerVaultError
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hmi.config.passwords import normal
from hmi.domain.language import tr

MAGIC: Final = b"ROAMSVLT"
VERSION: Final = 1
HEADER: Final = struct.Struct(">8sHIIH16s12s")
NONCE_BYTES: Final = 12
SUM_BYTES: Final = 32
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
MOST_BYTES: Final = 16 * 2**20
MOST_MEMORY_KIB: Final = 2**20
MOST_TIME: Final = 64
MOST_LANES: Final = 64


class VaultError(Exception):
    """The vault cannot be opened or written; the text says why and what to do."""


class WrongPassphraseError(VaultError):
    """The passphrase does not open it."""


class DamagedVaultError(VaultError):
    """The file is not whole."""


class NewerVaultError(VaultError):
    """A newer version of the program has written it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What deriving a key takes. The defaults are RFC 9106's second choice, 0.2 s: a vault is opened once a start."""

    time: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class VaultKey:
    """A key, and what it was derived with."""

    cost: Cost
    salt: bytes
    key: bytes = field(repr=False)


def derive(passphrase: str, cost: Cost, salt: bytes) -> VaultKey:
    """Return the key of a passphrase. Blocks."""
    given = normal(passphrase).encode()
    key = hash_secret_raw(given, salt, cost.time, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)
    return VaultKey(cost, salt, key)


def new_key(passphrase: str, cost: Cost) -> VaultKey:
    """Return a key with a salt of its own. Blocks."""
    return derive(passphrase, cost, os.urandom(16))


def seal(secrets: Mapping[str, str], key: VaultKey) -> bytes:
    """Return the file's bytes."""
    nonce = os.urandom(NONCE_BYTES)
    cost = key.cost
    header = HEADER.pack(MAGIC, VERSION, cost.time, cost.memory_kib, cost.lanes, key.salt, nonce)
    text = json.dumps({"secrets": dict(secrets)}).encode()
    whole = header + AESGCM(key.key).encrypt(nonce, text, header)
    return whole + hashlib.sha256(whole).digest()


def unseal(data: bytes, passphrase: str) -> tuple[dict[str, str], VaultKey]:
    """Return the secrets of a file and the key that opened it. Blocks. Raises VaultError."""
    cost, salt, nonce = _header_of(data)
    header, sealed = data[: HEADER.size], data[HEADER.size : -SUM_BYTES]
    key = derive(passphrase, cost, salt)
    try:
        found = json.loads(AESGCM(key.key).decrypt(nonce, sealed, header))["secrets"]
    except InvalidTag:
        raise WrongPassphraseError(tr("This passphrase does not open the vault.")) from None
    return {str(name): str(secret) for name, secret in found.items()}, key


def check(data: bytes) -> None:
    """Look whether a file is whole, without its passphrase. Raises VaultError."""
    _header_of(data)


def _header_of(data: bytes) -> tuple[Cost, bytes, bytes]:
    if len(data) >= len(MAGIC) + 2 and data.startswith(MAGIC):
        version = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 2])
        if version > VERSION and _sum_is_right(data):
            raise NewerVaultError(tr("The vault was written by a newer version of the program. Install that version."))
    is_whole = len(data) >= HEADER.size + TAG_BYTES + SUM_BYTES and data.startswith(MAGIC) and _sum_is_right(data)
    if not is_whole:
        raise DamagedVaultError(
            tr("The vault's file is damaged; it is left as it is. Put a copy of it in its place, or set it aside.")
        )
    _magic, _version, time, memory_kib, lanes, salt, nonce = HEADER.unpack(data[: HEADER.size])
    if not (1 <= time <= MOST_TIME and 8 * lanes <= memory_kib <= MOST_MEMORY_KIB and 1 <= lanes <= MOST_LANES):
        raise DamagedVaultError(tr("The vault's file asks for more than this computer should give. It is left alone."))
    return Cost(time, memory_kib, lanes), salt, nonce


def _sum_is_right(data: bytes) -> bool:
    return hashlib.sha256(data[:-SUM_BYTES]).digest() == data[-SUM_BYTES:]


def read(path: Path) -> bytes:
    """Return the file's bytes, MOST_BYTES at most. Blocks. Raises VaultError, FileNotFoundError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        words = tr("The vault's file cannot be read: {reason}.")
        raise VaultError(words.format(reason=error.strerror or error)) from error
    if len(data) > MOST_BYTES:
        raise DamagedVaultError(tr("The vault's file is far too long. It is left alone."))
    return data


def write(path: Path, data: bytes) -> None:
    """Put a whole file in the place of the one before, on the disk when this returns. Blocks. Raises VaultError."""
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        words = tr("The vault was not written: {reason}. What was in it before is still there.")
        raise VaultError(words.format(reason=error.strerror or error)) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows opens no folder, and its rename is written through
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
