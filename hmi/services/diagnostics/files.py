"""The files of a profile: how large, and of which version; and the version of the program."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from importlib import metadata
from pathlib import Path

import hmi
from hmi.config.profile import Profile
from hmi.services.port.diagnostics import FileState


def file_states(profile: Profile) -> tuple[FileState, ...]:
    """Return the databases and folders of a profile, with their sizes; on a worker."""
    databases = [
        FileState(path.name, sum(_size(each) for each in _parts(path)), _schema(path))
        for path in (profile.configuration, profile.journal)
    ]
    folders = [
        FileState(f"{folder.name}/", bytes_under(folder)) for folder in (profile.history, profile.logs, profile.crashes)
    ]
    return (*databases, *folders)


def _parts(path: Path) -> tuple[Path, ...]:
    return path, path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _schema(path: Path) -> int:
    """Return the version that a SQLite file says, without changing it; 0 where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def bytes_under(folder: Path) -> int:
    """Return the size of the files right in a folder; on a worker. One that goes away meanwhile counts nothing."""
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def program_version() -> str:
    """Return the program's version, with a word where it runs from its sources."""
    try:
        return metadata.version("roams")
    except metadata.PackageNotFoundError:
        return _source_version()


def _source_version() -> str:
    try:
        found = tomllib.loads((Path(hmi.__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
        return f"{found['project']['version']}+source"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
