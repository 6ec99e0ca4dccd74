"""Substituted values: in the way of every reading, marked as such, for a time; then what is measured again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import Engine

from drivers.api import Batch, Quality
from hmi.domain.audit import AuditEntry
from hmi.domain.roles import MAINTENANCE, OPERATOR, User
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import LiveTable
from hmi.services.port import EndSubstitution, RefusedError, SubstituteValue
from hmi.services.substituting import Substituting
from hmi.storage.errors import StorageError
from hmi.storage.local.database import open_database
from tests.conftest import Warnings
from tests.support.plants import CATALOGUE, LEVEL, RUN, STATION, TAGS

pytestmark = pytest.mark.asyncio

RITA = User("Rita", MAINTENANCE)
HOUR = 3600.0


@dataclass
class Room:
    substituting: Substituting
    engine: Engine
    thread: DatabaseThread
    live: LiveTable = field(default_factory=LiveTable)
    user: User = RITA
    entries: list[AuditEntry] = field(default_factory=list)
    changes: int = 0

    def show(self, batch: Batch) -> None:
        self.live.apply(batch)

    def measure(self, tag: int, value: float, quality: Quality = Quality.GOOD) -> None:
        """Bring a reading on the way that readings take."""
        self.live.apply(self.substituting.substitute(Batch.of(tag, value, time.time_ns() // 1000, quality=quality)))

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def changed(self) -> None:
        self.changes += 1

    async def ask(self, request: SubstituteValue | EndSubstitution) -> None:
        await self.substituting.handlers()[type(request)](request)

    def join(self) -> None:
        self.substituting = Substituting(self.engine, self.thread, lambda: self.user)
        self.substituting.connect(self.show, self.record, self.changed)


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    thread, engine = DatabaseThread(), open_database(tmp_path / "roams.db")
    found = Room(Substituting(engine, thread, lambda: RITA), engine, thread)
    found.join()
    await found.substituting.start(CATALOGUE)
    found.measure(LEVEL, 2.0)
    yield found
    engine.dispose()
    thread.stop()


def wanted(
    value: str = "3.5", reason: str = "Sensor iced up", seconds: float = HOUR, tag: int = LEVEL
) -> SubstituteValue:
    return SubstituteValue(TAGS[tag].id, value, reason, seconds)


async def test_it_stands_for_what_is_measured_until_it_is_ended(room: Room) -> None:
    await room.ask(wanted())
    assert (room.live.reading(LEVEL).value, room.live.reading(LEVEL).quality) == (3.5, Quality.SUBSTITUTED)
    room.measure(LEVEL, 0.2)
    room.measure(RUN, 1.0)
    assert room.live.reading(LEVEL).value == 3.5
    assert room.live.reading(RUN).quality is Quality.GOOD
    lost = np.array([LEVEL, RUN], np.uint32)
    assert room.substituting.measured_among(lost).tolist() == [RUN], "a lost link says nothing of it"
    room.measure(LEVEL, 0.2)
    await room.ask(EndSubstitution(TAGS[LEVEL].id))
    assert (room.live.reading(LEVEL).value, room.live.reading(LEVEL).quality) == (0.2, Quality.GOOD)
    assert room.substituting.standing() == ()
    begun, ended = room.entries
    assert (begun.user, begun.target, begun.new, begun.reason, begun.result) == (
        "Rita",
        "Tank level",
        "3.5 m",
        "Sensor iced up",
        "begun",
    )
    assert (ended.old, ended.result, ended.station) == ("3.5 m", "ended", "Hill borehole")


async def test_what_is_measured_badly_meanwhile_comes_back_bad(room: Room) -> None:
    await room.ask(wanted())
    room.measure(LEVEL, 9.0, Quality.BAD)
    await room.ask(EndSubstitution(TAGS[LEVEL].id))
    assert room.live.reading(LEVEL).quality is Quality.BAD


async def test_nothing_measured_meanwhile_is_stale(room: Room) -> None:
    await room.ask(wanted())
    await room.ask(EndSubstitution(TAGS[LEVEL].id))
    assert room.live.reading(LEVEL).quality is Quality.STALE


async def test_it_ends_by_itself_and_says_so(room: Room) -> None:
    await room.ask(wanted(seconds=1e-6))
    await room.substituting.look()
    assert room.substituting.standing() == ()
    assert room.entries[-1].result == "ended: its time ran out"


async def test_it_outlives_a_restart(room: Room) -> None:
    await room.ask(wanted())
    room.join()
    room.live = LiveTable()
    await room.substituting.start(CATALOGUE)
    room.measure(LEVEL, 0.2)
    assert (room.live.reading(LEVEL).value, room.live.reading(LEVEL).quality) == (3.5, Quality.SUBSTITUTED)
    assert room.substituting.standing()[0].reason == "Sensor iced up"


async def test_a_tag_that_goes_away_and_comes_back_keeps_it(room: Room) -> None:
    await room.ask(wanted())
    room.substituting.apply(replace(CATALOGUE, tags=()))
    room.substituting.apply(CATALOGUE)
    room.measure(LEVEL, 0.2)
    assert room.live.reading(LEVEL).value == 3.5


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (wanted("fast"), "is not a number"),
        (wanted("nan"), "is not a number"),
        (wanted("9"), "outside the tag's range, 0 to 5 m"),
        (wanted("3 bar"), "unit here is m"),
        (wanted(reason=" "), "Write why"),
        (wanted(seconds=0), "choose how long"),
        (wanted(seconds=float("inf")), "choose how long"),
        (wanted(seconds=float("nan")), "choose how long"),
        (wanted("1", tag=RUN), "Say Off or On"),
        (replace(wanted(), tag_id=STATION.id), "no longer there"),
        (EndSubstitution(TAGS[RUN].id), "not substituted any more"),
    ],
)
async def test_what_makes_no_sense_is_refused(room: Room, request_: SubstituteValue, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        await room.ask(request_)
    assert room.substituting.standing() == ()


async def test_a_state_is_said_by_its_name(room: Room) -> None:
    await room.ask(wanted("on", tag=RUN))
    assert room.live.reading(RUN).value == 1.0


@pytest.mark.parametrize("user", [User("Olaf", OPERATOR), replace(RITA, stations=frozenset())])
async def test_who_may_not_is_refused(room: Room, user: User) -> None:
    room.user = user
    with pytest.raises(RefusedError, match="may not substitute"):
        await room.ask(wanted())


async def test_what_was_lost_meanwhile_does_not_come_back_as_good(room: Room) -> None:
    await room.ask(wanted())
    room.measure(LEVEL, 0.2)
    room.substituting.measured_among(np.array([LEVEL], np.uint32))  # its link is lost
    await room.ask(EndSubstitution(TAGS[LEVEL].id))
    assert room.live.reading(LEVEL).quality is Quality.NOT_CONNECTED


async def test_a_full_disk_does_not_let_it_stand(
    room: Room, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    await room.ask(wanted(seconds=1e-6))

    def full(*_arguments: object) -> None:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr("hmi.services.substituting.substitutions.delete_substitution", full)
        await room.substituting.look()
        assert room.substituting.standing() == ()
        await room.substituting.look()
    assert len(log_warnings.take("still in the file")) == 1
    await room.substituting.look()
    room.join()
    await room.substituting.start(CATALOGUE)
    assert room.substituting.standing() == ()


async def test_one_that_ran_out_while_the_program_was_away_is_not_shown(room: Room) -> None:
    await room.ask(wanted(seconds=1e-6))
    room.join()
    room.live = LiveTable()
    await room.substituting.start(CATALOGUE)
    assert room.live.reading(LEVEL).quality is not Quality.SUBSTITUTED
