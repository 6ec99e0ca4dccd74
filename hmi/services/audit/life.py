"""The program's own entries: that it began and ended, that a run did not end by itself, and jumps of the clock."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
from collections.abc import Awaitable, Callable
from importlib import metadata
from typing import Final
from uuid import uuid4

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.services.audit.keeping import PROGRAM
from hmi.services.audit.trail import Clocks
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal

LOOK_S: Final = 5.0
JUMP_US: Final = 5_000_000
BEGUN: Final = "run begun "
ENDED: Final = "run ended "

_LAST_RUN: Final = """SELECT body ->> 'reference' FROM audit WHERE action = 'program'
    AND json_valid(body) AND body ->> 'reference' LIKE 'run %' ORDER BY seq DESC LIMIT 1"""


def last_run(journal: Journal) -> str:
    """Return the mark of how the last run stood; empty for none. On the journal thread. Raises StorageError."""
    try:
        row = journal.connection.execute(_LAST_RUN).fetchone()
    except sqlite3.Error as error:
        raise StorageError(f"The audit record cannot be read: {error}.") from error
    return str(row[0]) if row else ""


class Life:
    """Writes of one run. On the I/O thread."""

    def __init__(self, write: Callable[[AuditEntry], Awaitable[None]], clocks: Clocks) -> None:
        self._write = write
        self._clocks = clocks
        self._run = uuid4().hex
        self._offset_us = self._offset()

    async def begin(self, last: str) -> None:
        """Write that the program began, and how the last run ended. last: what `last_run` returned."""
        new = tr("version {version}, {system}").format(version=_version(), system=platform.platform(terse=True))
        await self._write(_entry(tr("The program began"), new=new, reference=BEGUN + self._run))
        if last.startswith(BEGUN):
            reference = last.removeprefix(BEGUN)
            await self._write(_entry(tr("The last run did not end by itself"), reference=f"lost {reference}"))

    async def end(self) -> None:
        """Write that the program ends."""
        await self._write(_entry(tr("The program ended"), reference=ENDED + self._run))

    async def watch(self) -> None:
        """Write each jump of the clock until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Write a jump since the last look, if there was one."""
        offset_us = self._offset()
        moved_us, self._offset_us = offset_us - self._offset_us, offset_us
        if abs(moved_us) < JUMP_US:
            return
        way = tr("forward") if moved_us > 0 else tr("back")
        new = tr("{way} by {seconds:.0f} s").format(way=way, seconds=abs(moved_us) / 1e6)
        reason = tr("somebody set it, or the computer slept")
        await self._write(_entry(tr("The clock jumped"), new=new, reason=reason))

    def _offset(self) -> int:
        return self._clocks.wall_us() - self._clocks.steady_us()


def _entry(target: str, **facts: str) -> AuditEntry:
    return AuditEntry(AuditAction.PROGRAM, PROGRAM, target=target, **facts)  # type: ignore[arg-type]  # texts only


def _version() -> str:
    try:
        return metadata.version("roams")
    except metadata.PackageNotFoundError:
        return "?"
