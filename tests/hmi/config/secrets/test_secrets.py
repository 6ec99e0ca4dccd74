from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from hmi.config.secrets import Kept, Place, Secrets, Vault, VaultError, VaultState, keyring_place
from hmi.config.secrets import vault as vault_module
from hmi.config.secrets.vault_file import Cost
from tests.conftest import Warnings
from tests.support.keyrings import MemoryRing, as_keyring

pytestmark = pytest.mark.asyncio

PASSPHRASE = "grey heron over reeds"
OTHER = "seven brown otters swim"
CANARY = "canary-5f2c"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_module, "COST", Cost(1, 64, 1))


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    ring = MemoryRing()
    with as_keyring(ring):
        yield ring
    ring.is_over.set()


@pytest.fixture
def none() -> Iterator[None]:
    with as_keyring(fail.Keyring(), is_allowed=False):  # type: ignore[no-untyped-call]  # keyring has no types here
        yield


async def test_a_bad_backend_gets_nothing_and_the_session_keeps_it(log_warnings: Warnings) -> None:
    bad = MemoryRing()
    with as_keyring(bad, is_allowed=False):
        secrets = Secrets()
        kept = await secrets.store("east", CANARY)
        assert (kept.place, kept.outlives) == (Place.SESSION, False)
        assert "does not keep secrets safe. The password is kept until the program ends." in kept.words
        assert bad.stored == {}
        assert secrets.standing.session_only == 1
        assert await secrets.get("east") == CANARY
        secrets.close()
        assert await secrets.get("east") is None
    warned = log_warnings.take("session only", "cannot be read")
    assert warned
    assert CANARY not in str(warned)


async def test_a_good_backend_keeps_it_for_the_next_run(ring: MemoryRing) -> None:
    kept = await Secrets().store("east", "s3cret")
    assert kept == Kept(Place.KEYRING)
    assert kept.words == "The password is kept in the keyring."
    assert await Secrets().get("east") == "s3cret"
    assert await Secrets().where() == Kept(Place.KEYRING)


async def test_a_keyring_that_hangs_is_given_up_and_not_asked_again_meanwhile(
    ring: MemoryRing, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    monkeypatch.setattr(keyring_place, "TIMEOUT_S", 0.1)
    ring.hangs = True
    secrets = Secrets()
    started = time.monotonic()
    assert await secrets.get("east") is None
    assert await secrets.get("east") is None
    assert time.monotonic() - started < 1
    ring.is_over.set()
    assert len(log_warnings.take("keyring cannot be read")) == 2


async def test_a_keyring_that_refuses_is_said_without_the_secret(ring: MemoryRing, log_warnings: Warnings) -> None:
    ring.error = keyring.errors.KeyringLocked(f"locked, cannot take {CANARY}")
    secrets = Secrets()
    assert (await secrets.store("east", CANARY)).reason == "The keyring refused: locked, cannot take •••."
    ring.error = keyring.errors.KeyringLocked("locked")
    assert await Secrets().get("west") is None
    ring.error = None
    assert CANARY not in str(log_warnings.take("keyring cannot be read", "session only"))
    await secrets.try_again()
    assert ring.secrets == {"east": CANARY}, "it opened later"
    assert secrets.standing.session_only == 0


async def test_what_the_keyring_told_once_is_there_when_it_goes_away(ring: MemoryRing, log_warnings: Warnings) -> None:
    ring.stored["Roams", "east"] = "s3cret"
    secrets = Secrets()
    assert await secrets.get("east") == "s3cret"
    ring.error = RuntimeError("the daemon was killed")
    assert await secrets.get("east") == "s3cret"
    log_warnings.take("keyring cannot be read")


async def test_two_who_ask_at_once_both_get_their_secret(ring: MemoryRing) -> None:
    ring.stored = {("Roams", str(number)): f"secret of {number}" for number in range(5)}
    secrets = Secrets()
    assert await asyncio.gather(*(secrets.get(str(number)) for number in range(5))) == [
        f"secret of {number}" for number in range(5)
    ]


async def test_a_deleted_secret_is_gone_everywhere(ring: MemoryRing) -> None:
    secrets = Secrets()
    await secrets.store("east", "s3cret")
    await secrets.store("west", "other")
    await secrets.delete("east")
    await secrets.delete("never there")
    assert (ring.secrets, await secrets.get("east")) == ({"west": "other"}, None)


async def test_what_was_deleted_while_the_keyring_was_locked_goes_when_it_opens(
    ring: MemoryRing, log_warnings: Warnings
) -> None:
    secrets = Secrets()
    await secrets.store("east", "s3cret")
    ring.error = RuntimeError("locked")
    await secrets.delete("east")
    assert ring.secrets == {"east": "s3cret"}
    ring.error = None
    await secrets.try_again()
    assert ring.secrets == {}
    log_warnings.take("not deleted yet")


async def test_what_is_held_reaches_no_place(ring: MemoryRing, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "vault")
    secrets.hold("demo", CANARY)
    await secrets.try_again()
    await secrets.make_vault(PASSPHRASE, ["demo"])
    assert (ring.secrets, secrets.vault.all(), await secrets.get("demo")) == ({}, {}, CANARY)


# ── with a vault ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_vault_takes_everything_over_and_the_next_run_opens_it(ring: MemoryRing, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "vault")
    for name in ("east", "west"):
        await secrets.store(name, f"secret of {name}")
    await secrets.store("unnamed", "stays")
    assert (await secrets.make_vault(PASSPHRASE, ["east", "west", "never there"])).count == 2
    assert ring.secrets == {"unnamed": "stays"}
    assert (await secrets.store("north", "third")).place is Place.VAULT
    assert CANARY.encode() not in (tmp_path / "vault").read_bytes()
    later = Secrets(tmp_path / "vault")
    await later.start()
    assert (later.standing.vault, await later.get("east")) == (VaultState.LOCKED, None)
    assert not (await later.where()).outlives
    await later.open_vault(PASSPHRASE)
    assert [await later.get(name) for name in ("east", "west", "north")] == [
        "secret of east",
        "secret of west",
        "third",
    ]
    assert await later.get("unnamed") == "stays", "what the vault does not have, the keyring may"


async def test_what_is_typed_while_the_vault_is_locked_goes_in_when_it_opens(
    none: None, tmp_path: Path, log_warnings: Warnings
) -> None:
    first = Secrets(tmp_path / "vault")
    await first.make_vault(PASSPHRASE, [])
    await first.store("old", "one")
    later = Secrets(tmp_path / "vault")
    await later.start()
    assert (await later.store("new", "two")).reason == "The vault is locked."
    await later.delete("old")
    await later.open_vault(PASSPHRASE)
    assert later.vault.all() == {"new": "two"}
    assert later.standing.session_only == 0
    log_warnings.take("session only")


async def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(none: None, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "vault")
    await secrets.make_vault(PASSPHRASE, [])
    before = (tmp_path / "vault").read_bytes()
    later = Secrets(tmp_path / "vault")
    with pytest.raises(VaultError, match="does not open"):
        await later.open_vault(OTHER)
    assert later.standing.vault is VaultState.LOCKED
    assert (tmp_path / "vault").read_bytes() == before


async def test_leaving_the_vault_brings_everything_back_to_the_keyring(ring: MemoryRing, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "vault")
    await secrets.make_vault(PASSPHRASE, [])
    await secrets.store("east", "s3cret")
    ring.error = RuntimeError("locked")
    with pytest.raises(VaultError, match="still in the vault"):
        await secrets.leave_vault()
    assert secrets.vault.all() == {"east": "s3cret"}
    ring.error = None
    assert (await secrets.leave_vault()).count == 1
    assert (ring.secrets, (tmp_path / "vault").exists()) == ({"east": "s3cret"}, False)
    assert secrets.standing.kept == Kept(Place.KEYRING)


async def test_leaving_it_where_there_is_no_keyring_keeps_them_for_the_session(none: None, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "vault")
    await secrets.make_vault(PASSPHRASE, [])
    await secrets.store("east", "s3cret")
    moved = await secrets.leave_vault()
    assert (moved.count, moved.left) == (1, "There is no keyring.")
    assert (await secrets.get("east"), secrets.standing.session_only) == ("s3cret", 1)


async def test_secrets_that_the_keyring_does_not_give_stay_there_and_it_is_said(
    ring: MemoryRing, tmp_path: Path
) -> None:
    ring.stored["Roams", "east"] = "s3cret"
    ring.error = RuntimeError("locked")
    secrets = Secrets(tmp_path / "vault")
    moved = await secrets.make_vault(PASSPHRASE, ["east"])
    assert (moved.count, moved.left) == (0, "The keyring refused: locked.")
    ring.error = None
    assert await secrets.get("east") == "s3cret"


@pytest.mark.parametrize("damage", [b"", b"ROAMS", b"no vault at all" * 20])
async def test_a_damaged_vault_is_said_and_left_alone_until_it_is_set_aside(
    none: None, tmp_path: Path, damage: bytes, log_warnings: Warnings
) -> None:
    path = tmp_path / "vault"
    path.write_bytes(damage)
    secrets = Secrets(path)
    await secrets.start()
    assert (secrets.standing.vault, "damaged" in secrets.standing.vault_fault) == (VaultState.BROKEN, True)
    assert "damaged" in (await secrets.store("east", "x")).words
    with pytest.raises(VaultError, match="vault already"):
        await secrets.make_vault(PASSPHRASE, [])
    assert path.read_bytes() == damage
    name = await secrets.set_vault_aside()
    assert (tmp_path / name).read_bytes() == damage
    await secrets.make_vault(PASSPHRASE, ["east"])
    assert secrets.vault.all() == {"east": "x"}
    log_warnings.take("session only")


async def test_a_file_that_something_else_has_changed_is_not_written_over(
    none: None, tmp_path: Path, log_warnings: Warnings
) -> None:
    secrets = Secrets(tmp_path / "vault")
    await secrets.make_vault(PASSPHRASE, [])
    (tmp_path / "vault").write_bytes(b"somebody's copy")
    kept = await secrets.store("east", "x")
    assert (kept.place, "Something else has changed" in kept.reason) == (Place.SESSION, True)
    assert (tmp_path / "vault").read_bytes() == b"somebody's copy"
    log_warnings.take("session only")


async def test_the_passphrase_is_changed_only_by_whoever_knows_the_old_one(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    await vault.make(PASSPHRASE, {"east": "s3cret"})
    with pytest.raises(VaultError, match="old passphrase is wrong"):
        await vault.change_passphrase(OTHER, OTHER)
    with pytest.raises(VaultError, match="At least 12"):
        await vault.change_passphrase(PASSPHRASE, "short")
    await vault.change_passphrase(PASSPHRASE, OTHER)
    later = Vault(tmp_path / "vault")
    with pytest.raises(VaultError):
        await later.open(PASSPHRASE)
    await later.open(OTHER)
    assert later.all() == {"east": "s3cret"}


async def test_a_disk_that_takes_nothing_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    await vault.make(PASSPHRASE, {"east": "s3cret"})
    (tmp_path / "vault.part").mkdir()
    with pytest.raises(VaultError, match="not written"):
        await vault.put({"west": "other"})
    assert vault.all() == {"east": "s3cret"}
    (tmp_path / "vault.part").rmdir()
    later = Vault(tmp_path / "vault")
    await later.open(PASSPHRASE)
    assert later.all() == {"east": "s3cret"}
