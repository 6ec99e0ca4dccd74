from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from hmi.config.secrets import vault_file
from hmi.config.secrets.vault_file import (
    HEADER,
    SUM_BYTES,
    Cost,
    DamagedVaultError,
    NewerVaultError,
    VaultError,
    WrongPassphraseError,
    new_key,
    seal,
    unseal,
)

COST = Cost(1, 64, 1)
PASSPHRASE = "grey heron over reeds"
SECRETS = {"east": "canary-5f2c", "ünïcode": "pässwörd 🔑", "empty": ""}


def sealed() -> bytes:
    return seal(SECRETS, new_key(PASSPHRASE, COST))


def mended(data: bytes) -> bytes:
    """Return a file with its sum put right, as somebody would who changes it."""
    return data[:-SUM_BYTES] + hashlib.sha256(data[:-SUM_BYTES]).digest()


def test_what_is_sealed_opens_with_its_passphrase_alone() -> None:
    data = sealed()
    assert unseal(data, PASSPHRASE)[0] == SECRETS
    for secret in SECRETS.values():
        assert not secret or secret.encode() not in data
    with pytest.raises(WrongPassphraseError):
        unseal(data, PASSPHRASE + " ")


def test_every_write_has_a_nonce_of_its_own_and_a_passphrase_typed_on_another_keyboard_is_the_same() -> None:
    key = new_key("Ångström am Morgen", COST)
    first, second = seal(SECRETS, key), seal(SECRETS, key)
    nonces = {HEADER.unpack(data[: HEADER.size])[-1] for data in (first, second)}
    assert len(nonces) == 2
    assert unseal(first, "A\u030angstro\u0308m am Morgen")[0] == SECRETS


def test_a_file_cut_at_any_byte_is_damaged() -> None:
    data = sealed()
    for length in range(len(data)):
        with pytest.raises(DamagedVaultError):
            unseal(data[:length], PASSPHRASE)


def test_a_bit_that_tipped_anywhere_is_damage_and_one_that_was_changed_on_purpose_opens_nothing() -> None:
    data = sealed()
    for place in range(len(data) - SUM_BYTES):
        tipped = bytearray(data)
        tipped[place] ^= 1
        with pytest.raises(DamagedVaultError):
            unseal(bytes(tipped), PASSPHRASE)
        if place in (8, 9):  # a version of tomorrow
            with pytest.raises(VaultError):
                unseal(mended(bytes(tipped)), PASSPHRASE)
            continue
        if 10 <= place < 20:  # what the key costs; tried below
            continue
        with pytest.raises((WrongPassphraseError, DamagedVaultError)):
            unseal(mended(bytes(tipped)), PASSPHRASE)


def test_a_newer_file_is_said_to_be_one() -> None:
    data = bytearray(sealed())
    data[8:10] = (2).to_bytes(2)
    with pytest.raises(NewerVaultError, match="newer version"):
        unseal(mended(bytes(data)), PASSPHRASE)


@pytest.mark.parametrize(
    ("time", "memory", "lanes"), [(0, 64, 1), (1000, 64, 1), (1, 2**31, 1), (1, 64, 60_000), (1, 0, 0)]
)
def test_a_file_that_asks_for_too_much_is_refused_before_any_work(time: int, memory: int, lanes: int) -> None:
    data = sealed()
    magic, version, *_, salt, nonce = HEADER.unpack(data[: HEADER.size])
    header = HEADER.pack(magic, version, time, memory, lanes, salt, nonce)
    with pytest.raises(DamagedVaultError, match="more than this computer"):
        unseal(mended(header + data[HEADER.size :]), PASSPHRASE)


def test_the_key_and_the_secrets_are_in_no_text_of_it() -> None:
    key = new_key(PASSPHRASE, COST)
    assert key.key.hex() not in repr(key)
    assert repr(key.key) not in repr(key)


def test_it_is_written_whole_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault_file.write(path, b"one")
    vault_file.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["vault"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_without_an_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_file, "MOST_BYTES", 100)
    (tmp_path / "vault").write_bytes(b"x" * 101)
    with pytest.raises(DamagedVaultError, match="far too long"):
        vault_file.read(tmp_path / "vault")
