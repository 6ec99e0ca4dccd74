"""Secrets on a real Secret Service, on a bus and with a daemon of this test's own, which it locks and kills."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(
        not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")) and not os.environ.get("CI"),
        reason="needs gnome-keyring and dbus; installer/dev.py test brings them",
    ),
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the child once and return what it saw."""
    spec = importlib.util.spec_from_file_location("dev_for_secrets", ROOT / "installer" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    command = [sys.executable, "-m", "tests.support.secret_service_child"]
    done = subprocess.run(
        dev.with_secret_service(command),
        env={**os.environ, **dev.private_directories(tmp_path_factory.mktemp("session"))},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "s3cret" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_it_is_stored_and_read_by_the_next_run(seen: dict[str, Any]) -> None:
    assert (seen["place"], seen["stored"], seen["read"]) == ("keyring", "keyring", "s3cret")


def test_a_locked_one_gives_nothing_holds_nobody_up_and_gets_it_when_it_opens(seen: dict[str, Any]) -> None:
    assert (seen["locked"], seen["typed while locked"]) == (None, "session")
    assert seen["locked for s"] < 12
    assert seen["unlocked"] == ["s3cret", "other"]


def test_a_daemon_that_is_killed_holds_nobody_up_and_links_keep_their_password(seen: dict[str, Any]) -> None:
    assert (seen["killed"], seen["killed, unknown"]) == ("s3cret", None)
    assert seen["killed for s"] < 12
    assert (seen["started again"], seen["deleted"]) == ("s3cret", None)


def test_one_that_comes_later_is_taken_up(seen: dict[str, Any]) -> None:
    assert (seen["late"], seen["is"]) == ("", "keyring.backends.SecretService")
