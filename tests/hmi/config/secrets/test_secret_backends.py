from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail

from hmi.config.secrets import Place, Secrets, backends, refused_backend
from hmi.config.secrets.backends import look_again
from tests.conftest import Warnings
from tests.support.keyrings import MemoryRing, as_keyring

PLAIN = """
from pathlib import Path
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 0.5
    file = Path({file!r})

    def get_password(self, service, username):
        return self.file.read_text() if self.file.exists() else None

    def set_password(self, service, username, password):
        self.file.write_text(password)

    def delete_password(self, service, username):
        self.file.unlink()
"""


def test_only_backends_that_keep_secrets_are_used() -> None:
    assert refused_backend(fail.Keyring()) == "There is no keyring."  # type: ignore[no-untyped-call]  # keyring's
    assert "does not keep secrets safe" in refused_backend(MemoryRing())


def test_a_chainer_is_judged_by_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chainer.ChainerBackend()  # type: ignore[no-untyped-call]  # as above
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [MemoryRing()])
    assert "does not keep secrets safe" in refused_backend(chain)
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [])
    assert refused_backend(chain) == "There is no keyring."


@pytest.fixture
def plain_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a plain-text backend importable and have keyring choose it, as it does where keyrings.alt is installed."""
    package = tmp_path / "site" / "keyrings" / "alt"
    package.mkdir(parents=True)
    stored = tmp_path / "stored"
    (package / "file.py").write_text(PLAIN.format(file=str(stored)), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    from keyrings.alt.file import PlaintextKeyring  # type: ignore[import-not-found]  # made above

    before = keyring.get_keyring()
    keyring.set_keyring(PlaintextKeyring())
    keyring.set_password("Roams", "probe", "it would store")
    assert stored.read_text(encoding="utf-8") == "it would store"
    stored.unlink()
    yield stored
    assert not stored.exists()
    keyring.set_keyring(before)
    KeyringBackend._classes.discard(PlaintextKeyring)
    for name in [each for each in sys.modules if each.startswith("keyrings")]:
        del sys.modules[name]


@pytest.mark.asyncio
@pytest.mark.usefixtures("plain_text")
async def test_an_importable_plain_text_backend_gets_nothing(log_warnings: Warnings) -> None:
    secrets = Secrets()
    await secrets.start()
    kept = await secrets.store("east", "canary-5f2c")
    assert (kept.place, "keyrings.alt.file does not keep" in kept.reason) == (Place.SESSION, True)
    await secrets.try_again()
    await secrets.delete("east")
    log_warnings.take("session only")


def test_a_keyring_that_comes_later_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(MemoryRing):
        priority = 5

    with as_keyring(fail.Keyring(), is_allowed=False), monkeypatch.context() as patch:  # type: ignore[no-untyped-call]  # as above
        patch.setattr(KeyringBackend, "get_viable_backends", lambda: {Late})
        assert look_again() == "There is no keyring.", "it is not one of those that are known to be safe"
        patch.setattr(backends, "ALLOWED_MODULES", frozenset({Late.__module__}))
        assert look_again() == ""
        assert isinstance(keyring.get_keyring(), Late)
        KeyringBackend._classes.discard(Late)


def test_one_that_somebody_chose_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with as_keyring(MemoryRing(), is_allowed=False):
        monkeypatch.setattr(KeyringBackend, "get_viable_backends", lambda: pytest.fail("looked for another"))
        assert "does not keep secrets safe" in look_again()
