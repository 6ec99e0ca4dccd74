"""A file that is there whole or not at all: written under another name, renamed at the end, removed when it fails."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from hmi.domain.language import tr
from hmi.storage.errors import StorageError

SUFFIX: Final = ".part"


@contextmanager
def part_file(path: Path) -> Iterator[Path]:
    """Yield the path to write to. Raises StorageError in words when the disk refuses; anything else goes through."""
    if not path.parent.is_dir():
        raise StorageError(tr("There is no folder {folder}. Choose another.").format(folder=path.parent))
    if path.is_dir():
        raise StorageError(tr("{path} is a folder. Choose a name for the file.").format(path=path))
    part = path.with_name(path.name + SUFFIX)
    try:
        with part.open("wb"):
            pass
        yield part
        part.replace(path)
    except duckdb.Error as error:
        remove(part)
        if not isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)) and not _is_full(str(error)):
            raise  # a bug, and no word of the disk
        raise StorageError(refusal(path, str(error).splitlines()[0], is_full=_is_full(str(error)))) from error
    except OSError as error:
        remove(part)
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise StorageError(refusal(path, error.strerror or str(error), is_full=is_full)) from error
    except BaseException:
        remove(part)
        raise


def refusal(path: Path, reason: str, *, is_full: bool) -> str:
    """Return why a file could not be written and what to do."""
    if is_full:
        return tr("The disk is full: {name} was not written. Free some space or choose another disk.").format(
            name=path.name
        )
    return tr("{path} cannot be written ({reason}). Choose another folder, or close the file elsewhere.").format(
        path=path, reason=reason
    )


def remove(path: Path) -> None:
    """Remove a file if it is there; one that cannot be removed stays."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _is_full(text: str) -> bool:
    return any(words in text for words in ("No space left", "File too large", "max_temp_directory_size"))
