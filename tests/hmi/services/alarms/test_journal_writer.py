"""Rows on their way into the journal: their order, a plant that does not rest, a disk that refuses or hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.services.alarms import journal_writer
from hmi.services.alarms.journal_writer import JournalWriter
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents
from hmi.storage.journal.journal import Journal
from tests.conftest import Warnings
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


def row(number: int, user: str = "") -> AlarmEventRow:
    return AlarmEventRow(number, "a", 1, "ACTIVATE", "UNACK", user=user, regions=1)


class Disk(AlarmEvents):
    """A journal whose disk can be full, or hang until it is let go."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.is_full = False
        self.may_go = threading.Event()
        self.may_go.set()

    def append(self, rows: Sequence[AlarmEventRow]) -> None:
        self.may_go.wait(10)
        if self.is_full:
            raise StorageError("The journal cannot be written: disk full.")
        super().append(rows)

    def order(self) -> list[int]:
        return [each.at_us for each in self.all_rows()]


class Rig:
    def __init__(self, folder: Path) -> None:
        self.thread = DatabaseThread()
        self.journal = Journal(folder / "journal.db")
        self.disk = Disk(self.journal)
        self.told: list[str] = []
        self.writer = JournalWriter(self.disk, self.thread, self.told.append)


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    running = asyncio.create_task(rig.writer.run())
    yield rig
    rig.disk.may_go.set()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    rig.thread.stop()
    rig.journal.close()


async def test_rows_stand_in_the_order_in_which_things_happened(rig: Rig) -> None:
    rig.writer.add(row(1))
    committing = asyncio.create_task(rig.writer.commit([row(2, "Ann"), row(3, "Ann")]))
    await asyncio.sleep(0)
    rig.writer.add(row(4))
    await committing
    await rig.writer.drain()
    assert rig.disk.order() == [1, 2, 3, 4]


async def test_a_plant_that_does_not_rest_keeps_nobody_waiting(rig: Rig) -> None:
    number, is_done = 0, False

    async def plant() -> None:
        nonlocal number
        while not is_done:
            number += 1
            rig.writer.add(row(number))
            await asyncio.sleep(0)

    working = asyncio.create_task(plant())
    await until(lambda: number > 200)
    await asyncio.wait_for(rig.writer.commit([row(-1, "Ann")]), 2)
    is_done = True
    await working


async def test_a_full_disk_refuses_the_person_at_once_and_keeps_what_the_plant_did(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_writer, "AGAIN_S", 0.01)
    rig.disk.is_full = True
    rig.writer.add(row(1))
    with pytest.raises(RefusedError, match="disk full"):
        await rig.writer.commit([row(2, "Ann")])
    with pytest.raises(RefusedError, match="disk full"):
        await rig.writer.commit([row(3, "Ann")])
    assert set(rig.told) == {"The journal cannot be written: disk full."}
    rig.disk.is_full = False
    await until(lambda: rig.told[-1] == "")
    assert (rig.disk.order(), rig.writer.note) == ([1], "")
    log_warnings.take("refuses")


async def test_a_disk_that_hangs_refuses_who_waits_and_answers_who_is_being_written(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_writer, "WAIT_S", 0.05)
    rig.disk.may_go.clear()
    begun = asyncio.create_task(rig.writer.commit([row(1, "Ann")]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(RefusedError, match="busy"):
        await rig.writer.commit([row(2, "Bo")])
    assert not begun.done(), "the disk has it: nobody can take it back"
    rig.disk.may_go.set()
    await begun
    await rig.writer.drain()
    assert rig.disk.order() == [1], "what was refused is not written later"


async def test_rows_beyond_a_bound_are_counted(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_writer, "WAITING_ROWS", 2)
    rig.disk.may_go.clear()
    for number in range(5):
        rig.writer.add(row(number))
    assert rig.writer.lost == 3


async def test_a_row_that_can_never_be_written_stops_no_other(rig: Rig, log_warnings: Warnings) -> None:
    rig.disk.may_go.clear()
    rig.writer.add(row(1))
    await asyncio.sleep(0)
    rig.writer.add(row(2))
    rig.writer.add(row(3)._replace(comment="\ud83d"))
    rig.writer.add(row(4))
    rig.disk.may_go.set()
    await rig.writer.drain()
    assert (rig.disk.order(), rig.writer.lost) == ([1, 2, 4], 1)
    log_warnings.take("cannot be written")
