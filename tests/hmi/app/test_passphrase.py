"""The vault's passphrase from a file or the environment, and what a start without a window says of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hmi.app.passphrase import VARIABLE, PassphraseError, vault_passphrase
from hmi.config.secrets import vault_file
from hmi.config.secrets.vault_file import Cost, new_key, seal
from tests.support.whole_program import run_program

PASSPHRASE = "grey heron over reeds"


def test_the_first_line_of_the_file_counts_and_the_environment_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(f"{PASSPHRASE}\r\nmore\n".encode())
    monkeypatch.setenv(VARIABLE, "another")
    assert vault_passphrase(file) == PASSPHRASE
    assert VARIABLE not in os.environ
    monkeypatch.setenv(VARIABLE, "another")
    assert vault_passphrase(None) == "another"
    assert vault_passphrase(None) == ""


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "passphrase"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(PassphraseError, match="cannot be read"):
        vault_passphrase(file)


def vault_in(folder: Path) -> None:
    folder.mkdir()
    vault_file.write(folder / "secrets.vault", seal({}, new_key(PASSPHRASE, Cost(1, 64, 1))))


@pytest.mark.parametrize(
    ("given", "said"),
    [(PASSPHRASE, ""), ("a wrong one", "does not open the vault"), ("", "vault of passwords is locked")],
)
def test_headless_opens_the_vault_or_says_that_it_is_locked_and_records_all_the_same(
    tmp_path: Path, given: str, said: str
) -> None:
    vault_in(tmp_path / "profile")
    before = (tmp_path / "profile" / "secrets.vault").read_bytes()
    options = ("--headless", "--profile", str(tmp_path / "profile"), "--exit-after", "2")
    done = run_program(*options, environment={VARIABLE: given})
    assert done.returncode == 0, done.stderr
    assert (said in done.stderr) if said else ("vault" not in done.stderr)
    assert "a wrong one" not in done.stderr
    if given != PASSPHRASE:
        assert (tmp_path / "profile" / "secrets.vault").read_bytes() == before


def test_a_file_that_is_not_there_starts_nothing(tmp_path: Path) -> None:
    done = run_program(
        "--headless", "--profile", str(tmp_path / "profile"), "--vault-passphrase-file", str(tmp_path / "none")
    )
    assert done.returncode == 2
    assert "Check --vault-passphrase-file" in done.stderr
