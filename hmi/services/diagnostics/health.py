"""What the health server answers: alive, ready, and the figures."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import structlog

from hmi.domain.language import tr
from hmi.services.diagnostics.facts import Facts, Sources
from hmi.services.diagnostics.http import LOOPBACK, HttpServer, Page
from hmi.services.diagnostics.metrics import KIND, Machine, render
from hmi.services.recording import NOT_RECORDED, REFUSED
from hmi.storage.errors import StorageError

PROBE_S: Final = 2.0
DISK_LEAST_BYTES: Final = 20_000_000
JSON: Final = "application/json"

_log = structlog.get_logger(__name__)


class HealthServer:
    """Answers from before the start until after the end, so that whoever watches sees both. On the I/O loop."""

    def __init__(self, sources: Callable[[], Sources | None]) -> None:
        """Begin without a port. sources: None while there is nothing to look at yet."""
        self._sources = sources
        self._server = HttpServer({"/health": self._health, "/ready": self._ready, "/metrics": self._metrics})

    async def open(self, port: int) -> int:
        """Listen and return the port. Raises OSError."""
        found = await self._server.open(port)
        _log.info("health server", address=LOOPBACK, port=found)
        return found

    async def close(self) -> None:
        """Listen no more."""
        await self._server.close()

    async def _health(self) -> Page:
        return Page(b'{"status": "alive"}\n', JSON)

    async def _ready(self) -> Page:
        found = await reasons(self._sources())
        status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
        body = {"status": "not ready" if found else "ready", "reasons": found}
        return Page(json.dumps(body, ensure_ascii=False).encode() + b"\n", JSON, status)

    async def _metrics(self) -> Page:
        sources = self._sources()
        is_ready = not await reasons(sources)
        if sources is None:
            return Page(b"", KIND, HTTPStatus.SERVICE_UNAVAILABLE)
        facts: Facts | None = sources.look() if sources.is_started() else None

        def work() -> bytes:
            return render(facts, Machine.look(sources.profile), is_ready)

        return Page(await asyncio.to_thread(work), KIND)


async def reasons(sources: Sources | None) -> list[str]:
    """Return why the program does not do all that it should, in words; on the I/O loop."""
    if sources is None or not sources.is_started():
        return [tr("The program has not started yet.")]
    facts, found = sources.look(), []
    if fault := await _journal_fault(sources):
        found.append(fault)
    if facts.audit_is_failing:
        found.append(tr("The audit record is not written: {note}").format(note=facts.audit_note))
    if facts.alarms_note:
        found.append(facts.alarms_note)
    if facts.history_note.startswith((NOT_RECORDED, REFUSED)):
        found.append(facts.history_note)
    if (await asyncio.to_thread(shutil.disk_usage, sources.profile.folder)).free < DISK_LEAST_BYTES:
        found.append(tr("The disk is full."))
    return found


async def _journal_fault(sources: Sources) -> str:
    """Try whether the journal takes a write, without leaving one."""
    try:
        async with asyncio.timeout(PROBE_S):
            await sources.thread.run(sources.journal.probe)
    except TimeoutError:
        return tr("The journal does not answer.")
    except StorageError as error:
        return str(error)
    return ""
