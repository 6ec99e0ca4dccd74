"""The alarm engine with a real journal: raise, clear, acknowledge, hide, restart."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from drivers.api import LinkState, Quality
from hmi.domain.alarms import (
    AlarmEvent,
    AlarmState,
    AlarmStatus,
    AlarmType,
    Happening,
    Occurrence,
    Priority,
    step,
)
from hmi.domain.alarms.implied import discrepancy_alarm_id, quality_alarm_id, system_alarm_id
from hmi.domain.commands import CommandState
from hmi.domain.roles import DEMO_OPERATOR, MAINTENANCE, User
from hmi.services.alarms.standing import status_of
from hmi.services.port import CommandStatus, Mark, RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents
from hmi.storage.journal.journal import Journal
from tests.conftest import Warnings
from tests.support.alarm_rig import START_US, AlarmRig, S
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, PUMP, RUN, TAGS
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

HOUR = 3600.0
QUALITY = quality_alarm_id(TAGS[LEVEL].id)


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[AlarmRig]:
    rig = AlarmRig(tmp_path)
    await rig.start()
    yield rig
    await rig.stop()
    rig.thread.stop()


async def act(
    rig: AlarmRig, kind: AlarmEvent, comment: str = "why", seconds: float = 0.0, of: UUID | None = None
) -> int:
    return await rig.engine.act(kind, [of or LOW_LEVEL.id], DEMO_OPERATOR, comment, seconds)


async def test_a_limit_raises_and_clears(rig: AlarmRig) -> None:
    rig.reading(0.9)
    row = rig.only()
    assert (row.state, row.text, row.source, row.value) == (AlarmState.UNACK, "Tank level low", "Hill borehole", 0.9)
    assert (row.consequence, row.action, rig.called) == ("Dry taps.", "Start.", ["Tank level low"])
    rig.reading(1.1)
    assert rig.only().state is AlarmState.UNACK, "back by less than the deadband"
    rig.reading(1.3)
    assert rig.only().state is AlarmState.RTNUN, "gone but nobody saw it: it stays"
    assert len(rig.called) == 1, "going calls nobody"


async def test_an_acknowledged_active_alarm_stays_and_goes_with_its_cause(rig: AlarmRig) -> None:
    rig.reading(0.9)
    assert await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "seen") == 1
    row = rig.only()
    assert (row.state, row.acknowledged_by, row.comment) == (AlarmState.ACKED, "Demo operator", "seen")
    rig.reading(2.0)
    assert rig.engine.rows() == ()


async def test_an_acknowledgement_is_in_the_journal_when_it_is_answered(rig: AlarmRig) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "on my way")
    other = Journal(rig.folder / "journal.db")
    rows = AlarmEvents(other).of_occurrence(str(occurrence.alarm_id), occurrence.activated_us)
    other.close()
    told = [(row.event, row.user, row.comment, row.state) for row in rows]
    assert told == [("ACTIVATE", "", "", "UNACK"), ("ACKNOWLEDGE", "Demo operator", "on my way", "ACKED")]


async def test_states_survive_a_restart(rig: AlarmRig) -> None:
    rig.reading(0.9)
    unacknowledged = rig.only()
    await rig.restart()
    assert rig.only() == unacknowledged
    await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "")
    acknowledged = rig.only()
    await rig.restart()
    assert rig.only() == acknowledged
    rig.reading(0.8)
    assert rig.only().occurrence == acknowledged.occurrence, "still the same occurrence"
    rig.reading(2.0)
    await rig.restart()
    assert rig.engine.rows() == ()


async def test_an_old_occurrence_cannot_be_acknowledged(rig: AlarmRig) -> None:
    rig.reading(0.9)
    with pytest.raises(RefusedError, match="come anew"):
        await rig.engine.acknowledge([Occurrence(LOW_LEVEL.id, 1)], DEMO_OPERATOR, "")
    with pytest.raises(RefusedError, match="no longer there"):
        await rig.engine.acknowledge([Occurrence(uuid4(), 1)], DEMO_OPERATOR, "")
    with pytest.raises(RefusedError, match="No alarm was selected"):
        await rig.engine.acknowledge([], DEMO_OPERATOR, "")
    assert rig.only().state is AlarmState.UNACK


async def test_acknowledging_twice_is_refused_also_at_once(rig: AlarmRig) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    twice = [rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "") for _ in range(2)]
    found = await asyncio.gather(*twice, return_exceptions=True)
    assert [isinstance(each, RefusedError) for each in found] == [False, True]
    with pytest.raises(RefusedError, match="already acknowledged"):
        await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "")
    assert len(rig.events.of_occurrence(str(LOW_LEVEL.id), occurrence.activated_us)) == 2


async def test_what_the_plant_does_during_an_acknowledgement_comes_after_it(rig: AlarmRig) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    acknowledging = asyncio.create_task(rig.engine.acknowledge([occurrence], DEMO_OPERATOR, ""))
    await asyncio.sleep(0)
    rig.reading(2.0)
    await acknowledging
    assert rig.engine.rows() == ()
    await rig.stop()
    await rig.start()
    states = [row.state for row in rig.events.of_occurrence(str(LOW_LEVEL.id), occurrence.activated_us)]
    assert states == ["UNACK", "ACKED", "NORM"]


async def test_an_acknowledgement_that_the_disk_refuses_is_refused(
    rig: AlarmRig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    await until(rig.engine._writer._queue.empty)
    real = rig.events.append

    def full(_rows: object) -> None:
        raise StorageError("The journal cannot be written: disk full.")

    monkeypatch.setattr(rig.events, "append", full)
    with pytest.raises(RefusedError, match="disk full"):
        await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "")
    assert rig.shown[LOW_LEVEL.id].state is AlarmState.UNACK
    rig.reading(2.0)
    assert {row.detail for row in rig.engine.rows()} == {"", "The journal cannot be written: disk full."}
    monkeypatch.setattr(rig.events, "append", real)
    await until(lambda: not rig.shown[system_alarm_id("journal")].is_active)
    log_warnings.take("journal")


async def test_a_comment_that_is_asked_for_must_be_given(rig: AlarmRig) -> None:
    strict = replace(CATALOGUE, alarms=(replace(LOW_LEVEL, needs_comment=True),))
    await rig.engine.apply(strict)
    rig.reading(0.9)
    with pytest.raises(RefusedError, match="needs a comment"):
        await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "  ")
    assert await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "valve was shut") == 1


async def test_a_shelved_alarm_hides_and_calls_again_when_its_time_is_over(rig: AlarmRig) -> None:
    rig.reading(0.9)
    assert await act(rig, AlarmEvent.SHELVE, "pump is washed", HOUR) == 1
    row = rig.only()
    assert (row.state, row.hidden_by, row.hidden_why) == (AlarmState.SHLVD, "Demo operator", "pump is washed")
    assert row.shelved_until_us == START_US + 3600 * S
    await rig.restart()
    assert rig.only() == row
    rig.pass_time(3599)
    assert rig.only().state is AlarmState.SHLVD
    rig.pass_time(1)
    again = rig.only()
    assert (again.hidden_by, again.hidden_why) == ("", "")
    assert (again.state, again.occurrence.activated_us) == (AlarmState.UNACK, START_US + 3600 * S)
    assert rig.called == ["Tank level low"]


async def test_a_role_has_a_longest_shelving_and_so_has_a_record(rig: AlarmRig) -> None:
    rig.reading(0.9)
    with pytest.raises(RefusedError, match="480 minutes at most"):
        await act(rig, AlarmEvent.SHELVE, seconds=9 * HOUR)
    repair = User("Rita", MAINTENANCE)
    with pytest.raises(RefusedError, match="480 minutes at most"):
        await rig.engine.act(AlarmEvent.SHELVE, [LOW_LEVEL.id], repair, "why", 9 * HOUR)
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, shelve_most_s=90_000.0),)))
    assert await rig.engine.act(AlarmEvent.SHELVE, [LOW_LEVEL.id], repair, "why", 24 * HOUR) == 1
    with pytest.raises(RefusedError, match="already shelved"):
        await act(rig, AlarmEvent.SHELVE, seconds=60)
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, may_shelve=False),)))
    await act(rig, AlarmEvent.UNSHELVE)
    with pytest.raises(RefusedError, match="may not be shelved"):
        await act(rig, AlarmEvent.SHELVE, seconds=60)


async def test_what_comes_and_goes_out_of_service_is_written_and_calls_nobody(rig: AlarmRig) -> None:
    await act(rig, AlarmEvent.REMOVE, "sensor is at the workshop")
    assert (rig.only().state, rig.only().hidden_why) == (AlarmState.OOSRV, "sensor is at the workshop")
    rig.reading(0.9)
    rig.reading(2.0)
    assert (rig.only().state, rig.called) == (AlarmState.OOSRV, [])
    rig.reading(0.8)
    await act(rig, AlarmEvent.RETURN)
    assert (rig.only().state, rig.called) == (AlarmState.UNACK, ["Tank level low"])
    await rig.stop()
    await rig.start()
    told = [row.event for row in reversed(rig.events.newest(str(LOW_LEVEL.id)))]
    assert told == ["REMOVE", "ACTIVATE", "CLEAR", "ACTIVATE", "RETURN"]


async def test_a_latched_alarm_stays_until_it_is_reset(rig: AlarmRig) -> None:
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, is_latching=True),)))
    rig.reading(0.9)
    rig.reading(2.0)
    assert rig.only().state is AlarmState.LUNACK
    await rig.engine.acknowledge([rig.only().occurrence], DEMO_OPERATOR, "")
    await act(rig, AlarmEvent.RESET)
    assert rig.engine.rows() == ()


async def test_what_has_no_action_is_an_event_and_is_written_only(rig: AlarmRig) -> None:
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, action=""),)))
    rig.reading(0.9)
    assert (rig.engine.rows(), rig.called) == ((), [])
    await until(lambda: bool(rig.events.newest(str(LOW_LEVEL.id))))


async def test_logic_suppresses_and_what_is_there_when_it_ends_calls(rig: AlarmRig) -> None:
    logic = replace(LOW_LEVEL, suppression="[Pump 1 running] = 0")
    await rig.engine.apply(replace(CATALOGUE, alarms=(logic,)))
    rig.reading(0, tag=RUN)
    assert rig.only().state is AlarmState.DSUPR
    rig.reading(0.9)
    assert (rig.only().state, rig.called) == (AlarmState.DSUPR, [])
    rig.reading(1, tag=RUN)
    assert (rig.only().state, rig.called) == (AlarmState.UNACK, ["Tank level low"])


async def test_logic_that_fails_suppresses_nothing_and_is_said(rig: AlarmRig) -> None:
    rig.pass_time(61)
    logic = replace(LOW_LEVEL, suppression="1 / [Pump 1 running] > 0")
    await rig.engine.apply(replace(CATALOGUE, alarms=(logic,)))
    rig.reading(1, tag=RUN)
    assert rig.only().state is AlarmState.DSUPR
    rig.reading(0, tag=RUN)
    rig.reading(0.9)
    assert rig.shown[LOW_LEVEL.id].state is AlarmState.UNACK
    assert rig.overview.faults[0][0] == LOW_LEVEL.id
    assert rig.shown[system_alarm_id("suppression")].is_active
    rig.reading(1, tag=RUN)
    assert rig.overview.faults == ()
    assert not rig.shown[system_alarm_id("suppression")].is_active


@pytest.mark.parametrize("text", ["[Tank level] > 3", "[Nothing] = 1", "[Pump 1 running] +"])
async def test_logic_that_cannot_be_bound_suppresses_nothing(rig: AlarmRig, text: str) -> None:
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, suppression=text),)))
    rig.reading(0.9)
    assert rig.only().state is AlarmState.UNACK
    assert dict(rig.overview.faults).keys() == {LOW_LEVEL.id}


async def test_after_a_restart_what_was_suppressed_stays_until_its_logic_knows(rig: AlarmRig) -> None:
    logic = replace(CATALOGUE, alarms=(replace(LOW_LEVEL, suppression="[Pump 1 running] = 0"),))
    await rig.engine.apply(logic)
    rig.reading(0, tag=RUN)
    rig.reading(0.9)
    await rig.restart(logic)
    rig.reading(0.9)
    assert rig.only().state is AlarmState.DSUPR, "nothing is known of the pump yet"
    rig.reading(1, tag=RUN)
    assert rig.only().state is AlarmState.UNACK
    rig.reading(0, tag=RUN)
    await rig.restart(CATALOGUE)
    assert rig.only().state is AlarmState.DSUPR
    rig.pass_time(61)
    assert rig.only().state is AlarmState.UNACK, "its logic is gone"


async def test_a_lost_link_is_one_alarm_and_goes_with_the_link(rig: AlarmRig) -> None:
    rig.link(LinkState.CONNECTING)
    rig.link(LinkState.DOWN)
    rig.link(LinkState.CONNECTING)
    rig.pass_time(1)
    told = (rig.only().text, rig.only().source, rig.only().occurrence.alarm_id)
    assert told == ("Link lost", "North server", LINK_LOST.id)
    rig.link(LinkState.UP)
    assert rig.only().state is AlarmState.RTNUN


async def test_a_lost_link_suppresses_what_it_explains(rig: AlarmRig) -> None:
    rig.reading(0.9, Quality.BAD)
    rig.pass_time(6)
    assert rig.shown[QUALITY].state is AlarmState.UNACK
    rig.link(LinkState.DOWN)
    rig.pass_time(3)
    assert rig.shown[QUALITY].state is AlarmState.DSUPR
    assert rig.shown[LINK_LOST.id].state is AlarmState.UNACK
    rig.reading(0.9, Quality.NOT_CONNECTED)
    rig.link(LinkState.UP)
    assert rig.shown[QUALITY].state is AlarmState.UNACK, "the sensor is still bad"
    rig.reading(2.0)
    assert rig.shown[QUALITY].state is AlarmState.RTNUN


async def test_a_stale_alarm_that_comes_while_its_link_is_lost_is_hidden(rig: AlarmRig) -> None:
    stale = replace(LOW_LEVEL, id=uuid4(), type=AlarmType.STALE, limit=2.0, window_s=10.0)
    await rig.engine.apply(replace(CATALOGUE, alarms=(LINK_LOST, stale)))
    rig.link(LinkState.DOWN)
    rig.pass_time(5)
    rig.pass_time(30)
    assert rig.shown[stale.id].state is AlarmState.DSUPR
    assert rig.called == ["Link lost"]


async def test_a_command_that_is_not_followed_is_a_discrepancy(rig: AlarmRig) -> None:
    status = CommandStatus(
        uuid4(),
        PUMP.id,
        PUMP.station_id,
        "Pump 1",
        CommandState.MISMATCH,
        1.0,
        "Running",
        "Ann",
        1,
        "It shows Stopped.",
    )
    rig.engine.command_changed(status)
    row = rig.only()
    assert (row.id, row.text) == (discrepancy_alarm_id(PUMP.id), "Pump 1: does not follow its command")
    assert row.detail == "Running was commanded by Ann. It shows Stopped."
    rig.reading(0, tag=RUN)
    assert rig.only().is_active
    rig.reading(1, tag=RUN)
    assert not rig.only().is_active


async def test_the_programs_own_faults_are_alarms(rig: AlarmRig) -> None:
    rig.engine.report("disk", "0.4 GB are free.")
    rig.engine.report("disk", "0.3 GB are free.")
    row = rig.only()
    assert (row.source, row.text, row.priority) == ("This computer", "Disk nearly full", Priority.HIGH)
    assert row.detail.endswith("are free.")
    rig.engine.report("disk", "")
    assert rig.only().state is AlarmState.RTNUN
    rig.engine.report("clock", "")
    assert len(rig.engine.rows()) == 1


async def test_bad_quality_neither_clears_nor_hides_and_is_marked(rig: AlarmRig) -> None:
    rig.reading(0.9)
    rig.reading(2.0, Quality.NOT_CONNECTED)
    rig.pass_time(1)
    assert (rig.only().state, rig.only().is_value_trusted) == (AlarmState.UNACK, False)
    rig.reading(0.7)
    rig.pass_time(1)
    assert rig.only().is_value_trusted


async def test_an_edited_limit_is_judged_anew_and_a_deleted_one_goes(rig: AlarmRig) -> None:
    rig.reading(0.9)
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, limit=0.5),)))
    assert rig.only().state is AlarmState.RTNUN, "at once, by the value that is held; nothing is reset silently"
    await rig.engine.apply(CATALOGUE)
    assert rig.only().state is AlarmState.UNACK
    await rig.engine.apply(replace(CATALOGUE, alarms=()))
    assert rig.engine.rows() == ()


async def test_chattering_fleeting_first_out_and_a_flood_are_marked(rig: AlarmRig) -> None:
    other = replace(LOW_LEVEL, id=uuid4(), type=AlarmType.LOW_LOW, limit=0.5)
    await rig.engine.apply(replace(CATALOGUE, alarms=(LOW_LEVEL, other)))
    rig.reading(0.9)
    assert rig.only().marks == Mark(0)
    rig.pass_time(2)
    rig.reading(0.4)
    assert rig.shown[LOW_LEVEL.id].marks == Mark.FIRST_OUT
    rig.reading(2.0)
    assert Mark.FLEETING in rig.shown[LOW_LEVEL.id].marks
    for _ in range(5):
        rig.pass_time(3)
        rig.reading(0.4)
        rig.reading(2.0)
    assert Mark.CHATTERING in rig.shown[other.id].marks
    rig.pass_time(1)
    assert (rig.overview.flood_since_us > 0, rig.overview.recent) == (True, 12)
    rig.pass_time(61)
    assert Mark.CHATTERING not in rig.shown[other.id].marks
    rig.pass_time(600)
    assert (rig.overview.flood_since_us, rig.overview.recent) == (0, 0)


async def test_an_alarm_that_stands_for_a_day_is_stale(rig: AlarmRig) -> None:
    rig.reading(0.9)
    rig.pass_time(86_399)
    assert Mark.STALE not in rig.only().marks
    rig.pass_time(2)
    assert Mark.STALE in rig.only().marks


async def test_a_damaged_row_costs_its_alarm_only_the_last_word(rig: AlarmRig, log_warnings: Warnings) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    await rig.engine.acknowledge([occurrence], DEMO_OPERATOR, "")
    await rig.stop()
    journal = Journal(rig.folder / "journal.db")
    journal.connection.execute("UPDATE alarm_event SET state = 'RUBBISH' WHERE event = 'ACKNOWLEDGE'")
    AlarmEvents(journal).append([AlarmEventRow(5, "no id", 5, "ACTIVATE", "UNACK", regions=1)])
    journal.connection.execute("UPDATE alarm_event SET regions = 'x' WHERE alarm_id = 'no id'")
    journal.close()
    await rig.start()
    assert rig.only().state is AlarmState.UNACK
    assert "2 alarms have damaged rows" in rig.notices[0]
    log_warnings.take("damaged rows")


async def test_the_journal_replayed_from_nothing_gives_the_same_states(rig: AlarmRig) -> None:
    """A day of everything at random, then every row through the machine again."""
    latching = replace(LOW_LEVEL, id=uuid4(), type=AlarmType.LOW_LOW, limit=0.5, is_latching=True)
    easy = replace(LOW_LEVEL, id=uuid4(), type=AlarmType.HIGH, limit=3.0, needs_acknowledgement=False)
    logic = replace(LOW_LEVEL, suppression="[Pump 1 running] = 0")
    catalogue = replace(CATALOGUE, alarms=(logic, latching, easy))
    await rig.engine.apply(catalogue)
    dice = random.Random(5)
    kinds = [
        AlarmEvent.RESET,
        AlarmEvent.SHELVE,
        AlarmEvent.ONE_SHOT,
        AlarmEvent.UNSHELVE,
        AlarmEvent.REMOVE,
        AlarmEvent.RETURN,
    ]
    for _ in range(400):
        rig.pass_time(dice.choice([1, 20, 900]))
        rig.reading(dice.choice([0.1, 0.9, 2.0, 4.0]))
        rig.reading(dice.choice([0, 1]), tag=RUN)
        alarm = dice.choice(catalogue.alarms)
        row = rig.shown.get(alarm.id)
        try:
            if dice.random() < 0.5 and row is not None:
                await rig.engine.acknowledge([row.occurrence], DEMO_OPERATOR, "")
            else:
                await act(rig, dice.choice(kinds), seconds=dice.choice([0, 600]), of=alarm.id)
        except RefusedError:
            pass
    standing = {each.definition.id: each.status for each in rig.engine._standing}
    await rig.restart(catalogue)
    traits = {str(each.id): each.traits for each in catalogue.every_alarm}
    replayed: dict[str, AlarmStatus] = {}
    for told in rig.events.all_rows():
        happening = Happening(AlarmEvent(told.event), told.at_us, told.activated_us, told.until_us)
        before = replayed.get(told.alarm_id, AlarmStatus())
        taken = step(before, happening, traits[told.alarm_id])
        assert taken.status == status_of(told), told
        assert taken.status != before, "a row is a change"
        replayed[told.alarm_id] = taken.status
    found = {UUID(key): status for key, status in replayed.items()}
    assert found == {key: status for key, status in standing.items() if key in found}
    assert {each.definition.id: each.status for each in rig.engine._standing}.items() <= found.items()


async def test_an_alarm_that_was_deleted_and_comes_back_is_as_it_was(rig: AlarmRig) -> None:
    await act(rig, AlarmEvent.REMOVE, "workshop")
    await rig.engine.apply(replace(CATALOGUE, alarms=()))
    assert rig.engine.rows() == ()
    await rig.engine.apply(CATALOGUE)
    before = rig.only()
    assert before.state is AlarmState.OOSRV
    await rig.restart()
    assert rig.only() == before


async def test_a_discrepancy_and_what_was_found_survive_a_restart(rig: AlarmRig) -> None:
    status = CommandStatus(
        uuid4(), PUMP.id, PUMP.station_id, "Pump 1", CommandState.MISMATCH, 1.0, "Running", "Ann", 1, "It stands."
    )
    rig.engine.command_changed(status)
    rig.engine.report("disk", "0.4 GB are free.")
    before = rig.shown
    await rig.restart()
    assert {row.id: row for row in rig.engine.rows()} == before
    rig.reading(1, tag=RUN)
    assert not rig.shown[discrepancy_alarm_id(PUMP.id)].is_active


async def test_logic_that_is_wrong_at_the_start_is_an_alarm_once_things_have_settled(rig: AlarmRig) -> None:
    await rig.restart(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, suppression="[Gone] = 1"),)))
    rig.pass_time(59)
    assert rig.engine.rows() == ()
    rig.pass_time(2)
    assert rig.only().text == "Suppression logic has an error"


async def test_a_lost_link_does_not_bring_up_what_is_suppressed(rig: AlarmRig) -> None:
    rig.pass_time(61)
    await rig.engine.apply(
        replace(CATALOGUE, alarms=(LINK_LOST, replace(LOW_LEVEL, suppression="[Pump 1 running] = 0")))
    )
    rig.reading(0, tag=RUN)
    rig.reading(0.9)
    rig.link(LinkState.DOWN)
    rig.reading(0, Quality.NOT_CONNECTED, tag=RUN)
    rig.pass_time(3)
    assert rig.called == ["Link lost"]
    rig.reading(0, Quality.BAD, tag=RUN)
    assert rig.shown[LOW_LEVEL.id].state is AlarmState.UNACK, "a bad sensor hides nothing"


async def test_who_goes_away_in_the_middle_leaves_list_and_journal_at_one(rig: AlarmRig) -> None:
    rig.reading(0.9)
    occurrence = rig.only().occurrence
    acknowledging = asyncio.create_task(rig.engine.acknowledge([occurrence], DEMO_OPERATOR, ""))
    await asyncio.sleep(0)
    acknowledging.cancel()
    await asyncio.gather(acknowledging, return_exceptions=True)
    await until(lambda: rig.only().state is AlarmState.ACKED)
    await rig.restart()
    assert rig.only().state is AlarmState.ACKED


async def test_a_clock_that_jumps_makes_nothing_stale_and_ends_a_flood(rig: AlarmRig) -> None:
    stale = replace(LOW_LEVEL, id=uuid4(), type=AlarmType.STALE, limit=3.0, window_s=10.0)
    await rig.engine.apply(replace(CATALOGUE, alarms=(stale, replace(LOW_LEVEL, on_delay_s=20.0))))
    rig.reading(0.9)
    rig.pass_time(5)
    rig.jumped_us += 3600 * S
    rig.pass_time(3600)
    assert rig.engine.rows() == ()
    rig.pass_time(14)
    assert rig.engine.rows() == (), "fifteen of twenty seconds have passed"
    rig.pass_time(2)
    assert rig.only().text == "Tank level low"


async def test_a_journal_whose_pages_are_damaged_is_said_and_alarms_go_on(
    rig: AlarmRig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.reading(0.9)
    await rig.stop()
    path = rig.folder / "journal.db"
    journal = Journal(path)
    journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = journal.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'alarm_event'").fetchone()[0]
    journal.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\x77" * 4096
    path.write_bytes(data)
    await rig.start()
    assert "not known; look at the plant" in rig.notices[0]
    rig.reading(0.9)
    assert rig.shown[LOW_LEVEL.id].state is AlarmState.UNACK
    await until(lambda: bool(rig.engine.journal_note))
    monkeypatch.setattr(rig.events, "append", lambda _rows: None)  # else the end waits for a disk that never comes
    await until(lambda: not rig.engine.journal_note)
    log_warnings.take("not taken up", "refuses")


async def test_a_restart_while_a_link_is_down_calls_for_nothing_that_the_link_explains(rig: AlarmRig) -> None:
    rig.reading(0.9, Quality.BAD)
    rig.pass_time(6)
    rig.link(LinkState.DOWN)
    rig.pass_time(3)
    await rig.restart()
    rig.link(LinkState.DOWN)
    rig.pass_time(3)
    rig.pass_time(90)
    assert rig.shown[QUALITY].state is AlarmState.DSUPR
    assert rig.called == []


async def test_a_system_alarm_says_how_it_stands_now(rig: AlarmRig) -> None:
    rig.engine.report("disk", "0.9 GB are free.")
    rig.engine.report("disk", "0.1 GB are free.")
    assert rig.only().detail == "0.1 GB are free."
    assert len(rig.called) == 1


async def test_what_stood_and_left_by_an_edit_is_said(rig: AlarmRig) -> None:
    rig.reading(0.9)
    await rig.engine.apply(replace(CATALOGUE, alarms=(replace(LOW_LEVEL, action=""),)))
    assert rig.engine.rows() == ()
    assert rig.notices == ["1 alarms that stood have left the lists: their records were changed."]
