"""Files that a person asked for; no Qt."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hmi.domain.language import tr
from hmi.services.port import RefusedError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears only when it is whole. Blocks. Raises RefusedError in words when the disk refuses."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        words = tr("{name} was not written ({reason}). Choose another folder, or free some space.")
        raise RefusedError(words.format(name=path.name, reason=error.strerror or error)) from error
