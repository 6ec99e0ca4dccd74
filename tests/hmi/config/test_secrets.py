from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail

from hmi.config import secrets as module
from hmi.config.secrets import Secrets, refused_backend
from tests.conftest import Warnings


class PlainText(KeyringBackend):
    """What keyrings.alt would put there: it stores, and anybody can read it."""

    priority = -1  # never chosen by keyring itself, nor put into its chain

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types here
        self.stored: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.stored[service, username]


@pytest.fixture
def backend() -> Iterator[PlainText]:
    before = keyring.get_keyring()
    plain = PlainText()
    keyring.set_keyring(plain)
    yield plain
    keyring.set_keyring(before)


def allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the test's backend for a good one."""
    monkeypatch.setattr(module, "ALLOWED_MODULES", frozenset({PlainText.__module__}))


def test_only_backends_that_keep_secrets_are_used() -> None:
    assert refused_backend(fail.Keyring()) == "There is no keyring."  # type: ignore[no-untyped-call]  # as above
    assert "does not keep secrets safe" in refused_backend(PlainText())


def test_a_chainer_is_judged_by_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chainer.ChainerBackend()  # type: ignore[no-untyped-call]  # as above
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [PlainText()])
    assert "does not keep secrets safe" in refused_backend(chain)
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [])
    assert refused_backend(chain) == "There is no keyring."


@pytest.mark.asyncio
async def test_a_bad_backend_gets_nothing_and_the_session_keeps_it(backend: PlainText, log_warnings: Warnings) -> None:
    secrets = Secrets()
    said = await secrets.store("east", "canary-5f2c")
    assert "until the program ends" in said
    assert backend.stored == {}
    assert await secrets.get("east") == "canary-5f2c"
    secrets.close()
    assert await secrets.get("east") is None
    warned = log_warnings.take("session only")
    assert warned
    assert "canary" not in str(warned)


@pytest.mark.asyncio
async def test_a_good_backend_keeps_it_for_the_next_run(backend: PlainText, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)
    assert await Secrets().store("east", "s3cret") == "The password is kept in the keyring."
    assert await Secrets().get("east") == "s3cret"


@pytest.mark.asyncio
async def test_a_keyring_that_hangs_is_given_up_and_not_asked_again_meanwhile(
    backend: PlainText, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    allow(monkeypatch)
    monkeypatch.setattr(module, "TIMEOUT_S", 0.1)
    is_over = threading.Event()
    monkeypatch.setattr(backend, "get_password", lambda *_: is_over.wait(10) and None)
    secrets = Secrets()
    started = time.monotonic()
    assert await secrets.get("east") is None
    assert await secrets.get("east") is None
    assert time.monotonic() - started < 1
    is_over.set()
    assert len(log_warnings.take("keyring does not answer")) == 2


@pytest.mark.asyncio
async def test_a_keyring_that_fails_is_said(
    backend: PlainText, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    allow(monkeypatch)

    def locked(*_: str) -> None:
        raise keyring.errors.KeyringLocked("locked")

    monkeypatch.setattr(backend, "set_password", locked)
    monkeypatch.setattr(backend, "get_password", locked)
    assert "The keyring refused: locked" in await Secrets().store("east", "x")
    assert await Secrets().get("west") is None
    log_warnings.take("keyring cannot be read", "session only")


@pytest.mark.keyring
@pytest.mark.skipif(
    not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not os.environ.get("CI"),
    reason="needs a D-Bus session with a Secret Service; installer/dev.py test starts one",
)
@pytest.mark.asyncio
async def test_a_real_secret_service_keeps_a_password() -> None:
    name = f"test-{uuid4()}"
    assert refused_backend(keyring.get_keyring()) == ""
    assert await Secrets().store(name, "s3cret") == "The password is kept in the keyring."
    assert await Secrets().get(name) == "s3cret"
    keyring.delete_password(module.SERVICE, name)


@pytest.mark.asyncio
async def test_two_who_ask_at_once_both_get_their_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.config.secrets._read", lambda name: f"secret of {name}")
    secrets = Secrets()
    assert await asyncio.gather(*(secrets.get(str(number)) for number in range(5))) == [
        f"secret of {number}" for number in range(5)
    ]
