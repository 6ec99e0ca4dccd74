"""What happened to servers' alarms, into the journal beside ours: servers forget, a shift is looked back on whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from hmi.domain.alarms import UNACKNOWLEDGED_STATES, AlarmState
from hmi.services.alarms.news import AlarmNews
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import AlarmRow
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents, AlarmRecordRow, Regions

WAITING_MOST: Final = 10_000

_log = structlog.get_logger(__name__)


class MirroredJournal:
    """Writes servers' alarms down as they are told. On the I/O thread; the commits on the journal's."""

    def __init__(self, events: AlarmEvents, thread: DatabaseThread) -> None:
        self._events = events
        self._thread = thread
        self._queue: asyncio.Queue[Sequence[AlarmNews]] = asyncio.Queue(WAITING_MOST)
        self._numbers: dict[str, tuple[AlarmRecordRow, int]] = {}
        self.lost = 0

    def take(self, news: Sequence[AlarmNews]) -> None:
        """Take what happened; beyond a bound it is counted, not kept."""
        if not news:
            return
        try:
            self._queue.put_nowait(news)
        except asyncio.QueueFull:
            self.lost += len(news)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            news = list(await self._queue.get())
            while not self._queue.empty():
                news += self._queue.get_nowait()
            try:
                await self._write(news)
            except (StorageError, UnicodeError) as error:  # a server's text may be anything
                self.lost += len(news)
                _log.warning("servers' alarms not journalled", rows=len(news), reason=str(error))

    async def _write(self, news: Sequence[AlarmNews]) -> None:
        records = [_record(each.row) for each in news]
        fresh = {each.alarm_id: each for each in records if self._numbers.get(each.alarm_id, (None, 0))[0] != each}
        if fresh:
            numbers = await self._thread.run(self._events.put_records, list(fresh.values()))
            self._numbers |= {alarm_id: (record, numbers[alarm_id]) for alarm_id, record in fresh.items()}
        rows = [_event(each, self._numbers[record.alarm_id][1]) for each, record in zip(news, records, strict=True)]
        await self._thread.run(self._events.append, rows)


def _record(row: AlarmRow) -> AlarmRecordRow:
    return AlarmRecordRow(
        str(row.id),
        str(row.owner or ""),
        str(row.station_id or ""),
        -1,
        row.type.value,
        int(row.priority),
        row.source,
        row.text,
        "",
        0,
        0.0,
        "",
        0,
    )


def _event(news: AlarmNews, record: int | None) -> AlarmEventRow:
    row = news.row
    regions = (
        Regions.ACTIVE * row.is_active
        | Regions.ACKNOWLEDGED * (row.state not in UNACKNOWLEDGED_STATES)
        | Regions.LATCHED * (row.state is AlarmState.LACKED)
        | Regions.OUT_OF_SERVICE * (row.state is AlarmState.OOSRV)
    )
    until_us = news.at_us if row.state is AlarmState.SHLVD else 0  # when it really ends the server keeps to itself
    return AlarmEventRow(
        news.at_us,
        str(row.id),
        row.occurrence.activated_us,
        news.event.value,
        row.state.value,
        None,
        row.acknowledged_by,
        row.comment,
        int(regions),
        until_us,
        int(news.is_annunciated),
        record,
    )
