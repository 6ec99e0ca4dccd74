"""Keeps the last good copy of the configuration: at the start, and soon after each change. On the I/O thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Engine

from hmi.services.journal import JournalThread
from hmi.storage.errors import StorageError
from hmi.storage.local.last_good import keep_copy

LOOK_S: Final = 60.0

_log = structlog.get_logger(__name__)


class LastGood:
    """Takes a copy whenever the configuration has another version than the last copy."""

    def __init__(self, engine: Engine, path: Path, thread: JournalThread, version: Callable[[], int]) -> None:
        self._engine = engine
        self._path = path
        self._thread = thread
        self._version = version
        self._copied = -1

    async def run(self) -> None:
        """Look at once, and every minute."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take a copy where there is something new; one that fails is tried again with the next look."""
        version = self._version()
        if version == self._copied:
            return
        try:
            await self._thread.run(keep_copy, self._engine, self._path)
        except StorageError as error:
            _log.warning("configuration not copied", reason=str(error))
            return
        self._copied = version
