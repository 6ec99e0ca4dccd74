"""The audit record of one run, joined: the trail that others write to, its key, and what is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine

from hmi.config.audit_settings import installation_id
from hmi.config.secrets import Secrets
from hmi.services.audit.key import AuditKey
from hmi.services.audit.trail import AuditTrail
from hmi.services.journal import JournalThread
from hmi.services.port import Request
from hmi.storage.journal.audit_chain import Method
from hmi.storage.journal.journal import Journal

_log = structlog.get_logger(__name__)


class Audit:
    """Made early: everything else writes to its `trail`. On the I/O thread."""

    trail: AuditTrail

    def __init__(self, journal: Journal, thread: JournalThread, engine: Engine, secrets: Secrets, folder: Path) -> None:
        self._journal = journal
        self._thread = thread
        self._engine = engine
        self._secrets = secrets
        self._folder = folder
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Find the end of the chain and its key; entries wait until that is known. Raises StorageError."""
        installation = await self._thread.run(installation_id, self._engine)
        self.trail = AuditTrail(self._journal, self._thread, self._folder / "audit.spool", installation)
        await self.trail.start()
        self._key = AuditKey(self._secrets, installation, self.trail.known_key_id)
        self._tasks = [asyncio.create_task(self._use_key(), name="audit key")]

    async def stop(self) -> None:
        """Write what waits and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.trail.stop()

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {}

    async def _use_key(self) -> None:
        try:
            await self._key.run(self.trail.use)
        except Exception:  # noqa: BLE001  # failure wall: entries must not wait for a key for ever
            _log.exception("audit key failed")
            await self.trail.use(Method())
