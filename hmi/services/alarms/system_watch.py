"""What of the program itself can go wrong and is looked at now and then: disk, history, clock, certificates."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from hmi.domain.language import tr

LOOK_S: Final = 5.0
DISK_LEAST_BYTES: Final = 1_000_000_000
DISK_LEAST_SHARE: Final = 0.02
CLOCK_US: Final = 5_000_000
CLOCK_SHOWN_S: Final = 600.0
SLOWLY: Final = 12
"""Certificates are looked at in one look of so many: once a minute."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """Where to look. history_fault: what is wrong with the recording, empty for nothing.

    expiries: which certificates run out within a month, and which within a week or have.
    """

    folder: Path
    history_fault: Callable[[], str]
    expiries: Callable[[], Awaitable[tuple[str, str]]]


class SystemWatch:
    """Raises and clears the program's own alarms. On the I/O thread; files are looked at on worker threads."""

    def __init__(
        self,
        watched: Watched,
        report: Callable[[str, str], None],
        *,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
        steady_us: Callable[[], int] = lambda: time.monotonic_ns() // 1000,
    ) -> None:
        self._watched = watched
        self._report = report
        self._wall_us = wall_us
        self._steady_us = steady_us
        self._offset_us = wall_us() - steady_us()
        self._jumped_us = 0

    async def run(self) -> None:
        """Look until cancelled."""
        looks = 0
        while True:
            await self.look(with_certificates=not looks % SLOWLY)
            looks += 1
            await asyncio.sleep(LOOK_S)

    async def look(self, *, with_certificates: bool = True) -> None:
        """Look at everything once."""
        self._report("clock", self.clock_fault())
        self._report("history", self._watched.history_fault())
        self._report("disk", await asyncio.to_thread(disk_fault, self._watched.folder))
        if with_certificates:
            soon, urgent = await self._watched.expiries()
            self._report("certificate", soon)
            self._report("certificate_urgent", urgent)

    def clock_fault(self) -> str:
        """Return by how much this computer's clock has jumped lately; empty when it went steadily."""
        offset_us = self._wall_us() - self._steady_us()
        moved_us = offset_us - self._offset_us
        self._offset_us = offset_us
        if abs(moved_us) >= CLOCK_US:
            self._jumped_us = self._steady_us()
            self._moved_us = moved_us
        if not self._jumped_us or self._steady_us() - self._jumped_us > CLOCK_SHOWN_S * 1e6:
            self._jumped_us = 0
            return ""
        way = tr("forward") if self._moved_us > 0 else tr("back")
        return tr("It jumped {way} by {seconds:.0f} s.").format(way=way, seconds=abs(self._moved_us) / 1e6)


def disk_fault(folder: Path) -> str:
    """Return how little room the profile's disk has; empty when it is enough."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return tr("The profile's folder cannot be reached: {error}.").format(error=error.strerror or error)
    if usage.free >= min(DISK_LEAST_BYTES, usage.total * DISK_LEAST_SHARE):
        return ""
    return tr("{free:.1f} GB are free.").format(free=usage.free / 1e9)
