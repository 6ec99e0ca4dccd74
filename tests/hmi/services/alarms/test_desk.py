"""What people ask of alarms, ours and servers', and what the journal answers."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest
import pytest_asyncio

from drivers.api import Condition, Driver
from hmi.config.alarm_settings import AlarmSettings
from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.domain.roles import ADMIN, DEMO_OPERATOR, MAINTENANCE, OPERATOR, VISITOR, User
from hmi.services import port
from hmi.services.alarms.desk import AlarmDesk, KeptRules
from hmi.services.alarms.journal_desk import JournalDesk
from hmi.services.alarms.mirrored import Mirrored
from hmi.services.jobs import Jobs
from hmi.services.port import JobState, RefusedError
from hmi.storage.errors import StorageError
from tests.conftest import Warnings
from tests.hmi.services.alarms.test_mirrored import HIGH, Owner
from tests.support.alarm_rig import START_US, AlarmRig, S
from tests.support.plants import CATALOGUE, CONNECTION, LOW_LEVEL, STATION

pytestmark = pytest.mark.asyncio

THEIRS = uuid5(CONNECTION.id, HIGH.id)
EVER = port.JournalQuestion(0, 10**18)


class Room:
    """A desk over a real engine, and a server with an alarm of its own."""

    def __init__(self, rig: AlarmRig) -> None:
        self.rig = rig
        self.owner = Owner()
        self.user: User = DEMO_OPERATOR
        self.kept = AlarmSettings()
        self.jobs = Jobs(lambda _: None)
        self.mirrored = Mirrored(self._driver_of, lambda _: None)
        self.mirrored.apply(CATALOGUE)
        journal = JournalDesk(rig.folder / "journal.db")
        self.desk = AlarmDesk(
            rig.engine, self.mirrored, journal, self.jobs, lambda: self.user, KeptRules(self._load, self._save)
        )

    async def _load(self) -> AlarmSettings:
        return self.kept

    async def _save(self, settings: AlarmSettings) -> None:
        self.kept = settings

    async def ask(self, request: port.Request[object]) -> object:
        return await self.desk.handlers()[type(request)](request)

    def _driver_of(self, _connection: UUID) -> Driver:
        return self.owner

    def theirs(self, condition: Condition = HIGH) -> None:
        self.mirrored.take(CONNECTION.id, [condition])


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    rig = AlarmRig(tmp_path)
    await rig.start()
    room = Room(rig)
    yield room
    await room.jobs.stop()
    await rig.stop()
    rig.thread.stop()


async def test_ours_and_theirs_are_acknowledged_in_one_go(room: Room) -> None:
    room.rig.reading(0.9)
    room.theirs()
    ours = room.rig.only().occurrence
    theirs = port.Acknowledge((ours, type(ours)(THEIRS, 5)), "seen")
    assert await room.ask(theirs) == 2
    assert room.owner.done == [("acknowledge", "a", "seen")]
    assert room.rig.only().state is AlarmState.ACKED


async def test_theirs_have_the_limits_of_ours(room: Room) -> None:
    room.theirs(replace(HIGH, is_acknowledged=False))
    with pytest.raises(RefusedError, match="480 minutes at most"):
        await room.ask(port.ShelveAlarms((THEIRS,), 1e7, "washing"))
    room.desk._settings = AlarmSettings(comment_for=frozenset({Priority.HIGH}))
    row = room.mirrored.row(THEIRS)
    assert row is not None
    with pytest.raises(RefusedError, match="needs a comment"):
        await room.ask(port.Acknowledge((row.occurrence,)))
    assert room.owner.done == []


async def test_theirs_are_shelved_confirmed_and_brought_back_by_their_own_methods(room: Room) -> None:
    room.theirs()
    assert await room.ask(port.ShelveAlarms((THEIRS,), 600, "washing")) == 1
    assert await room.ask(port.ShelveAlarms((THEIRS,), 600, "washing", is_one_shot=True)) == 1
    assert await room.ask(port.UnshelveAlarms((THEIRS,))) == 1
    assert await room.ask(port.ResetAlarms((THEIRS,), "ok")) == 1
    assert room.owner.done == [
        ("shelve", "a", 600),
        ("shelve", "a", None),
        ("unshelve", "a", None),
        ("confirm", "a", "ok"),
    ]
    with pytest.raises(RefusedError, match="at the server"):
        await room.ask(port.PutOutOfService((THEIRS,), "why"))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (port.ShelveAlarms((LOW_LEVEL.id,), 60, "  "), "Write why"),
        (port.PutOutOfService((LOW_LEVEL.id,), ""), "Write why"),
        (port.ShelveAlarms((LOW_LEVEL.id,), -1, "x"), "choose how long"),
        (port.ShelveAlarms((LOW_LEVEL.id,), float("inf"), "x"), "choose how long"),
        (port.Acknowledge((), "x" * 501), "too long"),
        (port.UnshelveAlarms((LOW_LEVEL.id,)), "not shelved"),
        (port.ReturnToService((LOW_LEVEL.id,)), "changes nothing"),
        (port.ResetAlarms((uuid4(),)), "no longer there"),
        (port.ShelveAlarms((), 60, "x"), "No alarm was selected"),
        (port.ReadAlarmFigures(5, 5), "end must come after"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(room: Room, request_: port.Request[object], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        await room.ask(request_)


@pytest.mark.parametrize(
    ("user", "refused"),
    [
        (VISITOR, ("acknowledge", "shelve", "remove")),
        (User("Olaf", OPERATOR), ("remove",)),
        (User("Rita", MAINTENANCE), ()),
        (User("Ada", ADMIN), ("acknowledge", "shelve")),
    ],
)
async def test_a_role_may_what_its_table_says(room: Room, user: User, refused: tuple[str, ...]) -> None:
    room.rig.reading(0.9)
    room.user = user
    asked: dict[str, port.Request[int]] = {
        "acknowledge": port.Acknowledge((room.rig.only().occurrence,)),
        "shelve": port.ShelveAlarms((LOW_LEVEL.id,), 60, "why"),
        "remove": port.PutOutOfService((LOW_LEVEL.id,), "why"),
    }
    for name, request in asked.items():
        if name in refused:
            with pytest.raises(RefusedError, match=f"{user.name} may not"):
                await room.ask(request)
        else:
            assert await room.ask(request) == 1


async def test_priorities_that_need_a_comment_get_none_without(room: Room) -> None:
    room.rig.reading(0.9)
    occurrence = room.rig.only().occurrence
    room.user = User("Ada", ADMIN)
    await room.ask(port.SaveAlarmSettings(AlarmSettings(comment_for=frozenset({Priority.HIGH}))))
    assert await room.ask(port.ReadAlarmSettings()) == room.kept
    room.user = DEMO_OPERATOR
    with pytest.raises(RefusedError, match="needs a comment"):
        await room.ask(port.Acknowledge((occurrence,), " "))
    room.user = VISITOR
    with pytest.raises(RefusedError, match="may not"):
        await room.ask(port.SaveAlarmSettings(AlarmSettings()))
    room.user = DEMO_OPERATOR
    assert await room.ask(port.Acknowledge((occurrence,), "seen")) == 1
    await room.desk.start()
    assert room.rig.engine._orders.comment_for == {Priority.HIGH}


async def _something_happens(room: Room) -> None:
    room.rig.reading(0.9)
    await room.ask(port.Acknowledge((room.rig.only().occurrence,), "=cmd|' /C calc'!A0"))
    room.rig.pass_time(60)
    room.rig.reading(2.0)
    await room.rig.engine._writer.drain()


async def test_the_journal_answers_in_words(room: Room) -> None:
    await _something_happens(room)
    found = await room.ask(port.ReadAlarmJournal(EVER))
    assert isinstance(found, port.AlarmJournal)
    assert [(row.event, row.user) for row in found.rows] == [
        (AlarmEvent.CLEAR, ""),
        (AlarmEvent.ACKNOWLEDGE, "Demo operator"),
        (AlarmEvent.ACTIVATE, ""),
    ]
    first = found.rows[-1]
    told = (first.source, first.text, first.value, first.limit, first.priority, first.station_id)
    assert told == ("Hill borehole", "Tank level low", "0.9 m", "1.0 m", Priority.HIGH, STATION.id)
    assert (found.total, found.users, found.damaged) == (3, ("Demo operator",), 0)
    page = await room.ask(port.ReadAlarmJournal(EVER, most=1, before=(found.rows[0].at_us, found.rows[0].seq)))
    assert isinstance(page, port.AlarmJournal)
    assert [row.event for row in page.rows] == [AlarmEvent.ACKNOWLEDGE]


async def test_a_damaged_row_is_left_out_and_counted(room: Room) -> None:
    await _something_happens(room)
    room.rig.journal.connection.execute("UPDATE alarm_event SET state = 'RUBBISH' WHERE event = 'CLEAR'")
    found = await room.ask(port.ReadAlarmJournal(EVER))
    assert isinstance(found, port.AlarmJournal)
    assert (len(found.rows), found.damaged) == (2, 1)


async def test_the_journal_is_written_to_a_file_that_a_spreadsheet_cannot_run(
    room: Room, tmp_path: Path, log_warnings: Warnings
) -> None:
    await _something_happens(room)
    job = await room.ask(port.ExportAlarmJournal(EVER, tmp_path / "alarms.csv"))
    assert isinstance(job, UUID)
    ended = await room.jobs.wait(job)
    assert ended is not None
    assert (ended.state, ended.detail) == (JobState.DONE, f"3 rows written to {tmp_path / 'alarms.csv'}.")
    with (tmp_path / "alarms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["event"] for row in rows] == ["ACTIVATE", "ACKNOWLEDGE", "CLEAR"]
    assert (rows[0]["station"], rows[0]["alarm"], rows[0]["value"]) == ("Hill borehole", "Tank level low", "0.9 m")
    assert rows[1]["comment"].startswith("'=cmd")
    job = await room.ask(port.ExportAlarmJournal(EVER, tmp_path / "gone" / "alarms.csv"))
    assert isinstance(job, UUID)
    ended = await room.jobs.wait(job)
    assert ended is not None
    assert (ended.state, "no folder" in ended.detail) == (JobState.FAILED, True)
    log_warnings.take("no folder")


async def test_the_figures_come_from_the_journal_and_go_to_a_file(room: Room, tmp_path: Path) -> None:
    await _something_happens(room)
    found = await room.ask(port.ReadAlarmFigures(START_US - S, START_US + 3600 * S))
    assert isinstance(found, port.AlarmFigures)
    assert (found.count, found.top[0].name, found.acknowledged_mean_s) == (1, "Hill borehole: Tank level low", 0.0)
    path = tmp_path / "figures.csv"
    await room.ask(port.ExportAlarmFigures(found.start_us, found.end_us, path))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert "count,1," in lines
    assert "Hill borehole: Tank level low,1,1" in lines
    with pytest.raises(StorageError, match="no folder"):
        await room.ask(port.ExportAlarmFigures(0, 1, tmp_path / "gone" / "f.csv"))


async def test_a_journal_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        await JournalDesk(tmp_path / "none.db").read(port.ReadAlarmJournal(EVER))


async def test_half_a_character_in_a_comment_stops_nothing(room: Room) -> None:
    room.rig.reading(0.9)
    assert await room.ask(port.Acknowledge((room.rig.only().occurrence,), "seen \ud83d")) == 1
    assert room.rig.only().comment == "seen ?"
