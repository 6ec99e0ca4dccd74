"""Alarms that servers own, as the window gets them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from drivers.api import Condition, Driver, LinkState, UnknownTagError, WriteRejectedError
from hmi.domain.alarms import AlarmState, Priority
from hmi.services.alarms.mirrored import Mirrored
from hmi.services.alarms.mirrored_journal import MirroredJournal
from hmi.services.alarms.news import AlarmNews
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import AlarmRow, ConditionAction, ConditionRow, LinkStatus, RefusedError
from hmi.storage.journal.alarm_events import AlarmEvents, AlarmFilter
from hmi.storage.journal.journal import Journal
from tests.support.fake_driver import FakeDriver
from tests.support.plants import CATALOGUE, CONNECTION, STATION
from tests.support.waiting import until

HIGH = Condition("a", b"1", "Pump", "High", "Too high", 700, 1_000, 1_000, is_active=True, is_retained=True)
LOW = replace(HIGH, id="b", name="Low", severity=300)


class Owner(FakeDriver):
    """A driver whose server has alarms."""

    def __init__(self) -> None:
        super().__init__("fake://owner")
        self.done: list[tuple[str, str, object]] = []
        self.refuses: Exception | None = None

    async def mirror(self, sink: object) -> None:
        del sink

    async def acknowledge(self, condition: Condition, comment: str) -> None:
        self._do("acknowledge", condition, comment)

    async def confirm(self, condition: Condition, comment: str) -> None:
        self._do("confirm", condition, comment)

    async def shelve(self, condition: Condition, duration_s: float | None) -> None:
        self._do("shelve", condition, duration_s)

    async def unshelve(self, condition: Condition) -> None:
        self._do("unshelve", condition, None)

    def _do(self, what: str, condition: Condition, argument: object) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.done.append((what, condition.id, argument))


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def shown() -> list[tuple[ConditionRow, ...]]:
    return []


@pytest.fixture
def conditions(owner: Owner, shown: list[tuple[ConditionRow, ...]]) -> Mirrored:
    def driver_of(_connection: object) -> Driver:
        return owner

    return Mirrored(driver_of, shown.append)


def test_what_stands_is_shown_the_most_severe_first_until_it_goes(
    conditions: Mirrored, shown: list[tuple[ConditionRow, ...]]
) -> None:
    conditions.take(CONNECTION.id, [LOW, HIGH])
    assert [row.condition.name for row in shown[-1]] == ["High", "Low"]
    conditions.take(CONNECTION.id, [replace(HIGH, is_retained=False)])
    assert [row.condition.name for row in shown[-1]] == ["Low"]


def test_a_server_away_keeps_its_alarms_and_one_switched_off_does_not(
    conditions: Mirrored, shown: list[tuple[ConditionRow, ...]]
) -> None:
    conditions.take(CONNECTION.id, [HIGH])
    status = LinkStatus(CONNECTION.id, "", "", LinkState.DOWN, 0)
    conditions.link_changed(status, ())
    assert len(conditions.rows()) == 1
    conditions.link_changed(replace(status, state=LinkState.DISABLED), ())
    assert shown[-1] == ()


@pytest.mark.asyncio
async def test_actions_go_to_the_server_that_owns_the_alarm(conditions: Mirrored, owner: Owner) -> None:
    conditions.take(CONNECTION.id, [HIGH])
    for action, shelve_s in (
        (ConditionAction.ACKNOWLEDGE, 0.0),
        (ConditionAction.CONFIRM, 0.0),
        (ConditionAction.SHELVE, 60.0),
        (ConditionAction.SHELVE, 0.0),
        (ConditionAction.UNSHELVE, 0.0),
    ):
        await conditions.act(CONNECTION.id, "a", action, "seen", shelve_s)
    assert owner.done == [
        ("acknowledge", "a", "seen"),
        ("confirm", "a", "seen"),
        ("shelve", "a", 60.0),
        ("shelve", "a", None),
        ("unshelve", "a", None),
    ]


@pytest.mark.asyncio
async def test_a_refusal_is_told_in_the_servers_words(conditions: Mirrored, owner: Owner) -> None:
    with pytest.raises(RefusedError, match="no longer stands"):
        await conditions.act(CONNECTION.id, "a", ConditionAction.ACKNOWLEDGE, "", 0.0)
    conditions.take(CONNECTION.id, [HIGH])
    for error in (WriteRejectedError("The alarm has changed meanwhile."), UnknownTagError("It cannot be shelved.")):
        owner.refuses = error
        with pytest.raises(RefusedError, match=error.sentence):
            await conditions.act(CONNECTION.id, "a", ConditionAction.ACKNOWLEDGE, "", 0.0)


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        (replace(HIGH, is_acknowledged=False), AlarmState.UNACK),
        (HIGH, AlarmState.ACKED),
        (replace(HIGH, is_active=False, is_acknowledged=False), AlarmState.RTNUN),
        (replace(HIGH, is_active=False, is_confirmed=False), AlarmState.LACKED),
        (replace(HIGH, shelved="timed"), AlarmState.SHLVD),
        (replace(HIGH, is_enabled=False), AlarmState.OOSRV),
    ],
)
def test_a_servers_alarm_stands_in_our_lists_as_the_server_says(
    owner: Owner, condition: Condition, state: AlarmState
) -> None:
    told: dict[UUID, AlarmRow | None] = {}
    mirrored = Mirrored(lambda _: owner, lambda _: None, told.update)
    mirrored.apply(CATALOGUE)
    mirrored.take(CONNECTION.id, [condition])
    (row,) = told.values()
    assert row is not None
    assert (row.state, row.priority, row.source, row.text) == (state, Priority.HIGH, "Hill borehole", "Pump Too high")
    assert (row.owner, row.condition, row.station_id) == (CONNECTION.id, "a", STATION.id)
    assert mirrored.owns(row.id)
    mirrored.take(CONNECTION.id, [replace(condition, is_retained=False)])
    assert (told, mirrored.owns(row.id)) == ({row.id: None}, False)


def test_an_occurrence_keeps_its_name_while_it_stands_and_a_lost_server_is_marked(owner: Owner) -> None:
    told: dict[UUID, AlarmRow | None] = {}
    mirrored = Mirrored(lambda _: owner, lambda _: None, told.update)
    mirrored.take(CONNECTION.id, [replace(HIGH, is_acknowledged=False, at_us=5)])
    mirrored.take(CONNECTION.id, [replace(HIGH, user="Ann", comment="seen", at_us=9)])
    (row,) = told.values()
    assert row is not None
    assert (row.occurrence.activated_us, row.acknowledged_by, row.comment) == (5, "Ann", "seen")
    down = LinkStatus(CONNECTION.id, "", "", LinkState.DOWN, 0)
    for state, is_trusted in ((LinkState.DOWN, False), (LinkState.UP, True)):
        mirrored.link_changed(replace(down, state=state), ())
        (row,) = told.values()
        assert row is not None
        assert row.is_value_trusted is is_trusted


@pytest.mark.asyncio
async def test_what_happens_to_a_servers_alarm_calls_people_and_is_written_down(owner: Owner, tmp_path: Path) -> None:
    thread = DatabaseThread()
    events = AlarmEvents(Journal(tmp_path / "journal.db"))
    journal, told = MirroredJournal(events, thread), list[AlarmNews]()
    mirrored = Mirrored(lambda _: owner, lambda _: None)
    mirrored.apply(CATALOGUE)
    mirrored.on_news(told.extend)
    mirrored.on_news(journal.take)
    writing = asyncio.create_task(journal.run())
    came = replace(HIGH, is_acknowledged=False, at_us=5)
    mirrored.take(CONNECTION.id, [came])
    mirrored.take(CONNECTION.id, [came])
    mirrored.take(CONNECTION.id, [replace(HIGH, user="Ann", comment="seen", at_us=9)])
    mirrored.take(CONNECTION.id, [replace(HIGH, shelved="timed", at_us=10)])
    mirrored.take(CONNECTION.id, [replace(HIGH, at_us=11)])
    mirrored.take(CONNECTION.id, [replace(HIGH, is_active=False, is_retained=False, at_us=12)])
    assert [(news.event.value, news.is_annunciated) for news in told] == [
        ("ACTIVATE", True),
        ("ACKNOWLEDGE", False),
        ("SHELVE", False),
        ("UNSHELVE", False),
        ("CLEAR", False),
    ]
    await until(lambda: events.count(AlarmFilter(0, 99)) == 5)
    newest = events.find(AlarmFilter(0, 99, user="Ann"), 1)[0]
    assert newest.record is not None
    assert (newest.event.event, newest.record.source, newest.record.text, newest.event.activated_us) == (
        "ACKNOWLEDGE",
        "Hill borehole",
        "Pump Too high",
        5,
    )
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    thread.stop()
    events._journal.close()
