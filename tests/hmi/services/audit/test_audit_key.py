from __future__ import annotations

import asyncio

import pytest

from hmi.config.secrets import Kept, Place
from hmi.services.audit import key as key_module
from hmi.services.audit.key import AuditKey
from hmi.storage.journal.audit_chain import Method, key_id_of
from tests.conftest import Warnings

pytestmark = pytest.mark.asyncio


class Ring:
    """A keyring that can be locked."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.is_locked = False
        self.is_slow = False
        self.place = Place.KEYRING

    async def get(self, name: str) -> str | None:
        if self.is_slow:
            await asyncio.Event().wait()
        return None if self.is_locked else self.kept.get(name)

    async def store(self, name: str, secret: str) -> Kept:
        if self.is_locked:
            return Kept(Place.SESSION, "The keyring does not answer.")
        self.kept[name] = secret
        return Kept(self.place)

    async def where(self) -> Kept:
        return Kept(self.place)


@pytest.fixture(autouse=True)
def usable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_module, "AGAIN_S", 0.01)
    monkeypatch.setattr(key_module, "FIRST_S", 0.05)


def key_of(ring: Ring, known: str = "") -> AuditKey:
    async def last() -> str:
        return known

    return AuditKey(ring, "installation", last)


async def methods_of(key: AuditKey, ring: Ring | None = None) -> list[str]:
    """Return by which keys the chain goes on, "" for none; the keyring opens after the first."""
    used: list[str] = []

    async def use(method: Method) -> None:
        used.append(method.key_id)
        if ring is not None:
            ring.is_locked = False

    async with asyncio.timeout(5):
        await key.run(use)
    return used


async def test_a_key_is_made_once_and_found_again() -> None:
    ring = Ring()
    key = key_of(ring)
    (first,) = await methods_of(key)
    assert len(key.key) == 32
    assert await methods_of(key_of(ring, first)) == [first]
    assert list(ring.kept.values()) == [key.key.hex()]


async def test_a_locked_keyring_means_a_plain_chain_until_it_opens() -> None:
    ring = Ring()
    ring.is_locked = True
    before, after = await methods_of(key_of(ring), ring)
    assert (before, bool(after), len(ring.kept)) == ("", True, 1)


async def test_a_keyring_that_does_not_answer_holds_nobody_up() -> None:
    ring = Ring()
    ring.is_slow = True
    used: list[str] = []
    begun = asyncio.Event()

    async def use(method: Method) -> None:
        used.append(method.key_id)
        begun.set()

    running = asyncio.create_task(key_of(ring).run(use))
    async with asyncio.timeout(5):
        await begun.wait()
    assert used == [""]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_no_new_key_takes_the_place_of_one_that_is_lost_unless_somebody_says_so() -> None:
    ring = Ring()
    key = key_of(ring, known=key_id_of(b"old" * 8))
    assert await key.find() == b""
    assert ring.kept == {}
    assert await key.renew()
    assert key.key.hex() in ring.kept.values()


async def test_a_key_that_is_not_the_chains_is_not_used(log_warnings: Warnings) -> None:
    ring = Ring()
    ring.kept["audit key installation"] = (b"x" * 32).hex()
    assert await key_of(ring, known=key_id_of(b"y" * 32)).find() == b""
    log_warnings.take("not the chain's")


async def test_what_is_no_key_is_none(log_warnings: Warnings) -> None:
    ring = Ring()
    ring.kept["audit key installation"] = "no key at all"
    key = key_of(ring, known="0123")
    assert await key.find() == b""
    log_warnings.take("audit key")


async def test_a_key_in_the_vault_outlives_the_program_too() -> None:
    ring = Ring()
    ring.place = Place.VAULT
    assert len(await key_of(ring).find()) == 32


async def test_without_a_place_that_outlives_the_program_the_chain_is_plain_and_no_key_is_made() -> None:
    ring = Ring()
    ring.place = Place.SESSION
    assert await key_of(ring).find() == b""
    assert ring.kept == {}
