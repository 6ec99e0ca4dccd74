"""What the last run left: its readings shown as stale until newer ones come, and whether it ended by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from drivers.api import Batch, Quality
from hmi.services.history import History, LastRun
from hmi.services.live_table import LiveTable
from hmi.storage.errors import StorageError
from hmi.storage.history.records import Gap


class LastValues:
    """Takes up where the last run ended. On the I/O thread."""

    def __init__(self, history: History, live: LiveTable, started_us: int, say: Callable[[str], None]) -> None:
        """Say what people should know of the last run to `say`."""
        self._history = history
        self._live = live
        self._started_us = started_us
        self._say = say

    async def restore(self) -> None:
        """Show the last readings of the last run, as stale, where nothing newer has come yet.

        In the history the line ends where that run did: one that was killed could not write that its links had gone.
        """
        try:
            last_run = await self._history.last_run()
            batch = await self._history.latest(self._started_us)
            await self._note_crash(last_run)
        except StorageError:
            return  # the history's own notice says so
        unended = batch.select(batch.quality == Quality.GOOD)
        end_us = np.clip(unended.source_us + 1, last_run.ended_us, max(self._started_us - 1, last_run.ended_us))
        self._history.append_all(
            Batch.of(unended.tag, np.full(len(unended), np.nan), end_us, quality=Quality.NOT_CONNECTED)
        )
        batch = replace(batch, quality=np.full(len(batch), Quality.STALE, np.uint16))
        is_empty = [self._live.reading(tag).source_us == 0 for tag in batch.tag.tolist()]
        self._live.apply(batch.select(np.array(is_empty, bool)))

    async def _note_crash(self, last_run: LastRun) -> None:
        """Say, and write into the history, that the last run did not end by itself."""
        if last_run.was_clean or not last_run.ended_us:
            return
        reason = "the program did not end by itself and did not run"
        await self._history.note_gap(Gap(last_run.ended_us, self._started_us, 0, reason))
        until = datetime.fromtimestamp(last_run.ended_us / 1e6, UTC).astimezone()
        self._say(f"The program did not end by itself; it recorded until {until:%Y-%m-%d %H:%M:%S}.")
