"""What is done with the audit record once a day: new rows are exported, old ones and many old heads let go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from hmi.config.audit_settings import AuditSettings
from hmi.services.audit.anchors import thin
from hmi.services.audit.asking import ends_of
from hmi.services.audit.checking import Checking
from hmi.services.audit.exporting import exported, write_stretch
from hmi.services.audit.own_thread import AnchorError, OwnThread
from hmi.services.audit.retaining import Retained, retain
from hmi.services.audit.trail import AuditTrail
from hmi.storage.errors import StorageError

FIRST_TURN_S: Final = 600.0
AGAIN_S: Final = 3_600.0
DAY_S: Final = 86_400.0
EXPORT_S: Final = 1_800.0
"""How long a folder is waited for: a million rows take some ten seconds on a disk, more over a network."""

_log = structlog.get_logger(__name__)


class Daily:
    """On the I/O thread; files on worker threads."""

    def __init__(self, trail: AuditTrail, retained: Retained, checking: Checking, tell: Callable[[str], None]) -> None:
        self._trail = trail
        self._retained = retained
        self._checking = checking
        self._tell = tell
        self._told = ""
        self._thinned_s = 0.0
        self._thread = OwnThread("audit export")

    async def run(self, settings: Callable[[], AuditSettings], beside: Path) -> None:
        """Look every hour whether a day has passed. beside: the folder of heads beside the journal."""
        await asyncio.sleep(FIRST_TURN_S)
        while True:
            await self.turn(settings(), beside)
            await asyncio.sleep(AGAIN_S)

    async def turn(self, settings: AuditSettings, beside: Path) -> None:
        """Export and let go what is due now; what fails is told once."""
        folders = [beside, *([Path(settings.folder)] if settings.folder else [])]
        try:
            if settings.export_daily:
                for folder in folders:
                    await self._thread.run(partial(self._export, folder / "exports"), EXPORT_S)
            # Nothing goes of a record that somebody bent, nor of its heads, nor of one that was not looked at.
            if self._checking.check.at_us and not self._checking.fault:
                async with self._checking.turn:
                    await retain(self._trail, self._retained, settings.keep_years)
                if time.time() - self._thinned_s >= DAY_S and beside not in folders[1:]:
                    self._thinned_s = time.time()
                    await self._thread.run(partial(thin, beside, time.time_ns() // 1000), EXPORT_S)
        except (StorageError, AnchorError) as error:
            _log.warning("audit record not exported or cut", reason=str(error))
            if str(error) != self._told:
                self._tell(str(error))
            self._told = str(error)
        else:
            self._told = ""

    def _export(self, folder: Path) -> None:
        retained, head = self._retained, self._trail.head
        done, at_s = exported(folder, retained.record())
        first, _ = ends_of(retained.journal)
        first = max(first, done + 1)
        if head.count >= first and time.time() - at_s >= DAY_S:
            write_stretch(retained.journal, folder, retained.record(), (first, head.count), head)
