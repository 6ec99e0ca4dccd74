"""One channel's messages: pace, retry, summary, and what is never sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hmi.services.notifying.delivery import DeliveryError
from hmi.services.notifying.lane import Lane
from hmi.services.notifying.pacing import MINUTE_US
from tests.conftest import Warnings
from tests.hmi.services.notifying.lane_rig import CHANNEL, Rig
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio
OF_ROW = DeliveryError("later", is_of_channel=False)
FINAL = DeliveryError("no such user", is_final=True, is_of_channel=False)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@asynccontextmanager
async def running(rig: Rig, most_tries: int = 3) -> AsyncIterator[Lane]:
    lane = Lane(CHANNEL, most_tries, rig.tools)
    task = asyncio.create_task(lane.run())
    try:
        yield lane
        assert not task.done() or task.result() is None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def after(rig: Rig, lane: Lane, us: int, condition: Callable[[], bool]) -> None:
    """Let time pass and wait for what it brings."""
    rig.now_us += us
    lane.wake()
    await until(condition)


async def test_what_waits_goes_once(rig: Rig) -> None:
    rig.put("a", "b")
    async with running(rig) as lane:
        await until(lambda: rig.states() == {"a": "sent", "b": "sent"})
        assert [each.subject for each in rig.taken] == ["a", "b"]
        assert (lane.fault, lane.sent_us) == ("", rig.now_us)
    async with running(rig) as lane:
        rig.put("c")
        lane.wake()
        await until(lambda: len(rig.taken) == 3)
    assert rig.rows()["a"].sent_us == rig.now_us


async def test_a_channel_that_is_down_holds_all_of_its_messages_and_takes_them_when_it_works(
    rig: Rig, log_warnings: Warnings
) -> None:
    rig.put("a", "b", "c")
    rig.is_down = True
    async with running(rig) as lane:
        await until(lambda: lane.fault == "The server is down.")
        await until(lambda: [row.attempts for row in rig.rows().values()] == [1, 1, 1])
        assert {row.next_us - rig.now_us for row in rig.rows().values()} == {30_000_000}
        rig.is_down = False
        rig.put("d")
        lane.wake()
        await until(lambda: len(rig.taken) == 4)  # one that is taken brings the others with it
        assert lane.fault == ""
    assert len(log_warnings.take("notification channel failed")) == 1


async def test_after_the_last_try_a_message_is_laid_aside(rig: Rig, log_warnings: Warnings) -> None:
    rig.put("a")
    rig.is_down = True
    async with running(rig, most_tries=3) as lane:
        for attempts in (1, 2, 3):
            await until(lambda attempts=attempts: rig.rows()["a"].attempts == attempts)  # type: ignore[misc]  # bound now
            rig.now_us += 3_600_000_000
            lane.wake()
        await until(lambda: rig.states() == {"a": "dead"})
        rig.is_down = False
        rig.store.retry([rig.rows()["a"].seq], rig.now_us)
        lane.wake()
        await until(lambda: rig.states() == {"a": "sent"})
    log_warnings.take("notification channel failed", "laid aside")


async def test_a_message_that_is_refused_holds_up_no_other(rig: Rig, log_warnings: Warnings) -> None:
    rig.put("a", "b", "c")
    rig.answers = [OF_ROW, FINAL, None]
    async with running(rig) as lane:
        await until(lambda: rig.states() == {"a": "waiting", "b": "dead", "c": "sent"})
        assert lane.fault == ""
        await after(rig, lane, 31_000_000, lambda: rig.states()["a"] == "sent")
    assert rig.rows()["b"].error == "no such user"
    assert log_warnings.take("laid aside")


async def test_a_bug_in_sending_is_a_failure_of_one_message(rig: Rig, log_warnings: Warnings) -> None:
    rig.put("a", "b")
    rig.answers = [ZeroDivisionError("oops"), None]
    async with running(rig):
        await until(lambda: rig.states() == {"a": "waiting", "b": "sent"})
    assert "oops" in rig.rows()["a"].error
    log_warnings.take("message could not be sent")


async def test_a_flood_is_told_in_full_and_in_few_messages(rig: Rig) -> None:
    rig.put(*(f"ana {number}" for number in range(300)), recipient="ana")
    rig.put(*(f"bo {number}" for number in range(300)), recipient="bo")
    rig.put("first", priority=1, recipient="ana")
    async with running(rig) as lane:
        await until(lambda: len(rig.taken) == 5)
        summaries = [each for each in rig.taken if each.subject.startswith("Alarm flood")]
        assert [each.recipient for each in rig.taken if each not in summaries] == ["ana"] * 3
        assert rig.taken[0].subject == "first"
        assert sorted(each.recipient for each in summaries) == ["ana", "bo"]
        assert sum(int(each.subject.split()[2]) for each in summaries) == 601 - 3
        await until(lambda: set(rig.states().values()) == {"sent", "merged"})
        rig.put("late 1", "late 2", recipient="ana")
        await after(rig, lane, MINUTE_US - 1, lambda: True)
        assert len(rig.taken) == 5
        await after(rig, lane, 2, lambda: len(rig.taken) == 7)
        assert [each.subject for each in rig.taken[5:]] == ["late 1", "late 2"]


async def test_no_minute_has_more_than_allowed_for_many_people(rig: Rig) -> None:
    for number in range(12):
        rig.put(f"{number} a", f"{number} b", recipient=f"person {number}")
    async with running(rig) as lane:
        for count in (5, 10, 12):
            await until(lambda count=count: len(rig.taken) == count)  # type: ignore[misc]  # bound now
            rig.now_us += MINUTE_US
            lane.wake()
        assert len({each.recipient for each in rig.taken}) == 12
        assert all(each.subject.startswith("Alarm flood: 2 messages") for each in rig.taken)


async def test_what_was_taken_and_could_not_be_noted_is_not_sent_again(rig: Rig) -> None:
    rig.put("a")
    async with running(rig) as lane:
        rig.refuses_writes = True
        await until(lambda: len(rig.taken) == 1 and "disk full" in lane.fault)
        for _ in range(5):
            lane.wake()
            await asyncio.sleep(0)
        assert (rig.states(), len(rig.taken)) == ({"a": "waiting"}, 1)
        rig.refuses_writes = False
        lane.wake()
        await until(lambda: rig.states() == {"a": "sent"})
        await until(lambda: lane.fault == "")
    assert len(rig.taken) == 1


async def test_one_that_is_switched_off_keeps_its_messages(rig: Rig) -> None:
    rig.put("a")
    async with running(rig) as lane:
        await until(lambda: len(rig.taken) == 1)
        lane.apply(CHANNEL.model_copy(update={"is_on": False}), 3)
        rig.put("b")
        lane.wake()
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(rig.taken) == 1
        lane.apply(CHANNEL, 3)
        await until(lambda: len(rig.taken) == 2)


async def test_the_end_waits_for_the_message_that_is_on_its_way(rig: Rig) -> None:
    began, may_end = asyncio.Event(), asyncio.Event()
    deliver = rig.deliver

    async def slowly(channel: object, message: object) -> None:
        began.set()
        await may_end.wait()
        await deliver(channel, message)  # type: ignore[arg-type]  # handed on as they came

    rig.tools = type(rig.tools)(rig.store, rig.run, slowly, rig.tell, lambda: rig.now_us, lambda: 0.5)
    rig.put("a", "b")
    async with running(rig) as lane:
        await began.wait()
        finishing = asyncio.create_task(lane.finish())
        await asyncio.sleep(0)
        assert not finishing.done()
        may_end.set()
        await finishing
        assert rig.states() == {"a": "sent", "b": "waiting"}
