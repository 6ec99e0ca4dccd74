"""CSV files of configured objects: written whole, and looked at under a seal. All of it blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from hmi.config.csv_files import BYTES_MOST, CsvDifferences, CsvError
from hmi.config.csv_files.differences import Draft
from hmi.domain.language import tr
from hmi.services.port.csv_files import CsvPreview
from hmi.services.port.requests import RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.exchange.part_file import part_file

CHANGED = tr("The file or the configuration changed meanwhile. Look at the differences again.")


def write_text(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all. Raises StorageError."""
    with part_file(path) as part:
        part.write_bytes(text.encode())


def preview_of(
    path: Path, version: int, compare: Callable[..., CsvDifferences[Draft]], *, removes: bool
) -> CsvPreview[Draft]:
    """Return what importing a file would do. Raises StorageError for one that cannot be read, RefusedError.

    version: of the configuration that `compare` compares with; it takes the file's content and `removes`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MOST + 1)
    except OSError as error:
        words = tr("{path} cannot be read ({reason}). Choose another file.")
        raise StorageError(words.format(path=path, reason=error.strerror or error)) from error
    try:
        found = compare(content, removes=removes)
    except CsvError as error:
        raise RefusedError(str(error)) from error
    return CsvPreview(found, hashlib.sha256(content).hexdigest() + f" {version} {removes}")
