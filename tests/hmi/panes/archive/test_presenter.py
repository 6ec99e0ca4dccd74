"""Facts of the history workspace, without Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hmi.config.history_settings import HistorySettings
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.panes.archive.presenter import ArchivePresenter, CopyQuestion, Page
from hmi.services.mirror import Mirror
from hmi.services.port import (
    CancelJob,
    ChangeRetention,
    CheckBackup,
    EstimateExport,
    Frame,
    JobState,
    PlanRetention,
    ReadArchive,
    RefusedError,
    StartBackup,
    StartExport,
    StartImport,
    StartRetention,
    UndoImport,
)
from hmi.storage.exchange.mapping import MIDNIGHT, NONE, Form
from hmi.storage.exchange.sheet import ExportFormat
from hmi.storage.history.records import DAY_US
from hmi.ui.navigator import Navigator
from tests.hmi.panes.archive.archive_stage import FAULTS, JOB, LOSSES, NOON_US, STATE, answer, job, wide_file
from tests.support.fake_port import FakePort
from tests.support.plants import CATALOGUE, LEVEL, STATION

pytestmark = pytest.mark.asyncio


class Scene:
    def __init__(self, user: User = LOCAL_ADMIN) -> None:
        self.mirror, self.port, self.navigator = Mirror(), FakePort(), Navigator()
        self.mirror.take(Frame(catalogue=CATALOGUE, user=user))
        answer(self.port)
        self.presenter = ArchivePresenter(self.mirror, self.port, self.navigator)
        self.told = 0
        self.presenter.listen(self.mirror.listen, self.count)

    def count(self) -> None:
        self.told += 1


async def test_the_overview_in_words() -> None:
    scene = Scene()
    await scene.presenter.refresh()
    facts = dict(scene.presenter.facts())
    assert (facts["Readings kept"], facts["Size"], facts["Full in"]) == ("320,000,000", "1.95 GB", "1,218 days")
    assert [row[1] for row in scene.presenter.file_rows()] == ["live.duckdb", "2026-10-01.duckdb"]
    assert [row.can_undo for row in scene.presenter.import_rows()] == [True, False]


async def test_a_history_that_cannot_be_asked_is_said_and_what_was_known_stays() -> None:
    scene = Scene()
    await scene.presenter.refresh()
    scene.port.answers[ReadArchive] = RefusedError("Nothing is being recorded.")
    await scene.presenter.refresh()
    assert scene.presenter.notes() == "Nothing is being recorded."
    assert scene.presenter.facts()


async def test_jobs_are_shown_newest_first_with_how_far_they_are() -> None:
    scene = Scene()
    scene.mirror.take(Frame(jobs=(job(JobState.DONE, "All."), job(JobState.RUNNING, done=5, total=10))))
    newest, oldest = scene.presenter.job_rows()
    assert (newest.share, newest.detail) == (50, "50 % · 5 / 10 bytes")
    assert (oldest.share, oldest.detail) == (100, "All.")
    assert scene.told == 1
    await scene.presenter.cancel(JOB)
    assert scene.port.last(CancelJob) == CancelJob(JOB)


async def test_retention_is_checked_at_the_field_and_saved() -> None:
    scene = Scene()
    await scene.presenter.refresh()
    draft = scene.presenter.retention
    draft.type("raw_days", "zero")
    assert list(draft.faults) == ["raw_days"]
    assert draft.settings is None
    draft.type("raw_days", "30")
    draft.type("most_gb", "1,5")
    assert draft.faults == {}
    await scene.presenter.refresh()
    assert draft.texts["raw_days"] == "30", "what is typed stays"
    await scene.presenter.ask_retention()
    assert scene.port.last(ChangeRetention) == ChangeRetention(HistorySettings(raw_days=30, most_gb=1.5))
    assert scene.port.count(StartRetention) == 1


async def test_nothing_goes_before_it_was_asked_about() -> None:
    scene = Scene()
    await scene.presenter.refresh()
    scene.port.answers[PlanRetention] = LOSSES
    scene.presenter.retention.type("raw_days", "1")
    await scene.presenter.ask_retention()
    assert scene.port.last(PlanRetention).settings.raw_days == 1
    assert scene.port.count(ChangeRetention) + scene.port.count(StartRetention) == 0
    loss = scene.presenter.loss
    assert loss is not None
    assert loss.text.startswith("8,000 readings of the days 2026-10-16 – 2026-10-23 are deleted now, from 8 files")
    assert "2026-10-16: everything, 1,000 readings" in loss.text
    assert "2026-10-17: 1,000 readings; averages stay" in loss.text
    assert "… and 2 more files." in loss.text
    assert loss.button == "Delete 8,000 readings"
    scene.presenter.keep_all()
    assert (scene.presenter.loss, scene.presenter.retention.texts["raw_days"]) == (None, "1")
    await scene.presenter.ask_retention()
    scene.presenter.retention.type("raw_days", "2")
    await scene.presenter.save_retention()
    assert scene.port.last(ChangeRetention).settings.raw_days == 1, "what was asked about, not what was typed since"
    assert scene.port.count(StartRetention) == 1


async def test_an_import_of_which_readings_are_gone_cannot_be_undone() -> None:
    scene = Scene()
    await scene.presenter.refresh()
    row = scene.presenter.import_rows()[0]
    assert (row.can_undo, row.why_not) == (True, "")
    (live, sealed), status = STATE.status.files, STATE.status
    whole = replace(sealed, last_day_us=NOON_US + DAY_US)
    averages = replace(status, files=(live, replace(whole, has_samples=False)))
    gone = replace(status, oldest_us=NOON_US + DAY_US)
    for files, words in ((averages, "averages by now"), (gone, "None of its readings"), (status, "")):
        scene.port.answers[ReadArchive] = replace(STATE, status=files)
        await scene.presenter.refresh()
        row = scene.presenter.import_rows()[0]
        assert (row.can_undo, words in row.why_not) == (not words, True)


async def test_a_folder_for_a_copy_is_asked_about_when_something_speaks_against_it(tmp_path: Path) -> None:
    scene = Scene()
    await scene.presenter.ask_back_up(tmp_path)
    assert scene.port.count(StartBackup) == 1
    scene.port.answers[CheckBackup] = "The copy is on the same disk."
    await scene.presenter.ask_back_up(tmp_path)
    assert scene.presenter.copy == CopyQuestion(tmp_path, "The copy is on the same disk.")
    assert scene.port.count(StartBackup) == 1
    await scene.presenter.back_up(tmp_path)
    assert [scene.presenter.copy, scene.port.count(StartBackup)] == [None, 2]
    scene.port.answers[CheckBackup] = RefusedError("It is inside the profile.")
    await scene.presenter.ask_back_up(tmp_path)
    assert (scene.presenter.notes(), scene.port.count(StartBackup)) == ("It is inside the profile.", 2)


async def test_warnings_of_a_file_are_shown_until_it_is_taken(tmp_path: Path) -> None:
    scene = Scene()
    path = tmp_path / "in.csv"
    path.write_text("time,Tank level\n2010-01-02 10:00,1\n2010-01-02 11:00,x\n", encoding="utf-8")
    await scene.presenter.begin_import(path)
    flow = scene.presenter.importing
    assert flow is not None
    assert ["older than" in warning for warning in flow.warnings] == [True]
    assert flow.faults_seen == 1
    await flow.start()
    assert flow.warnings == ()


async def test_the_time_of_day_is_chosen_where_days_stand_alone(tmp_path: Path) -> None:
    scene = Scene()
    path = tmp_path / "in.csv"
    path.write_text("day,Tank level\n2026-01-02,1\n", encoding="utf-8")
    await scene.presenter.begin_import(path)
    flow = scene.presenter.importing
    assert flow is not None
    assert "days without a time" in flow.problem
    assert [choice[1] for choice in flow.clocks()] == [NONE, 1, MIDNIGHT]
    flow.change(clock_column=MIDNIGHT)
    await flow.look()
    assert (flow.problem, flow.can_start) == ("", True)


async def test_a_wide_file_is_mapped_and_imported(tmp_path: Path) -> None:
    scene = Scene()
    await scene.presenter.begin_import(wide_file(tmp_path))
    flow = scene.presenter.importing
    assert flow is not None
    assert scene.presenter.page is Page.IMPORT
    assert [row[1:4] for row in flow.rows()] == [("2.505", "m", "Tank level"), ("2.51", "m", "Tank level")]
    flow.use_unit(1, "m")
    await flow.look()
    assert flow.rows()[0][1] == "250.5"
    flow.use_scale(1, 2, 1)
    await flow.look()
    assert flow.rows()[0][1] == "502"
    flow.use_column(1, NONE)
    await flow.look()
    assert not flow.can_start
    assert "Choose a tag" in flow.problem
    flow.use_column(1, LEVEL)
    await flow.look()
    await flow.start()
    plan = scene.port.last(StartImport).plan
    assert [(use.column, use.tag, use.unit) for use in plan.columns] == [(1, LEVEL, "cm")]
    scene.mirror.take(Frame(jobs=(job(JobState.DONE, "2 readings taken."),)))
    await flow.read_faults()
    assert flow.is_done
    assert (flow.faults, flow.errors()) == (FAULTS, FAULTS.kept)


async def test_another_separator_makes_other_columns(tmp_path: Path) -> None:
    scene = Scene()
    await scene.presenter.begin_import(wide_file(tmp_path))
    flow = scene.presenter.importing
    assert flow is not None
    flow.change(separator="\t")
    await flow.look()
    assert len(flow.columns()) == 1
    assert flow.problem
    flow.change(separator=";")
    await flow.look()
    assert flow.problem == ""
    assert flow.plan is not None
    assert flow.plan.form is Form.WIDE


async def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    scene = Scene()
    await scene.presenter.begin_import(tmp_path / "gone.csv")
    flow = scene.presenter.importing
    assert flow is not None
    assert "cannot be read" in flow.problem
    scene.presenter.leave()
    assert scene.presenter.page is Page.OVERVIEW


async def test_an_export_begins_with_what_is_selected(tmp_path: Path) -> None:
    scene = Scene()
    scene.navigator.open_trend(LEVEL, STATION.id)
    await scene.presenter.begin_export()
    flow = scene.presenter.exporting
    assert flow is not None
    assert flow.chosen == (LEVEL,)
    assert flow.words == "About 1,300,000 rows."
    flow.format = ExportFormat.XLSX
    assert "further sheets" in flow.words
    flow.type_span("2026-01-01 00:00", "2026-01-01 00:00")
    assert (flow.can_start, "must come after" in flow.span_fault) == (False, True)
    flow.type_span("soon", "2026-01-02 00:00")
    assert "2026-01-31" in flow.span_fault
    flow.preset(1)
    flow.width_s = 60
    await flow.count()
    assert scene.port.last(EstimateExport).tags == (LEVEL,)
    assert flow.words == "At most 61 rows."
    await scene.presenter.export(tmp_path / "out")
    order = scene.port.last(StartExport)
    assert (order.path.name, order.width_us, order.zone) == ("out.xlsx", 60_000_000, "")
    assert scene.presenter.page is Page.OVERVIEW


async def test_tags_are_found_and_chosen_ones_stay_in_sight() -> None:
    scene = Scene()
    await scene.presenter.begin_export()
    flow = scene.presenter.exporting
    assert flow is not None
    assert flow.tags_fault
    flow.search = "hill LEVEL"
    assert [name for _, name in flow.tags()] == [
        "Hill borehole · Level setpoint",
        "Hill borehole · Level setpoint in use",
        "Hill borehole · Tank level",
    ]
    flow.choose(LEVEL, is_chosen=True)
    flow.search = "pump"
    assert flow.tags()[0][0] == LEVEL
    flow.choose(LEVEL, is_chosen=False)
    assert flow.chosen == ()


async def test_a_visitor_may_only_look() -> None:
    scene = Scene(VISITOR)
    await scene.presenter.refresh()
    assert not scene.presenter.may_edit
    assert "export only" in scene.presenter.why_not
    assert not any(row.can_undo for row in scene.presenter.import_rows())
    scene.port.answers[UndoImport] = RefusedError("Nobody signed in may not do this.")
    await scene.presenter.undo(2)
    assert "may not" in scene.presenter.notes()
