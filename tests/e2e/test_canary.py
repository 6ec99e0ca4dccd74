"""No secret that is typed anywhere is in any file: not below the profile, not in an export, a log or a crash file."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

ROOT = Path(__file__).resolve().parents[2]


def forms_of(secret: str) -> dict[str, bytes]:
    """Return a secret as it might be written, in lower case where that is how it is compared."""
    plain = secret.encode()
    found = {
        "plain": plain,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "latin-1": secret.encode("latin-1"),
        "json": json.dumps(secret)[1:-1].encode(),
        "hex": plain.hex().encode(),
        "url": quote(secret, safe="").encode(),
        "form": quote_plus(secret).encode(),
        "reversed": plain[::-1],
    }
    for shift in range(3):  # it may begin anywhere in what was encoded
        coded = base64.b64encode(b"\0" * shift + plain)
        found[f"base64 {shift}"] = coded[4 if shift else 0 : -4]
        found[f"base64 url {shift}"] = coded[4 if shift else 0 : -4].replace(b"+", b"-").replace(b"/", b"_")
    return found


def contents(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and what is in those that are packed."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.name, path.read_bytes()
                if zipfile.is_zipfile(path):
                    with zipfile.ZipFile(path) as packed:
                        for name in packed.namelist():
                            yield f"{path.name}/{name}", packed.read(name)


def found_in(files: list[tuple[str, bytes]], secrets: dict[str, str]) -> list[str]:
    return [
        f"{what} in {name} ({form})"
        for what, secret in secrets.items()
        for form, coded in forms_of(secret).items()
        for name, data in files
        if coded in data or coded.upper() in data or coded.lower() in data
    ]


def test_the_search_finds_what_is_there() -> None:
    secret = "kestrel/link word+77 &ü"
    for form, coded in forms_of(secret).items():
        assert found_in([("file", b"some bytes" + coded + b"more")], {"link": secret}), form
    for before in (b"", b"x", b"xy", b"xyz"):
        assert found_in([("file", base64.b64encode(before + secret.encode() + b"after"))], {"link": secret})


@pytest.mark.timeout(180)
def test_no_secret_that_is_typed_anywhere_is_in_any_file(tmp_path: Path) -> None:
    profile, out = tmp_path / "profile", tmp_path / "out"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.canary_child", str(profile), str(out)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    secrets: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    secrets["made recovery code without dashes"] = secrets["made recovery code"].replace("-", "")
    files = [*contents(profile, out), ("what it printed", done.stderr.encode())]
    names = {name for name, _ in files}
    assert {
        "roams.db",
        "journal.db",
        "session.json",
        "secrets.vault",
        "roams.log",
        "stations.json",
        "everything.json",
        "audit.json",
    } <= names
    texts = {name: data.decode(errors="replace") for name, data in files}
    assert any("a fault of the program" in text for name, text in texts.items() if name.startswith("python-"))
    assert "a fault of the program" in texts["roams.log"]
    assert "letters" in texts["roams.log"], "the services failed with a password at hand, and said so"
    assert len(secrets) > 14
    assert found_in(files, secrets) == []
