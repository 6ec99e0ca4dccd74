"""Letting old readings go: what would go by some settings, and doing it as a job."""

from __future__ import annotations

import time
from typing import Final

from hmi.config.history_settings import HistorySettings
from hmi.domain.language import tr
from hmi.services.history import History
from hmi.services.jobs import Progress
from hmi.services.port.archive import RetentionLoss
from hmi.storage.history import live_file, planning
from hmi.storage.history.records import DAY_US

NAMED: Final = 5
READINGS: Final = ("sample", "text_sample")


def losses(history: History, settings: HistorySettings) -> tuple[RetentionLoss, ...]:
    """Return what a turn by these settings would take now, the oldest first, and take nothing. Blocks."""
    store, status = history.store, history.status()
    live_bytes = (store.folder / live_file.FILE_NAME).stat().st_size
    policy = settings.policy(status.bytes, status.free_bytes)
    found = []
    for each in planning.retirements(store.shelf.picture, policy, time.time_ns() // 1000, live_bytes):
        sealed = each.sealed
        goes = set(sealed.tables) - set(each.tables)
        found.append(
            RetentionLoss(
                sealed.path.name,
                sealed.first_day * DAY_US,
                sealed.end_day * DAY_US,
                sealed.rows + sealed.texts if goes & set(READINGS) else 0,
                is_whole=not each.tables,
            )
        )
    return tuple(sorted(found, key=lambda loss: loss.first_day_us))


def let_go(history: History, settings: HistorySettings, progress: Progress) -> str:
    """Let go of what the settings do not keep and return the sentence it ends with. Blocks."""
    status = history.status()
    gone = history.retain(settings.policy(status.bytes, status.free_bytes), progress)
    if not gone:
        return tr("Nothing was old enough to go.")
    more = len(gone) - NAMED
    names = ", ".join(gone[:NAMED]) + (tr(" and {count} more").format(count=more) if more > 0 else "")
    return tr("Let go: {names}.").format(names=names)
