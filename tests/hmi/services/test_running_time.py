"""Running hours and starts: counted from what was seen, kept over restarts, begun anew after a service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from drivers.api import Batch, Quality
from hmi.domain.audit import AuditEntry
from hmi.domain.roles import MAINTENANCE, OPERATOR, User
from hmi.domain.substitutions import RunningTime
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import RefusedError, ResetRunningTime, SetServiceInterval
from hmi.services.running_time import RunningHours
from hmi.storage.local.database import open_database
from tests.support.plants import ASSET, CATALOGUE, LEVEL, RUN, STATION

pytestmark = pytest.mark.asyncio

RITA = User("Rita", MAINTENANCE)


@dataclass
class Room:
    hours: RunningHours
    engine: Engine
    thread: DatabaseThread
    now_s: float = 1000.0
    user: User = RITA
    entries: list[AuditEntry] = field(default_factory=list)

    def shows(self, value: float, quality: Quality = Quality.GOOD, tag: int = RUN) -> None:
        self.hours.process(Batch.of(tag, value, time.time_ns() // 1000, quality=quality))

    def passes(self, seconds: float) -> RunningTime:
        self.now_s += seconds
        self.hours.count()
        return self.hours.times()[0]

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def ask(self, request: ResetRunningTime | SetServiceInterval) -> None:
        await self.hours.handlers()[type(request)](request)

    async def restart(self) -> None:
        self.hours = RunningHours(self.engine, self.thread, lambda: self.user, lambda: self.now_s)
        self.hours.connect(self.record, lambda: None)
        await self.hours.start(CATALOGUE)


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    thread, engine = DatabaseThread(), open_database(tmp_path / "roams.db")
    found = Room(RunningHours(engine, thread, lambda: RITA), engine, thread)
    await found.restart()
    yield found
    engine.dispose()
    thread.stop()


async def test_what_runs_is_counted_and_what_stands_is_not(room: Room) -> None:
    room.shows(0)
    assert room.passes(100) == replace(room.hours.times()[0], seconds=0, starts=0)
    room.shows(1)
    room.shows(1)
    assert room.hours.running() == {ASSET.id}
    assert (room.passes(60).seconds, room.passes(40).starts) == (60, 1)
    room.shows(0)
    assert room.passes(500).seconds == 100
    room.shows(1)
    assert room.passes(1).starts == 2


async def test_what_runs_when_it_is_first_seen_has_not_just_begun_to(room: Room) -> None:
    room.shows(1)
    assert (room.passes(10).seconds, room.hours.times()[0].starts) == (10, 0)


async def test_what_nobody_saw_is_not_counted(room: Room) -> None:
    room.shows(0)
    room.shows(1)
    room.passes(10)
    room.hours.link_lost([RUN, LEVEL])
    assert room.passes(1000).seconds == 10
    room.shows(1)
    assert (room.passes(5).seconds, room.hours.times()[0].starts) == (15, 1)
    room.shows(1, Quality.BAD)
    assert room.passes(1000).seconds == 15
    room.shows(1, Quality.SUBSTITUTED)
    assert room.passes(1000).seconds == 15


async def test_kept_over_a_restart(room: Room) -> None:
    room.shows(0)
    room.shows(1)
    room.passes(90)
    await room.hours.keep()
    await room.restart()
    room.now_s += 10_000
    found = room.hours.times()[0]
    assert (found.seconds, found.starts) == (90, 1)
    assert room.hours.running() == frozenset()


async def test_begun_anew_after_a_service(room: Room) -> None:
    room.shows(1)
    room.passes(7200)
    await room.ask(SetServiceInterval(ASSET.id, 1.5))
    assert room.hours.times()[0].is_service_due
    with pytest.raises(RefusedError, match="Write what was done"):
        await room.ask(ResetRunningTime(ASSET.id, "  "))
    await room.ask(ResetRunningTime(ASSET.id, "Bearings changed"))
    found = room.passes(60)
    assert (found.seconds, found.reset_by, found.is_service_due) == (60, "Rita", False)
    assert [(each.old, each.new, each.reason) for each in room.entries] == [
        ("service every 0 h", "service every 1.5 h", ""),
        ("2.0 h, 0 starts", "0 h", "Bearings changed"),
    ]
    await room.restart()
    assert room.hours.times()[0].seconds == 0, "kept as it was at the reset"


async def test_who_may_not_is_refused(room: Room) -> None:
    room.user = User("Olaf", OPERATOR)
    for request in (ResetRunningTime(ASSET.id, "x"), SetServiceInterval(ASSET.id, 5)):
        with pytest.raises(RefusedError, match="may not"):
            await room.ask(request)
    room.user = RITA
    with pytest.raises(RefusedError, match="not counted"):
        await room.ask(ResetRunningTime(STATION.id, "x"))
    with pytest.raises(RefusedError, match="number of hours"):
        await room.ask(SetServiceInterval(ASSET.id, float("nan")))


async def test_what_is_not_configured_any_more_is_not_counted(room: Room) -> None:
    room.shows(1)
    room.passes(3600)
    room.hours.apply(replace(CATALOGUE, controls=()))
    room.now_s += 36_000
    room.hours.apply(CATALOGUE)
    assert room.passes(0).seconds == 3600
