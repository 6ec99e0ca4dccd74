"""Keeps the last good copy of the configuration's file: at the start, and soon after each change. On the I/O thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Engine

from hmi.storage.errors import StorageError
from hmi.storage.local.last_good import keep_copy

LOOK_S: Final = 30.0

_log = structlog.get_logger(__name__)


class LastGood:
    """Takes a copy whenever the file was written to: stations, users, lock-out tags and all else that is in it."""

    def __init__(self, engine: Engine, path: Path, has_begun: Callable[[], bool]) -> None:
        """Copy nothing while nothing is configured: an empty file must not take the place of a good copy."""
        self._engine = engine
        self._path = path
        self._has_begun = has_begun
        self._copied: tuple[int, ...] = ()

    async def run(self) -> None:
        """Look at once, and again and again."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take a copy where there is something new; one that fails is tried again with the next look."""
        written = await asyncio.to_thread(self._written)
        if written == self._copied or not self._has_begun():
            return
        try:
            # Beside the file's thread: a copy must hold up nobody.
            await asyncio.to_thread(keep_copy, self._engine, self._path)
        except StorageError as error:
            _log.warning("configuration not copied", reason=str(error))
            return
        self._copied = written

    def _written(self) -> tuple[int, ...]:
        """Return when the file and its log were last written to."""
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return tuple(file.stat().st_mtime_ns for file in files if file.exists())
