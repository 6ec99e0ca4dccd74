"""Checking every byte of the history, copying it while it is written, and putting a copy back."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from hmi.storage.errors import DamagedError, StorageError
from hmi.storage.history import live_file
from hmi.storage.history.records import Progress, no_progress
from hmi.storage.history.store import Store

CONTENTS: Final = "contents.json"
BLOCK: Final = 4 << 20


def verify(store: Store, progress: Progress = no_progress) -> tuple[str, ...]:
    """Read every table whole, so that every checksum is looked at; return what is wrong, in words."""
    faults: list[str] = []
    with store.reading() as (cursor, picture):
        work: list[tuple[str, str, int]] = []
        for each in picture.sealed:
            counts = {"sample": each.rows, "text_sample": each.texts}
            work += [(each.path.name, f"{each.alias}.{table}", counts.get(table, -1)) for table in each.tables]
        for place in (*picture.runs, *picture.hot):
            work += [(live_file.FILE_NAME, table, -1) for table in (place.samples, place.texts) if table]
        for done, (name, table, expected) in enumerate(dict.fromkeys(work), 1):
            try:
                row = cursor.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {table} t").fetchone()
            except duckdb.Error as error:
                faults.append(f"{name}: {str(error).splitlines()[0]}")
            else:
                if expected >= 0 and (row is None or row[0] != expected):
                    faults.append(f"{name}: {expected} rows were sealed and {row[0] if row else 0} are there.")
            progress(done, len(work))
    return tuple(dict.fromkeys(faults))


def back_up(store: Store, folder: Path, progress: Progress = no_progress) -> Path:
    """Copy the history into a new folder below `folder`, check the copy and return it; on the keeper.

    Raises StorageError and OSError; then no folder is left.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"roams-history-{stamp}"
    part = folder / f"{target.name}.part"
    try:
        part.mkdir(parents=True)
        with store.reading() as (cursor, picture):
            total = sum(each.bytes for each in picture.sealed) + (store.folder / live_file.FILE_NAME).stat().st_size
            done = 0
            sums: dict[str, str] = {}
            for each in picture.sealed:
                sums[each.path.name] = _copied(each.path, part / each.path.name, _from(progress, done, total))
                done += each.bytes
            _copy_live(cursor, part / live_file.FILE_NAME)
        sums[live_file.FILE_NAME] = _sum_of(part / live_file.FILE_NAME, no_progress)
        contents = {"made_us": time.time_ns() // 1000, "epoch": store.epoch, "files": sums}
        (part / CONTENTS).write_text(json.dumps(contents, indent=1), encoding="utf-8")
        check_backup(part)
        part.rename(target)
        progress(total, total)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StorageError(f"The backup cannot be written to {folder}: {error.strerror or error}.") from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return target


def check_backup(folder: Path, progress: Progress = no_progress) -> None:
    """Compare a backup with its list of contents and open its live file. Raises StorageError."""
    try:
        files = dict(json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{folder} is no backup of a history; choose a folder named roams-history-…") from error
    total = sum((folder / name).stat().st_size for name in files if (folder / name).exists())
    done = 0
    for name, expected in files.items():
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise DamagedError(f"The backup lacks {name}.")
        if _sum_of(path, _from(progress, done, total)) != expected:
            raise DamagedError(f"{name} in the backup is not as it was written.")
        done += path.stat().st_size
    live_file.open_file(folder / live_file.FILE_NAME).close()


def restore(backup: Path, folder: Path, progress: Progress = no_progress) -> Path | None:
    """Put a backup in the place of a history that nobody has open; return where the old one was moved, if any.

    The restored history is another one to whoever copied rows from it by number: it gets an epoch of its own.
    Raises StorageError; then the history is as it was.
    """
    check_backup(backup)
    names = dict(json.loads((backup / CONTENTS).read_text(encoding="utf-8"))["files"])
    part = folder.with_name(f"{folder.name}.restoring")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        total, done = sum((backup / name).stat().st_size for name in names), 0
        for name in names:
            _copied(backup / name, part / name, _from(progress, done, total))
            done += (backup / name).stat().st_size
        with live_file.open_file(part / live_file.FILE_NAME) as connection:
            connection.execute("UPDATE history SET epoch = uuid()::VARCHAR")
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StorageError(f"The backup cannot be copied to {folder}: {error.strerror or error}.") from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    aside = None
    if folder.exists() and any(folder.iterdir()):
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = folder.with_name(f"{folder.name}.before-{stamp}")
        folder.rename(aside)
    elif folder.exists():
        folder.rmdir()
    part.rename(folder)
    return aside


def _copy_live(cursor: duckdb.DuckDBPyConnection, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    name = cursor.execute("SELECT current_database()").fetchall()[0][0]
    cursor.execute(f"ATTACH '{quoted}' AS backup")
    try:
        cursor.execute(f'COPY FROM DATABASE "{name}" TO backup')  # one transaction: the writer goes on beside it
        cursor.execute("CHECKPOINT backup")
    finally:
        cursor.execute("DETACH backup")


def _copied(source: Path, target: Path, tell: Callable[[int], None]) -> str:
    found, done = hashlib.sha256(), 0
    with target.open("wb") as file:
        for block in _blocks(source):
            file.write(block)
            found.update(block)
            done += len(block)
            tell(done)
    return found.hexdigest()


def _sum_of(path: Path, tell: Callable[..., None]) -> str:
    found, done = hashlib.sha256(), 0
    for block in _blocks(path):
        found.update(block)
        done += len(block)
        if tell is not no_progress:
            tell(done)
    return found.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _from(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)
