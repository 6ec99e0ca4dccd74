"""The record of a running program: what it holds, how it is checked, kept, exported and cut."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.backends import fail

from hmi.config.audit_settings import AuditSettings
from hmi.config.sound_settings import SoundSettings
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.roles import ADMIN, LOCAL_ADMIN, MAINTENANCE, OPERATOR, User
from hmi.services import port
from hmi.services.audit.anchors import FolderAnchor, KeptHead
from hmi.services.audit.retaining import Retained, retain
from hmi.services.audit.trail import Clocks
from hmi.services.services import Services
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_lines import verify_lines
from tests.conftest import Warnings
from tests.support.archives import running_services
from tests.support.audit import check, rows_of
from tests.support.keyrings import as_keyring
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

EVER = port.AuditQuestion(0, 10**17)
YEAR_US = round(365.25 * 86_400e6)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Have the record do without a key: rows are looked at here by whoever has none."""
    with as_keyring(fail.Keyring(), is_allowed=False):  # type: ignore[no-untyped-call]  # keyring has no types here
        yield


async def checked(services: Services) -> port.AuditCheck:
    await until(lambda: services.audit.checking.check.at_us > 0 and services.audit.checking.check.job is None)
    return services.audit.checking.check


def targets(folder: Path) -> list[str]:
    return [row["target"] for row in rows_of(folder / "journal.db")]


async def test_a_run_leaves_its_beginning_its_changes_and_its_end(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await services.handle(port.SaveSoundSettings(SoundSettings(volume=44)))
        with pytest.raises(port.RefusedError):
            await services.handle(port.TestSound(1))  # type: ignore[arg-type]  # refused before it is looked at
        await checked(services)
        (row,) = [row for row in rows_of(tmp_path / "journal.db") if row["target"] == "alarm sound"]
        assert (row["action"], row["user"], row["result"]) == ("configuration", LOCAL_ADMIN.name, "done")
    found = targets(tmp_path)
    assert (found[0], found[-1]) == ("The audit record begins", "The program ended")
    assert "The program began" in found
    assert list((tmp_path / "audit_anchors").rglob("*.json"))
    assert check(tmp_path / "journal.db").is_sound


async def test_what_was_refused_is_written_down_with_the_reason(tmp_path: Path) -> None:
    async with running_services(tmp_path, User("Olga", OPERATOR)) as services:
        with pytest.raises(port.RefusedError):
            await services.handle(port.SaveSoundSettings(SoundSettings()))
    (row,) = [row for row in rows_of(tmp_path / "journal.db") if row["target"] == "alarm sound"]
    assert (row["user"], row["role"]) == ("Olga", "operator")
    assert row["result"].startswith("refused: Olga may not")


async def test_a_run_that_was_killed_is_told_by_the_next(tmp_path: Path) -> None:
    async with running_services(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")  # the end was never written
    connection.commit()
    connection.close()
    for path in (tmp_path / "audit_anchors").rglob("*.json"):
        path.unlink()
    async with running_services(tmp_path) as services:
        await checked(services)
    assert targets(tmp_path).count("The last run did not end by itself") == 1
    async with running_services(tmp_path) as services:
        await checked(services)
    assert targets(tmp_path).count("The last run did not end by itself") == 1


async def test_a_tail_that_was_cut_off_while_the_program_was_off_raises_the_alarm(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("DELETE FROM audit WHERE seq > 2")
    connection.commit()
    connection.close()
    async with running_services(tmp_path) as services:
        found = await checked(services)
        assert (found.is_sound, found.seq > 0) == (False, True)
        await until(lambda: any("check" in row.text for row in services.alarms.rows()))
        assert any("Row" in row.detail for row in services.alarms.rows())
        (state,) = [await services.handle(port.ReadAuditState())]
        assert state.check.result == found.result
        assert any(row["result"] == found.result for row in rows_of(tmp_path / "journal.db"))
    log_warnings.take("audit")


async def test_a_record_that_fails_its_check_is_set_aside_by_an_admin_who_says_why(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
        with pytest.raises(port.RefusedError, match="no reason"):
            await services.handle(port.BeginAuditAnew("just so"))
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("DELETE FROM audit WHERE seq > 2")
    connection.commit()
    connection.close()
    async with running_services(tmp_path, User("Maria", ADMIN)) as services:
        found = await checked(services)
        with pytest.raises(port.RefusedError, match="Say why"):
            await services.handle(port.BeginAuditAnew(" "))
        await services.handle(port.BeginAuditAnew("The disk was exchanged"))
        assert (await checked(services)).is_sound
        (row,) = [row for row in rows_of(tmp_path / "journal.db") if row["target"] == "The record before was set aside"]
        assert (row["result"], "audit_1" in row["old"]) == (found.result, True)
        (row,) = [row for row in rows_of(tmp_path / "journal.db") if row["target"] == "Another audit record begins"]
        assert (row["user"], row["reason"]) == ("Maria", "The disk was exchanged")
        kept = services.journal.connection.execute("SELECT count(*) FROM audit_1").fetchone()
        assert kept[0] > 2
    async with running_services(tmp_path) as services:
        assert (await checked(services)).is_sound
    log_warnings.take("audit")


async def test_who_may_not_verify_sees_nothing_of_it(tmp_path: Path) -> None:
    async with running_services(tmp_path, User("Olga", OPERATOR)) as services:
        for request in (port.ReadAudit(EVER), port.ReadAuditState(), port.VerifyAudit(), port.KeepAuditHead()):
            with pytest.raises(port.RefusedError, match="may not"):
                await services.handle(request)
    async with running_services(tmp_path, User("Max", MAINTENANCE)) as services:
        assert (await services.handle(port.ReadAudit(EVER))).rows
        with pytest.raises(port.RefusedError, match="may not"):
            await services.handle(port.SaveAuditSettings(AuditSettings(keep_years=1), AuditSettings()))


async def test_pages_go_back_and_forth_and_filters_hold(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
        entries = [
            AuditEntry(AuditAction.ALARM, f"Ann {n % 2}", target=f"Püm {n}", station=f"S{n % 3}", result="done")
            for n in range(450)
        ]
        await services.audit.trail.write(*entries)
        question = port.AuditQuestion(0, 10**17, actions=(AuditAction.ALARM,))
        first = await services.handle(port.ReadAudit(question))
        assert (len(first.rows), first.total, first.has_older, first.has_newer) == (200, 450, True, False)
        assert first.rows[0].target == "Püm 449"
        last = first.rows[-1]
        second = await services.handle(port.ReadAudit(question, before=(last.at_us, last.seq)))
        assert (second.rows[0].seq, second.has_newer) == (last.seq - 1, True)
        above = second.rows[0]
        again = await services.handle(port.ReadAudit(question, after=(above.at_us, above.seq)))
        assert [row.seq for row in again.rows] == [row.seq for row in first.rows]
        found = await services.handle(
            port.ReadAudit(port.AuditQuestion(0, 10**17, users=("Ann 1",), stations=("S2",), text="PÜM 44"))
        )
        assert found.rows
        assert all(
            row.user == "Ann 1" and row.station == "S2" and "Püm" in row.target and "44" in row.target
            for row in found.rows
        )
        assert not (await services.handle(port.ReadAudit(port.AuditQuestion(0, 10**17, result="refused")))).rows
        assert "Ann 0" in found.users
        assert dict(found.rows[0].facts)["workstation"]


async def test_what_is_asked_for_is_exported_with_the_head(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await services.audit.trail.write(AuditEntry(AuditAction.ALARM, "Ann", target="=1+1", result="done"))
        for name in ("rows.csv", "rows.jsonl"):
            job = await services.handle(port.ExportAudit(EVER, tmp_path / name))
            await services.jobs.wait(job)
        head = services.audit.trail.head
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["seq", "time_utc", "action"]
    assert any("'=1+1" in row for row in rows)  # no formula
    assert rows[-2][0] == "# head"
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"is_whole": false' in lines[-1]
    assert int(lines[-1].partition('"count": ')[2].partition(",")[0]) <= head.count


async def test_settings_are_kept_and_a_stale_form_is_refused(tmp_path: Path) -> None:
    second = tmp_path / "worm"
    second.mkdir()
    wanted = AuditSettings(folder=str(second))
    async with running_services(tmp_path / "profile", User("Maria", ADMIN)) as services:
        await services.handle(port.SaveAuditSettings(wanted, AuditSettings()))
        assert list(second.rglob("*.json"))
        with pytest.raises(port.RefusedError, match="meanwhile"):
            await services.handle(port.SaveAuditSettings(AuditSettings(), AuditSettings()))
        with pytest.raises(port.RefusedError, match="no folder"):
            await services.handle(port.SaveAuditSettings(AuditSettings(folder=str(tmp_path / "gone")), wanted))
    async with running_services(tmp_path / "profile") as services:
        assert services.audit.settings == wanted


async def test_old_rows_are_exported_read_back_and_cut_and_the_rest_is_sound(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
        trail, now = services.audit.trail, services.audit.trail._clocks.wall_us
        trail._clocks = Clocks(wall_us=lambda: now() - 3 * YEAR_US)
        await trail.write(*(AuditEntry(AuditAction.ALARM, "Ann", target=f"old {n}") for n in range(30)))
        trail._clocks = Clocks()
        await trail.write(AuditEntry(AuditAction.ALARM, "Ann", target="new"))
        retained = Retained(
            tmp_path / "journal.db", tmp_path / "archive", lambda: "i" * 36, lambda: b"", Clocks().wall_us
        )
        assert await retain(trail, retained, 0) == 0
        assert await retain(trail, retained, 5) == 0
        before = rows_of(tmp_path / "journal.db")
        first_new = next(number for number, row in enumerate(before) if row["target"] == "old 0")
        assert first_new > 0  # newer rows stand before them: nothing behind those is cut
        assert await retain(trail, retained, 2) == 0
        connection = services.journal.connection
        connection.execute("DELETE FROM audit WHERE seq <= ?", (first_new,))
        assert await retain(trail, retained, 2) == 30
        (path,) = (tmp_path / "archive").glob("*.jsonl")
        assert verify_lines(path, {}).rows == 30
        assert [row["target"] for row in rows_of(tmp_path / "journal.db")] == [
            "new",
            "Old rows of the audit record removed",
        ]
        verdict = check(tmp_path / "journal.db", running=trail.head)
        assert (verdict.finding, verdict.rows) == (None, 2)


async def test_an_export_that_was_altered_is_found(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
        await services.audit._daily.turn(AuditSettings(), tmp_path / "audit_anchors")
        await services.audit._daily.turn(AuditSettings(), tmp_path / "audit_anchors")
    (path,) = (tmp_path / "audit_anchors" / "exports").glob("*.jsonl")
    text = path.read_text(encoding="utf-8")
    assert verify_lines(path, {}).finding is None
    lines = text.splitlines(keepends=True)
    for bent, words in (
        (text.replace("began", "begun"), "do not belong together"),
        ("".join(lines[:1] + lines[2:]), "missing"),
        ("".join(lines[:-2] + lines[-1:]), "not whole"),
        ("".join(lines[:-1]), "not whole"),
    ):
        (tmp_path / "bent.jsonl").write_text(bent, encoding="utf-8")
        finding = verify_lines(tmp_path / "bent.jsonl", {}).finding
        assert finding is not None
        assert words in finding.what
    (tmp_path / "bent.jsonl").write_text("nothing", encoding="utf-8")
    with pytest.raises(StorageError, match="no export"):
        verify_lines(tmp_path / "bent.jsonl", {})


async def test_old_heads_go_beside_the_journal_and_never_where_an_administrator_had_them_kept(tmp_path: Path) -> None:
    second, beside = tmp_path / "worm", tmp_path / "profile" / "audit_anchors"
    async with running_services(tmp_path / "profile") as services:
        await checked(services)
        daily, of = services.audit._daily, services.audit.record
        for folder in (second, beside):
            anchor = FolderAnchor(folder, of, "", "")
            for count in (1, 2):
                await anchor.put(KeptHead(of, count, "ab" * 32, 1_577_880_000_000_000 + count))
        services.audit.checking.check = replace(services.audit.checking.check, seq=1, result="bent")
        await daily.turn(AuditSettings(folder=str(second)), beside)
        assert len(list(beside.glob("2020-01/*"))) == 2, "of a bent record nothing goes"
        services.audit.checking.check = replace(services.audit.checking.check, seq=0)
        await daily.turn(AuditSettings(folder=str(second)), beside)
        assert (len(list(beside.glob("2020-01/*"))), len(list(second.glob("2020-01/*")))) == (1, 2)


async def test_while_the_record_is_lost_nothing_is_configured_but_alarms_are_acknowledged(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with running_services(tmp_path) as services:
        await checked(services)
        trail = services.audit.trail
        trail._keeper._spool._size = 10
        trail._keeper._spool._end = 10
        await services.journal_thread.run(services.journal.connection.execute, "PRAGMA query_only = 1")
        with pytest.raises(StorageError):
            await trail.write(AuditEntry(AuditAction.ALARM, "Ann"))
        with pytest.raises(port.RefusedError, match="kept nowhere"):
            await services.handle(port.SaveSoundSettings(SoundSettings(volume=12)))
        assert services.audit._accompanying.unrecorded == 0
        with pytest.raises(port.RefusedError, match="No alarm was selected"):  # by the alarms, not for the record
            await services.handle(port.Acknowledge(()))
        await until(lambda: any("Audit record is not kept" in row.text for row in services.alarms.rows()))
        await services.journal_thread.run(services.journal.connection.execute, "PRAGMA query_only = 0")
        await until(lambda: not trail.is_failing)
    log_warnings.take("audit", "journal")


async def test_a_substitution_whose_entry_is_lost_stands_and_is_not_told_as_refused(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with running_services(tmp_path, User("Rita", MAINTENANCE)) as services:
        await checked(services)
        trail, tag = services.audit.trail, next(tag for tag in services._catalogue.tags if tag.key == "Tank level")
        trail._keeper._spool._size = 10
        await services.journal_thread.run(services.journal.connection.execute, "PRAGMA query_only = 1")
        assert not trail.is_lost
        await services.handle(port.SubstituteValue(tag.id, "2.5", "Sensor iced up", 600.0))
        assert [each.tag_id for each in services.upkeep.substituting.standing()] == [tag.id]
        assert services.control.recording.unrecorded == 1
        with pytest.raises(port.RefusedError, match="kept nowhere"):
            await services.handle(port.SubstituteValue(tag.id, "2.6", "Sensor iced up", 600.0))
        await services.handle(port.EndSubstitution(tag.id))
        assert services.upkeep.substituting.standing() == ()
        await services.journal_thread.run(services.journal.connection.execute, "PRAGMA query_only = 0")
        await until(lambda: not trail.is_failing)
    log_warnings.take("audit", "journal")


async def test_jumps_of_the_clock_are_entries(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        life = services.audit._life
        life._offset_us -= 60_000_000
        await life.look()
        await life.look()
    (row,) = [row for row in rows_of(tmp_path / "journal.db") if row["target"] == "The clock jumped"]
    assert row["new"] == "forward by 60 s"
