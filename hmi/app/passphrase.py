"""The vault's passphrase where nobody is there to type it: from a file or the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "ROAMS_VAULT_PASSPHRASE"
MOST_BYTES: Final = 4096


class PassphraseError(Exception):
    """The file that was named cannot be used; the text says why."""


def vault_passphrase(file: Path | None) -> str:
    """Return the passphrase, empty where none is given; it is taken out of the environment. Raises PassphraseError."""
    given = os.environ.pop(VARIABLE, "")  # children and crash files have no business with it
    if file is None:
        return given
    try:
        with file.open("rb") as source:
            first = source.read(MOST_BYTES).split(b"\n", 1)[0]
        return first.decode().rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PassphraseError(f"{file} cannot be read: {reason}. Check --vault-passphrase-file.") from None
