from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.services.audit import trail as trail_module
from hmi.services.audit.trail import AuditTrail
from hmi.services.database_thread import DatabaseThread
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import Method
from hmi.storage.journal.audit_spool import Spool
from hmi.storage.journal.journal import Journal
from tests.conftest import Warnings
from tests.support.audit import INSTALLATION, KEYED, check, facts, rows_of
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@dataclass
class Rig:
    trail: AuditTrail
    journal: Journal
    thread: DatabaseThread
    path: Path

    def refuse(self, is_refused: bool = True) -> None:
        """Have the journal take no row, as on a disk that has become read-only."""
        self.journal.connection.execute(f"PRAGMA query_only = {int(is_refused)}")

    def targets(self) -> list[str]:
        return [row["target"] for row in rows_of(self.path)]


@asynccontextmanager
async def rig(folder: Path, method: Method = KEYED) -> AsyncIterator[Rig]:
    thread = DatabaseThread()
    journal = await thread.run(Journal, folder / "journal.db")
    trail = AuditTrail(journal, thread, folder / "audit.spool", INSTALLATION)
    await trail.start()
    await trail.use(method)
    try:
        yield Rig(trail, journal, thread, folder / "journal.db")
    finally:
        await trail.stop()
        await thread.run(journal.close)
        await asyncio.to_thread(thread.stop)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_module, "RETRY_S", 0.02)


def entry(target: str) -> AuditEntry:
    return AuditEntry(AuditAction.ALARM, "Ann", target=target)


INSERT_EVENT = """INSERT INTO command_event (at_us, command_id, control_id, station_id, name, state, value, label, user,
    detail) VALUES (?, 'c', 'k', 's', 'Pump', 'SENT', 1.0, 'Running', 'Ann', '')"""


async def test_entries_are_in_the_chain_in_order_with_what_is_committed_beside(tmp_path: Path) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("one"), entry("two"), beside=[(INSERT_EVENT, [(7,)])])
        assert found.targets() == ["The audit record begins", "one", "two"]
        assert [row.at_us for row in found.journal.open_commands()] == [7]
        await found.trail.write(beside=[(INSERT_EVENT, [(8,)])])
        assert found.trail.head.count == 3
    assert check(tmp_path / "journal.db").is_sound


async def test_who_waits_at_the_same_time_is_committed_together(tmp_path: Path) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("first"))
        commits = 0

        def count(statement: str) -> None:
            nonlocal commits
            commits += statement == "COMMIT"

        await found.thread.run(found.journal.connection.set_trace_callback, count)
        await asyncio.gather(*(found.trail.write(entry(str(each))) for each in range(100)))
        assert commits <= 2
        assert found.targets()[2:] == [str(each) for each in range(100)]
        await found.thread.run(found.journal.connection.set_trace_callback, None)


async def test_entries_wait_for_the_method_and_who_is_cancelled_has_written_all_the_same(tmp_path: Path) -> None:
    thread = DatabaseThread()
    journal = await thread.run(Journal, tmp_path / "journal.db")
    trail = AuditTrail(journal, thread, tmp_path / "audit.spool", INSTALLATION)
    await trail.start()
    waiting = asyncio.create_task(trail.write(entry("early")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await trail.use(KEYED)
    await trail.write(entry("late"))
    assert [row["target"] for row in rows_of(tmp_path / "journal.db")][1:] == ["early", "late"]
    await trail.stop()
    await thread.run(journal.close)
    await asyncio.to_thread(thread.stop)


async def test_a_statement_that_is_wrong_stops_nobody_else(tmp_path: Path, log_warnings: Warnings) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        wrong = found.trail.write(entry("wrong"), beside=[(INSERT_EVENT, [(None,)])])
        right = found.trail.write(entry("right"))
        outcomes = await asyncio.gather(wrong, right, return_exceptions=True)
        assert [type(each) for each in outcomes] == [StorageError, type(None)]
        assert found.targets()[1:] == ["before", "right"]
        assert not found.trail.is_failing
    log_warnings.take("audit statement refused")


async def test_while_the_journal_takes_nothing_entries_are_spooled_and_then_moved_in_order(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with rig(tmp_path) as found:
        said: list[str] = []
        found.trail.on_change(lambda: said.append(found.trail.note))
        await found.trail.write(entry("before"))
        found.refuse()
        await found.trail.write(entry("one"))
        await found.trail.write(entry("two"), entry("three"))
        assert (found.trail.is_failing, found.trail.is_lost) == (True, False)
        assert "3 entries wait in the emergency spool" in found.trail.note
        found.refuse(False)
        await until(lambda: not found.trail.is_failing)
        await found.trail.write(entry("after"))
        assert found.targets()[1:] == ["before", "one", "two", "three", "The audit record is written again", "after"]
        assert found.trail._keeper._spool.rows == []
        assert [row["marks"] for row in rows_of(found.path)[2:5]] == [["spooled"]] * 3
        assert said[-1] == ""
        assert any("spool" in each for each in said)
    assert check(tmp_path / "journal.db").is_sound
    log_warnings.take("audit record")


async def test_what_was_to_be_committed_beside_spooled_entries_is_made_good_and_a_wrong_one_holds_up_no_other(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        found.refuse()
        await found.trail.write(entry("one"), beside=[(INSERT_EVENT, [(7,)])])
        await found.trail.write(entry("wrong"), beside=[(INSERT_EVENT, [(None,)])])
        await found.trail.write(beside=[(INSERT_EVENT, [(8,)])])
        found.refuse(False)
        await until(lambda: not found.trail.is_failing)
        read = found.journal.connection.execute
        assert (await found.thread.run(read, "SELECT at_us FROM command_event ORDER BY seq")).fetchall() == [(7,), (8,)]
    log_warnings.take("audit record", "audit statement refused")


async def test_an_intent_that_a_killed_run_left_in_the_spool_is_known_to_have_no_outcome(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    intents = [AuditEntry(AuditAction.COMMAND_INTENT, "Ann", reference=each) for each in "ab"]
    outcome = AuditEntry(AuditAction.COMMAND_OUTCOME, "Ann", result="CONFIRMED", reference="a")
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        found.refuse()
        await found.trail.write(*intents, outcome)
        assert await found.trail.outcomes(["a", "b"], 0) == {"a": "CONFIRMED"}
        shutil.copy(tmp_path / "audit.spool", tmp_path / "kept")
        found.refuse(False)
        await until(lambda: not found.trail.is_failing)
        assert await found.trail.outcomes(["a", "b"], 0) == {"a": "CONFIRMED"}
    shutil.copy(tmp_path / "kept", tmp_path / "audit.spool")
    async with rig(tmp_path) as found:
        assert list(found.trail.unended) == ["b"]
    log_warnings.take("audit record")


async def test_a_spool_that_was_left_behind_is_moved_once_even_when_killed_between_move_and_emptying(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        found.refuse()
        await found.trail.write(entry("one"), entry("two"))
        shutil.copy(tmp_path / "audit.spool", tmp_path / "kept")
        found.refuse(False)
        await until(lambda: not found.trail.is_failing)
    shutil.copy(tmp_path / "kept", tmp_path / "audit.spool")  # as it was when the chain had committed
    async with rig(tmp_path) as found:
        await found.trail.write(entry("after"))
        targets = found.targets()
        assert [targets.count(name) for name in ("one", "two", "after")] == [1, 1, 1]
    assert check(tmp_path / "journal.db").is_sound
    log_warnings.take("audit record")


async def test_when_the_spool_is_full_too_callers_are_told_and_what_was_lost_is_counted(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        found.trail._keeper._spool._size = 1500
        found.refuse()
        await found.trail.write(entry("one"))
        with pytest.raises(StorageError, match="spool of the audit record is full"):
            await found.trail.write(entry("x" * 3000))
        assert found.trail.is_lost
        assert "kept nowhere" in found.trail.note
        await found.trail.write(beside=[(INSERT_EVENT, [(7,)])])
        assert found.trail.is_lost, "a statement without an entry says nothing of the spool"
        found.refuse(False)
        await until(lambda: not found.trail.is_failing)
        assert not found.trail.is_lost
        assert "1 entries taken from the emergency spool, 1 lost." in [row["result"] for row in rows_of(found.path)]
    log_warnings.take("audit record", "audit entries are lost")


async def test_a_journal_that_another_program_holds_does_not_hold_up_the_spool(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("before"))
        other = Journal(tmp_path / "journal.db")
        other.connection.execute("BEGIN IMMEDIATE")
        await found.thread.run(found.journal.connection.execute, "PRAGMA busy_timeout = 20")
        await found.trail.write(entry("held"))
        assert found.trail.is_failing
        async with asyncio.timeout(2):  # the retries in between do not wait for the other one
            for number in range(400):
                await found.trail.write(entry(str(number)))
        other.connection.execute("ROLLBACK")
        other.close()
        await until(lambda: not found.trail.is_failing)
        assert found.targets()[2:4] == ["held", "0"]
    log_warnings.take("audit record")


async def test_a_key_that_is_gone_is_an_alarm_and_the_chain_goes_on_with_it_when_it_is_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as found:
        await found.trail.write(entry("keyed"))
    async with rig(tmp_path, Method()) as found:
        await found.trail.write(entry("plain"))
        assert "key is not there" in found.trail.note
        assert await found.trail.known_key_id() == KEYED.key_id
        await found.trail.use(KEYED)
        assert found.trail.note == ""
        await found.trail.write(entry("keyed again"))
    verdict = check(tmp_path / "journal.db")
    assert (verdict.is_sound, verdict.plain, verdict.downgrades) == (True, 2, (3,))


def spooled(folder: Path, count: int) -> Path:
    spool = Spool(folder / "audit.spool", 20_000)
    spool.open()
    for number in range(count):
        spool.append([facts(number)], KEYED)
    spool.close()
    return folder / "audit.spool"


def reopened(folder: Path) -> Spool:
    spool = Spool(folder / "audit.spool", 20_000)
    spool.open()
    spool.close()
    return spool


async def test_the_spool_takes_its_room_beforehand_and_knows_a_torn_last_entry(tmp_path: Path) -> None:
    path = spooled(tmp_path, 5)
    assert path.stat().st_size == 20_000
    assert path.stat().st_blocks * 512 >= 20_000
    assert len(reopened(tmp_path).rows) == 5
    data = bytearray(path.read_bytes())
    torn = data.rindex(b'"target":"Pump 4') + 3
    data[torn : torn + 5] = b"\0\0\0\0\0"
    path.write_bytes(data)
    spool = reopened(tmp_path)
    assert (len(spool.rows), "torn" in spool.damage) == (4, True)


async def test_a_spool_that_somebody_altered_is_said(tmp_path: Path) -> None:
    path = spooled(tmp_path, 5)
    path.write_bytes(path.read_bytes().replace(b'"target":"Pump 2', b'"target":"Pump 9'))
    spool = reopened(tmp_path)
    assert (len(spool.rows), "altered" in spool.damage) == (2, True)


async def test_an_altered_spool_entry_whose_check_was_made_anew_is_marked_unproven(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "audit.spool")
    spool.open()
    spool.append([facts(1)], Method(b"x" * 32))
    spool.close()
    async with rig(tmp_path) as found:
        await until(lambda: "Pump 1: Level high" in found.targets())
        (row,) = [row for row in rows_of(found.path) if row["target"] == "Pump 1: Level high"]
        assert row["marks"] == ["spooled", "unproven"]
