"""An alarm engine over a real journal, with a clock that is told what time it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from drivers.api import Batch, LinkState, Quality
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import Held
from hmi.services.alarms.engine import AlarmEngine, Surroundings
from hmi.services.alarms.news import AlarmNews
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import LiveTable
from hmi.services.port import AlarmOverview, AlarmRow, LinkStatus
from hmi.storage.journal.alarm_events import AlarmEvents
from hmi.storage.journal.journal import Journal
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL

START_US = 1_800_000_000_000_000
S = 1_000_000


class AlarmRig:
    """`restart` is a new process as far as the engine can tell. Time moves by `pass_time` only."""

    def __init__(self, folder: Path, *, checks: bool = True) -> None:
        """checks: compare after each change what was told with what is."""
        self.folder = folder
        self._checks = checks
        self.thread = DatabaseThread()
        self.now_us = START_US
        self.jumped_us = 0
        """By how much the clock was set forward."""
        self.catalogue: Catalogue = CATALOGUE
        self.notices: list[str] = []

    async def start(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or self.catalogue
        self.journal = Journal(self.folder / "journal.db")
        self.events = AlarmEvents(self.journal)
        self.live = LiveTable()
        self.shown: dict[UUID, AlarmRow] = {}
        self.news: list[AlarmNews] = []
        self.overview = AlarmOverview()
        around = Surroundings(
            self._held,
            self.live.qualities,
            self.notices.append,
            lambda: self.now_us,
            lambda: self.now_us - self.jumped_us,
        )
        self.engine = AlarmEngine(self.events, self.thread, around)
        self.engine.on_changes(self._changed)
        self.engine.on_overview(self._told)
        self.engine.on_news(self.news.extend)
        await self.engine.start(self.catalogue)

    async def stop(self) -> None:
        await self.engine.stop()
        await self.thread.run(self.journal.close)

    async def restart(self, catalogue: Catalogue | None = None) -> None:
        await self.stop()
        await self.start(catalogue)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, with its timers."""
        self.now_us += round(seconds * S)
        self.engine.tick()

    def reading(self, value: float, quality: Quality = Quality.GOOD, tag: int = LEVEL) -> None:
        batch = Batch.of([tag], [value], self.now_us, quality=quality)
        self.live.apply(batch)
        self.engine.process(batch)

    def link(self, state: LinkState) -> None:
        self.engine.link_changed(LinkStatus(CONNECTION.id, CONNECTION.name, CONNECTION.endpoint, state, 0), ())

    def only(self) -> AlarmRow:
        rows = self.engine.rows()
        assert len(rows) == 1, rows
        return rows[0]

    @property
    def called(self) -> list[str]:
        """What people were called for."""
        return [news.row.text for news in self.news if news.is_annunciated]

    def _held(self, tag: int) -> Held:
        reading = self.live.reading(tag)
        is_trusted = reading.quality in (Quality.GOOD, Quality.UNCERTAIN) and reading.value == reading.value  # NaN
        return Held(reading.value, is_trusted, reading.source_us, reading.quality is not Quality.NOT_CONNECTED)

    def _changed(self, changes: Mapping[UUID, AlarmRow | None]) -> None:
        for alarm_id, row in changes.items():
            if row is None:
                self.shown.pop(alarm_id, None)
            else:
                self.shown[alarm_id] = row
        if self._checks:
            assert self.shown == {row.id: row for row in self.engine.rows()}, "what is told adds up to what is"

    def _told(self, overview: AlarmOverview) -> None:
        self.overview = overview
