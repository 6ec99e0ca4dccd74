"""Alarms of one run, joined: our own, those of servers, what watches the program itself, and what people ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Engine

from drivers.api import Quality
from hmi.config import alarm_settings
from hmi.config.alarm_settings import AlarmSettings
from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.roles import User
from hmi.services import port
from hmi.services.acquisition import Acquisition
from hmi.services.alarms.desk import AlarmDesk, KeptRules
from hmi.services.alarms.detectors.detector import Held
from hmi.services.alarms.engine import AlarmEngine, Surroundings
from hmi.services.alarms.journal_desk import JournalDesk
from hmi.services.alarms.mirrored import Mirrored
from hmi.services.alarms.mirrored_journal import MirroredJournal
from hmi.services.alarms.system_watch import SystemWatch, Watched
from hmi.services.database_thread import DatabaseThread
from hmi.services.jobs import Jobs
from hmi.services.live_table import LiveTable
from hmi.services.outbox import Outbox
from hmi.storage.journal.alarm_events import AlarmEvents
from hmi.storage.journal.journal import Journal

TRUSTED: Final = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED})


@dataclass(frozen=True, slots=True)
class AlarmingSurroundings:
    """What alarms need of the rest. user_name: who acts, for settings that are saved."""

    live: LiveTable
    acquisition: Acquisition
    outbox: Outbox
    jobs: Jobs
    user_name: Callable[[], str]
    user: Callable[[], User]
    watched: Watched


class Alarming:
    """On the I/O thread."""

    def __init__(
        self,
        around: AlarmingSurroundings,
        journal: Journal,
        thread: DatabaseThread,
        engine: Engine,
        engine_thread: DatabaseThread,
    ) -> None:
        """engine: of roams.db, where the rules for all alarms are kept."""
        self._live = around.live
        self._outbox = around.outbox
        self._gone: Callable[[Sequence[UUID]], None] = lambda _alarms: None
        notice = around.outbox.put_notice
        self.engine = AlarmEngine(AlarmEvents(journal), thread, Surroundings(self._held, around.live.qualities, notice))
        self.mirrored = Mirrored(around.acquisition.driver, around.outbox.put_conditions, self._put, notice)
        self.mirrored_journal = MirroredJournal(AlarmEvents(journal), thread)
        run = engine_thread.run
        rules = KeptRules(
            lambda: run(load_kept, engine, alarm_settings.KEY, AlarmSettings),
            lambda settings: run(save_kept, engine, alarm_settings.KEY, settings, around.user_name()),
        )
        self.desk = AlarmDesk(self.engine, self.mirrored, JournalDesk(journal.path), around.jobs, around.user, rules)
        self.watch = SystemWatch(around.watched, self.engine.report)
        self.mirrored.on_news(self.mirrored_journal.take)
        self.engine.on_changes(self._put)
        self.engine.on_overview(around.outbox.put_overview)

    def on_gone(self, listener: Callable[[Sequence[UUID]], None]) -> None:
        """Call the listener with alarms that are not there any more."""
        self._gone = listener

    def say_passed(self, sentence: str) -> None:
        """Raise an alarm that has passed at once and waits to be seen: a critical command was given alone."""
        self.engine.report("alone", sentence)
        self.engine.report("alone", "")

    def _put(self, changes: Mapping[UUID, port.AlarmRow | None]) -> None:
        self._outbox.put_alarms(changes)
        self._gone([alarm for alarm, row in changes.items() if row is None])

    def _held(self, tag: int) -> Held:
        """Return what a tag shows now, for alarms."""
        reading = self._live.reading(tag)
        is_trusted = reading.quality in TRUSTED and math.isfinite(reading.value)
        return Held(reading.value, is_trusted, reading.source_us, reading.quality is not Quality.NOT_CONNECTED)
