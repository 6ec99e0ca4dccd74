"""What flows through, and how well: figures once a second, and how late the loop's ticks come. On the I/O thread."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from hmi.services.acquisition import Acquisition
from hmi.services.alarms.engine import AlarmEngine
from hmi.services.history import History
from hmi.services.lateness import Lateness
from hmi.services.outbox import Outbox
from hmi.services.port import PipelineFigures

FIGURES_S: Final = 1.0
LATENESS_TICK_S: Final = 0.05


class Pipeline:
    """Measures, and tells the window."""

    def __init__(
        self, acquisition: Acquisition, history: History, alarms: AlarmEngine, lateness: Lateness, outbox: Outbox
    ) -> None:
        self._acquisition = acquisition
        self._history = history
        self._alarms = alarms
        self._lateness = lateness
        self._outbox = outbox
        self._mark = (time.monotonic(), 0, 0)

    async def report(self) -> None:
        """Tell the window once a second how links and figures stand."""
        while True:
            await asyncio.sleep(FIGURES_S)
            self._outbox.put_links(self._acquisition.refresh(), is_urgent=False)
            self._outbox.put_figures(self.figures())

    async def measure_lateness(self) -> None:
        """Note how late each tick comes."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LATENESS_TICK_S
            await asyncio.sleep(LATENESS_TICK_S)
            self._lateness.add((loop.time() - due) * 1000)

    def figures(self) -> PipelineFigures:
        """Return what has flowed since the start; the rates are over the time since the last call."""
        writer = self._history.figures()
        now, received, stored = time.monotonic(), self._acquisition.received, writer.stored
        then, received_before, stored_before = self._mark
        self._mark = (now, received, stored)
        elapsed = max(now - then, 1e-3)
        notes = (writer.note, self._alarms.journal_note, self._lost_note())
        return PipelineFigures(
            received=received,
            stored=stored,
            dropped=writer.dropped,
            waiting=writer.waiting,
            received_rate=(received - received_before) / elapsed,
            stored_rate=(stored - stored_before) / elapsed,
            flush_ms=writer.flush_ms,
            alarms_raised=self._alarms.raised,
            history_note=" ".join(note for note in notes if note),
            io_late_p99_ms=self._lateness.figures().p99_ms,
        )

    def _lost_note(self) -> str:
        lost = self._alarms.journal_lost
        return f"{lost} alarm changes are missing in the journal: it refused for too long." if lost else ""
