"""The alarm engine with a real journal: raise, clear, acknowledge, restart."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from drivers.api import Batch, LinkState, Quality
from hmi.domain.alarms import AlarmState, Occurrence
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services.alarms import AlarmEngine
from hmi.services.journal import JournalThread
from hmi.services.live_table import LiveTable
from hmi.services.port import AlarmRow, LinkStatus, RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import AlarmEventRow, Journal
from tests.conftest import Warnings
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL, LINK_LOST, LOW_LEVEL
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


class Rig:
    """An engine over a real journal; `restart` is a new process as far as it can tell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.thread = JournalThread()

    async def start(self) -> None:
        self.journal = Journal(self.folder / "journal.db")
        self.live = LiveTable()
        self.engine = AlarmEngine(self.journal, self.thread, lambda tag: self.live.reading(tag).quality)
        await self.engine.start(CATALOGUE)

    async def stop(self) -> None:
        await self.engine.stop()
        await self.thread.run(self.journal.close)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def reading(self, value: float, quality: Quality = Quality.GOOD) -> None:
        batch = Batch.of(LEVEL, value, time.time_ns() // 1000, quality=quality)
        self.live.apply(batch)
        self.engine.process(batch)

    def link(self, state: LinkState) -> None:
        status = LinkStatus(CONNECTION.id, CONNECTION.name, CONNECTION.endpoint, state, 0)
        self.engine.link_changed(status, ())

    def only(self) -> AlarmRow:
        rows = self.engine.rows()
        assert len(rows) == 1, rows
        return rows[0]


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    await rig.start()
    yield rig
    await rig.stop()
    rig.thread.stop()


async def test_a_limit_raises_and_clears(rig: Rig) -> None:
    rig.reading(0.9)
    row = rig.only()
    assert (row.state, row.text, row.source, row.value) == (
        AlarmState.UNACK,
        "Tank level low",
        "Hill borehole",
        0.9,
    )
    assert (row.consequence, row.action) == ("Dry taps.", "Start.")
    rig.reading(1.1)
    assert rig.only().state is AlarmState.UNACK, "back by less than the deadband"
    rig.reading(1.3)
    assert rig.only().state is AlarmState.RTNUN, "gone but nobody saw it: it stays"


async def test_an_acknowledged_active_alarm_stays_and_goes_with_its_cause(rig: Rig) -> None:
    rig.reading(0.9)
    assert await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "seen") == 1
    assert (rig.only().state, rig.only().acknowledged_by) == (AlarmState.ACKED, "Demo operator")
    rig.reading(2.0)
    assert rig.engine.rows() == ()


async def test_an_acknowledgement_is_in_the_journal_when_it_is_answered(rig: Rig) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "on my way")
    other = Journal(rig.folder / "journal.db")
    rows = other.acknowledgements(str(occurrence.alarm_id), occurrence.activated_us)
    other.close()
    assert [(row.user, row.comment, row.state) for row in rows] == [("Demo operator", "on my way", "ACKED")]


async def test_states_survive_a_restart(rig: Rig) -> None:
    rig.reading(0.9)
    unacknowledged = rig.only()
    await rig.restart()
    assert (rig.only().state, rig.only().occurrence) == (AlarmState.UNACK, unacknowledged.occurrence)
    await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "")
    acknowledged = rig.only()
    await rig.restart()
    assert rig.only() == acknowledged
    rig.reading(0.8)
    assert rig.only().occurrence == acknowledged.occurrence, "still the same occurrence"
    rig.reading(2.0)
    await rig.restart()
    assert rig.engine.rows() == ()


async def test_an_old_occurrence_cannot_be_acknowledged(rig: Rig) -> None:
    rig.reading(0.9)
    with pytest.raises(RefusedError, match="come anew"):
        await rig.engine.acknowledge([Occurrence(LOW_LEVEL.id, 1)], DEMO_OPERATOR, "")
    with pytest.raises(RefusedError, match="come anew"):
        await rig.engine.acknowledge([Occurrence(uuid4(), 1)], DEMO_OPERATOR, "")
    with pytest.raises(RefusedError, match="No alarm was selected"):
        await rig.engine.acknowledge([], DEMO_OPERATOR, "")
    assert rig.only().state is AlarmState.UNACK


async def test_acknowledging_twice_is_refused(rig: Rig) -> None:
    rig.reading(0.9)
    await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "")
    with pytest.raises(RefusedError, match="already acknowledged"):
        await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "")


async def test_an_acknowledgement_that_the_disk_refuses_is_refused(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    await until(rig.engine._queue.empty)
    real = rig.journal.append_alarm_events

    def full(_rows: list[AlarmEventRow]) -> None:
        raise StorageError("The journal cannot be written: disk full.")

    monkeypatch.setattr(rig.journal, "append_alarm_events", full)
    with pytest.raises(RefusedError, match="disk full"):
        await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "")
    assert rig.only().state is AlarmState.UNACK
    monkeypatch.setattr(rig.journal, "append_alarm_events", real)
    log_warnings.take("journal")


async def test_a_lost_link_is_one_alarm_and_goes_with_the_link(rig: Rig) -> None:
    rig.link(LinkState.CONNECTING)
    rig.link(LinkState.DOWN)
    rig.link(LinkState.CONNECTING)
    await until(lambda: bool(rig.engine.rows()))
    assert (rig.only().text, rig.only().source, rig.only().occurrence.alarm_id) == (
        "Link lost",
        "North server",
        LINK_LOST.id,
    )
    rig.link(LinkState.UP)
    assert rig.only().state is AlarmState.RTNUN


async def test_bad_quality_neither_clears_nor_hides_and_is_marked(rig: Rig) -> None:
    rig.reading(0.9)
    rig.reading(2.0, Quality.NOT_CONNECTED)
    await until(lambda: not rig.only().is_value_trusted)
    assert rig.only().state is AlarmState.UNACK
    rig.reading(0.7)
    await until(lambda: rig.only().is_value_trusted)


async def test_an_edited_limit_is_judged_anew_and_a_deleted_one_goes(rig: Rig) -> None:
    rig.reading(0.9)
    lower = replace(CATALOGUE, alarms=(replace(LOW_LEVEL, limit=0.5),))
    await rig.engine.apply(lower)
    assert rig.only().state is AlarmState.UNACK, "an edit never resets silently"
    rig.reading(0.9)
    assert rig.only().state is AlarmState.RTNUN
    await rig.engine.apply(replace(CATALOGUE, alarms=()))
    assert rig.engine.rows() == ()


async def test_worst_and_newest_come_first(rig: Rig) -> None:
    rig.link(LinkState.DOWN)
    await until(lambda: bool(rig.engine.rows()))
    rig.reading(0.9)
    first = rig.engine.rows()[0]
    assert first.text == "Tank level low", "the newer of two equals comes first"
    await rig.engine.acknowledge([first.occurrence], DEMO_OPERATOR, "")
    assert [row.text for row in rig.engine.rows()] == ["Link lost", "Tank level low"]
