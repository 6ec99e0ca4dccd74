from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from hmi.config.audit_settings import AuditSettings
from hmi.domain.audit import AuditAction
from hmi.domain.roles import ADMIN, MAINTENANCE, OPERATOR, User
from hmi.panes.audit.presenter import AuditPresenter
from hmi.panes.audit.words import ACTIONS, FIELDS, PROOFS, action_text, age_text, anchor_text, detail_rows
from hmi.services import port
from hmi.services.port import (
    AnchorState,
    AuditCheck,
    AuditPage,
    AuditProof,
    AuditRecord,
    AuditState,
    Frame,
    JobState,
    JobStatus,
)
from tests.support.audit import facts
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant

pytestmark = pytest.mark.asyncio

NOW_US = 1_800_000_000_000_000
MINUTE_US = 60_000_000
PLACE = AnchorState("the folder", "something", NOW_US - 5 * MINUTE_US, 40)
STATE = AuditState(count=42, first=1, head="ab" * 32, proof=AuditProof.KEYED, anchors=(PLACE,))


def record(seq: int) -> AuditRecord:
    said = facts(seq)
    own = {name: str(said[name]) for name in ("action", "user", "role", "target", "station", "old", "new", "reason")}
    everything = tuple((name, str(value)) for name, value in said.items())
    return AuditRecord(
        seq=seq, at_us=NOW_US - seq, result="done", marks=("spooled",), facts=everything, code="cd" * 32, **own
    )


def page(first: int, count: int, *, older: bool = False, newer: bool = False) -> AuditPage:
    rows = tuple(record(first - each) for each in range(count))
    return AuditPage(rows, 42, ("Ann 0",), ("Station 1",), older, newer)


def desk(user: User | None = None) -> tuple[AuditPresenter, FakePort]:
    fake = FakePort()
    fake.answers = {port.ReadAuditState: STATE, port.ReadAudit: page(42, 3, older=True)}
    mirror = mirror_of_plant(user or User("Maria", ADMIN))
    return AuditPresenter(mirror, fake, lambda: NOW_US), fake


async def test_who_may_not_verify_asks_for_nothing() -> None:
    presenter, fake = desk(User("Olga", OPERATOR))
    await presenter.refresh()
    assert (presenter.may_read, fake.asked, presenter.facts()) == (False, [], ())


async def test_the_newest_rows_follow_while_they_are_looked_at_and_only_when_others_came() -> None:
    presenter, fake = desk()
    await presenter.refresh()
    await presenter.refresh()
    assert fake.count(port.ReadAudit) == 1
    fake.answers[port.ReadAuditState] = replace(STATE, count=43)
    await presenter.refresh()
    assert fake.count(port.ReadAudit) == 2
    await presenter.older()
    fake.answers[port.ReadAuditState] = replace(STATE, count=44)
    await presenter.refresh()
    assert fake.count(port.ReadAudit) == 3  # the page that somebody turned to stays


async def test_pages_are_turned_from_the_rows_in_sight() -> None:
    presenter, fake = desk()
    await presenter.refresh()
    oldest = presenter.page.rows[-1]
    fake.answers[port.ReadAudit] = page(39, 3, older=True, newer=True)
    await presenter.older()
    assert fake.last(port.ReadAudit).before == (oldest.at_us, oldest.seq)
    assert not presenter.is_newest
    newest = presenter.page.rows[0]
    await presenter.newer()
    assert fake.last(port.ReadAudit).after == (newest.at_us, newest.seq)
    fake.answers[port.ReadAudit] = page(42, 3, older=True)
    await presenter.newer()
    assert presenter.is_newest


async def test_an_answer_that_comes_late_is_not_shown_for_the_question_that_was_put_after_it() -> None:
    presenter, fake = desk()
    go_on = asyncio.Event()

    async def slow_for_a(request: port.ReadAudit) -> AuditPage:
        if request.question.text == "a":
            await go_on.wait()
            return page(7, 1)
        return page(42, 3)

    fake.answers[port.ReadAudit] = slow_for_a
    slow = asyncio.create_task(presenter.want(replace(presenter.wanted, text="a")))
    await asyncio.sleep(0)
    await presenter.want(replace(presenter.wanted, text="a pump"))
    go_on.set()
    await slow
    assert presenter.page == page(42, 3)


async def test_a_pulse_waits_for_the_answer_to_the_one_before() -> None:
    presenter, fake = desk()
    go_on = asyncio.Event()

    async def slowly(_request: port.ReadAudit) -> AuditPage:
        await go_on.wait()
        return page(42, 3)

    fake.answers[port.ReadAudit] = slowly
    first = asyncio.create_task(presenter.refresh())
    await asyncio.sleep(0)
    await presenter.refresh()
    assert fake.count(port.ReadAuditState) == 1
    go_on.set()
    await first
    await presenter.refresh()
    assert fake.count(port.ReadAuditState) == 2


async def test_what_is_wanted_is_asked() -> None:
    presenter, fake = desk()
    wanted = replace(
        presenter.wanted, span_us=0, user="Ann", action=AuditAction.ALARM, station="S", text="t", result="r"
    )
    await presenter.want(wanted)
    asked = fake.last(port.ReadAudit).question
    assert (asked.start_us, asked.users, asked.actions) == (0, ("Ann",), (AuditAction.ALARM,))
    assert (asked.stations, asked.text, asked.result) == (("S",), "t", "r")
    await presenter.want(replace(wanted, span_us=MINUTE_US))
    assert fake.last(port.ReadAudit).question.start_us == NOW_US - MINUTE_US


async def test_the_chosen_row_stays_chosen_while_it_is_there() -> None:
    presenter, fake = desk()
    await presenter.read()
    presenter.chosen = 41
    fake.answers[port.ReadAudit] = page(43, 3)
    await presenter.read()
    assert presenter.chosen == 41
    fake.answers[port.ReadAudit] = page(10, 3)
    await presenter.read()
    assert presenter.chosen == 10


async def test_state_is_told_in_words() -> None:
    presenter, fake = desk()
    await presenter.refresh()
    assert dict(presenter.facts())["Rows"] == "42, from row 1 on"
    assert dict(presenter.facts())["Last check"] == "not since the start"
    assert (presenter.fault(), presenter.verdict()) == ("", "")
    bad = AuditCheck(NOW_US, "Row 7: it does not follow the row before it.", False, 7)
    fake.answers[port.ReadAuditState] = replace(STATE, proof=AuditProof.MISSING, fault="No key.", check=bad)
    await presenter.refresh()
    assert presenter.fault() == "No key. Row 7: it does not follow the row before it."
    assert "key is missing" in dict(presenter.facts())["Chain"]
    fake.answers[port.ReadAuditState] = replace(STATE, check=replace(bad, result="All sound.", is_sound=True, seq=0))
    await presenter.refresh()
    assert (presenter.fault(), presenter.verdict()) == ("", "All sound.")


async def test_places_tell_how_old_their_head_is_and_what_fails() -> None:
    presenter, fake = desk()
    hung = AnchorState("worm", "much", fault="It does not answer.")
    absent = AnchorState("the keyring", "some", fault="There is no keyring.", is_absent=True)
    fake.answers[port.ReadAuditState] = replace(STATE, anchors=(PLACE, hung, absent))
    await presenter.refresh()
    assert presenter.anchor_rows()[0][1] == "Up to row 40, 5 min ago (2 newer rows)"
    assert presenter.anchors_line() == "Head kept elsewhere: 1 of 3; failing: worm"
    assert anchor_text(AnchorState("x", "y"), 3, NOW_US) == "Holds no head yet"


async def test_a_running_check_is_shown_and_can_be_stopped() -> None:
    presenter, fake = desk()
    job = uuid4()
    fake.answers[port.ReadAuditState] = replace(STATE, check=AuditCheck(job=job))
    await presenter.verify()
    assert presenter.running() is None
    status = JobStatus(job, "Checking", JobState.RUNNING, unit="rows", done=250, total=1000)
    presenter._mirror.take(Frame(jobs=(status,)))
    running = presenter.running()
    assert running is not None
    assert (running.share, running.text) == (25, "Checking: 250 of 1,000 rows")
    await presenter.cancel(job)
    assert fake.last(port.CancelJob).job == job


async def test_an_export_ends_with_its_sentence() -> None:
    presenter, fake = desk()
    job = fake.answers[port.ExportAudit] = uuid4()
    await presenter.export(Path("rows.csv"))
    assert presenter.message == "Writing rows.csv…"
    presenter._mirror.take(Frame(jobs=(JobStatus(job, "Export", JobState.DONE, unit="rows", detail="42 rows."),)))
    await presenter.refresh()
    assert presenter.message == "42 rows."


async def test_settings_are_typed_checked_and_saved_against_those_that_were_seen() -> None:
    presenter, fake = desk()
    await presenter.refresh()
    presenter.draft.type("syslog", "no address")
    assert "host and a port" in presenter.draft.check()[1]["syslog"]
    await presenter.save()
    assert fake.count(port.SaveAuditSettings) == 0
    presenter.draft.type("syslog", " logs.example:514 ")
    presenter.draft.type("keep_years", "5")
    await presenter.save()
    sent = fake.last(port.SaveAuditSettings)
    assert (sent.settings, sent.seen) == (AuditSettings(syslog="logs.example:514", keep_years=5), AuditSettings())
    assert presenter.message == "Saved."


async def test_a_refused_save_keeps_what_was_typed() -> None:
    presenter, fake = desk()
    fake.answers[port.SaveAuditSettings] = port.RefusedError("Somebody saved other settings meanwhile.")
    presenter.draft.type("keep_years", "5")
    await presenter.save()
    assert (presenter.message, presenter.draft.is_changed) == ("Somebody saved other settings meanwhile.", True)


async def test_maintenance_reads_and_does_not_edit() -> None:
    presenter, _ = desk(User("Max", MAINTENANCE))
    assert (presenter.may_read, presenter.may_edit) == (True, False)


async def test_every_action_and_every_field_has_a_name() -> None:
    assert set(ACTIONS) == set(AuditAction)
    assert set(PROOFS) == set(AuditProof)
    assert PROOFS[AuditProof.KEYED] == "Proven by a key", "wherever it is kept"
    assert action_text("something.new") == "something.new"
    elsewhere = {"action", "marks", "old_us", "at_us"}
    assert set(facts(1)) - elsewhere <= set(FIELDS)


async def test_a_row_in_full_leaves_out_what_is_empty() -> None:
    rows = dict(detail_rows(record(3)))
    assert (rows["Row"], rows["By"], rows["Marks"]) == ("3", "Ann 0", "was in the emergency spool")
    assert "Readback" not in rows
    assert rows["Code"].startswith("cdcdcdcd cdcdcdcd")


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "just now"), (59, "59 min ago"), (150, "2 h ago"), (72 * 60, "3 days ago")]
)
async def test_ages(minutes: int, words: str) -> None:
    assert age_text(NOW_US - minutes * MINUTE_US, NOW_US) == words
