"""The archive's requests against a real history: out and in again, undone, kept in bounds, copied."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from drivers.api import Quality
from hmi.config.history_settings import HistorySettings
from hmi.domain.accounts import COMMAND_LINE
from hmi.domain.roles import LOCAL_ADMIN, VISITOR
from hmi.services import port
from hmi.services.port.frames import JobState
from hmi.services.services import Services
from hmi.storage.exchange.mapping import Form
from hmi.storage.exchange.sheet import ExportFormat
from hmi.storage.exchange.zones import Zone
from hmi.storage.history.copies import CONTENTS
from tests.conftest import Warnings
from tests.support.archives import BEGIN_US, SECOND_US, level_index, record, running_services

pytestmark = pytest.mark.asyncio

HOUR_US = 3_600 * SECOND_US


async def done(services: Services, job: UUID) -> port.JobStatus:
    found = await services.jobs.wait(job)
    assert found is not None
    return found


def export(tag: int, path: Path, **changes: object) -> port.StartExport:
    order = port.StartExport((tag,), BEGIN_US, BEGIN_US + HOUR_US, path, ExportFormat.CSV)
    return replace(order, **changes)  # type: ignore[arg-type]  # named fields


async def test_what_is_exported_comes_in_again_in_any_table_format(tmp_path: Path) -> None:
    async with running_services(tmp_path / "one") as services:
        tag = await record(services, 100)
        assert await services.handle(port.EstimateExport((tag,), BEGIN_US, BEGIN_US + HOUR_US)) >= 50
        for form in (ExportFormat.CSV, ExportFormat.PARQUET):
            ended = await done(services, await services.handle(export(tag, tmp_path / f"out.{form}", format=form)))
            assert (ended.state, ended.detail.split(" ")[0]) == (JobState.DONE, "100"), ended.detail
    for form in (ExportFormat.CSV, ExportFormat.PARQUET):
        async with running_services(tmp_path / form) as other:
            preview = await other.handle(port.PreviewImport(tmp_path / f"out.{form}"))
            assert (preview.problem, preview.errors) == ("", ())
            assert [row.value for row in preview.rows][:3] == ["0", "1", "2"]
            ended = await done(other, await other.handle(port.StartImport(preview.plan)))
            assert ended.detail == "100 readings taken."
            (batch,) = list(other.history.rows([level_index(other)], BEGIN_US, BEGIN_US + HOUR_US))
            assert batch.value[:100].tolist() == list(range(100))
            assert batch.source_us.tolist() == [BEGIN_US + row * SECOND_US for row in range(101)]
            assert batch.quality[100] == Quality.NOT_CONNECTED, "the line ends where the next row would have been"
            again = await done(other, await other.handle(port.StartImport(preview.plan)))
            assert "100 were there already" in again.detail


async def test_averages_are_exported_by_the_width_chosen(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile") as services:
        tag = await record(services, 120)
        path = tmp_path / "out.csv"
        await done(services, await services.handle(export(tag, path, width_us=60 * SECOND_US)))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][2:7] == ["low [m]", "high [m]", "mean [m]", "first [m]", "last [m]"]
    assert [row[0] for row in rows[1:]] == ["2026-01-01T12:00:00Z", "2026-01-01T12:01:00Z"]
    assert rows[1][2:] == ["0.0", "59.0", "29.5", "0.0", "59.0", "60", "0"]


async def test_an_import_tells_its_faults_and_can_be_undone(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,tag,value\n2026-01-01T12:00:00Z,Tank level,1\nnever,Tank level,2\n", encoding="utf-8")
    async with running_services(tmp_path / "profile") as services:
        plan = (await services.handle(port.PreviewImport(path))).plan
        job = await services.handle(port.StartImport(plan))
        ended = await done(services, job)
        assert ended.detail == "1 readings taken. 1 faults: see the list."
        faults = await services.handle(port.ListRowErrors(job))
        assert (faults.total, faults.kept[0].line, faults.kept[0].column) == (1, 3, "time")
        saved = tmp_path / "faults.csv"
        await services.handle(port.SaveRowErrors(job, saved))
        assert saved.read_text(encoding="utf-8-sig").splitlines()[1].startswith("3,time,")
        (record_,) = await services.handle(port.ListImports())
        assert (record_.label, record_.rows, record_.user) == ("in.csv", 1, "Local administrator")
        undone = await done(services, await services.handle(port.UndoImport(record_.id)))
        assert undone.state is JobState.DONE, undone.detail
        assert list(services.history.rows([level_index(services)], 0, BEGIN_US * 2)) == []
        assert (await services.handle(port.ListImports()))[0].is_undone
        with pytest.raises(port.RefusedError, match="undone before"):
            await services.handle(port.UndoImport(record_.id))
        with pytest.raises(port.RefusedError, match="not remembered"):
            await services.handle(port.SaveRowErrors(uuid4(), saved))


async def test_a_preview_says_what_is_wrong_with_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,Somewhere\n2026-01-01T12:00:00Z,1\n", encoding="utf-8")
    async with running_services(tmp_path / "profile") as services:
        preview = await services.handle(port.PreviewImport(path))
        assert (preview.plan.form, preview.rows) == (Form.WIDE, ())
        assert "Choose a tag" in preview.problem
        wrong = replace(preview.plan, zone=Zone("Mars/Olympus"))
        assert "no time zone" in (await services.handle(port.PreviewImport(path, wrong))).problem
        with pytest.raises(port.RefusedError, match="cannot be read"):
            await services.handle(port.PreviewImport(tmp_path / "gone.csv"))


async def test_an_import_without_any_reading_fails_and_leaves_no_record(tmp_path: Path, log_warnings: Warnings) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,Tank level\nnever,1\n", encoding="utf-8")
    async with running_services(tmp_path / "profile") as services:
        plan = (await services.handle(port.PreviewImport(path))).plan
        ended = await done(services, await services.handle(port.StartImport(plan)))
        assert (ended.state, "no reading" in ended.detail) == (JobState.FAILED, True)
        assert await services.handle(port.ListImports()) == ()
    assert log_warnings.take("job failed")


async def test_settings_are_kept_and_hold(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        assert (await services.handle(port.ReadArchive())).settings == HistorySettings()
        await record(services, 10)
        await services.handle(port.ChangeRetention(HistorySettings(raw_days=30, most_gb=1.5)))
        ended = await done(services, await services.handle(port.StartRetention()))
        assert ended.state is JobState.DONE, ended.detail
    async with running_services(tmp_path) as services:
        state = await services.handle(port.ReadArchive())
        assert (state.settings.raw_days, state.settings.most_gb, state.note) == (30, 1.5, "")
        assert state.status.bytes > 0


async def test_what_would_go_is_known_before_it_goes(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        tag = await record(services, 50)
        await done(services, await services.handle(port.StartSeal()))
        assert await services.handle(port.PlanRetention(HistorySettings(raw_days=36_500, free_gb=0))) == ()
        drastic = HistorySettings(raw_days=1, minute_days=36_500, hour_days=36_500, free_gb=0)
        (loss,) = await services.handle(port.PlanRetention(drastic))
        assert (loss.readings, loss.is_whole) == (50, False)
        assert loss.first_day_us <= BEGIN_US < loss.end_day_us
        assert sum(len(batch) for batch in services.history.rows([tag], BEGIN_US, BEGIN_US + HOUR_US)) == 50
        await services.handle(port.ChangeRetention(drastic))
        ended = await done(services, await services.handle(port.StartRetention()))
        assert ended.detail == f"Let go: {loss.name}."
        assert list(services.history.rows([tag], BEGIN_US, BEGIN_US + HOUR_US)) == []


async def test_a_survey_takes_nothing_and_an_import_may_be_booked_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,tag,value\n2010-01-01T12:00:00Z,Tank level,1\n", encoding="utf-8")
    async with running_services(tmp_path / "profile") as services:
        preview = await services.handle(port.PreviewImport(path))
        assert preview.survey is not None
        assert "older than the 400 days" in preview.survey.warnings[0]
        job = await services.handle(port.StartSurvey(preview.plan))
        assert (await done(services, job)).detail == "1 readings could be taken."
        found = await services.handle(port.ReadSurvey(job))
        assert (found.readings, found.by_tag) == (1, ((level_index(services), 1),))
        names = await services.handle(port.NameTags((level_index(services), 9_999)))
        assert names == ((level_index(services), "Hill borehole · Tank level"),)
        assert await services.handle(port.ListImports()) == ()
        with pytest.raises(port.RefusedError, match="not read to its end"):
            await services.handle(port.ReadSurvey(uuid4()))
        with services.sessions.acting_as(COMMAND_LINE):
            job = await services.handle(port.StartImport(preview.plan, "command line (ana)"))
        ended = await done(services, job)
        assert "older than the 400 days" in ended.detail
        assert (await services.handle(port.ListImports()))[0].user == "command line (ana)"
        await done(services, await services.handle(port.StartImport(preview.plan, "somebody else")))
        assert (await services.handle(port.ListImports()))[0].user == LOCAL_ADMIN.name, "nobody else may say so"


async def test_a_copy_inside_the_profile_is_none(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile") as services:
        for folder in (tmp_path / "profile", services.history.store.folder, tmp_path / "profile" / "copies"):
            for request in (port.CheckBackup(folder), port.StartBackup(folder)):
                with pytest.raises(port.RefusedError, match="inside the profile"):
                    await services.handle(request)
        assert "same disk" in await services.handle(port.CheckBackup(tmp_path / "new" / "copies"))


async def test_seal_verify_and_backup(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile") as services:
        tag = await record(services, 1_000)
        for request in (port.StartSeal(), port.StartVerify(), port.StartBackup(tmp_path / "copies")):
            ended = await done(services, await services.handle(request))
            assert ended.state is JobState.DONE, ended.detail
        assert sum(len(batch) for batch in services.history.rows([tag], BEGIN_US, BEGIN_US + HOUR_US)) == 1_000
    (copy,) = (tmp_path / "copies").iterdir()
    assert (copy / CONTENTS).is_file()


async def test_an_order_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        tag = level_index(services)
        for order, words in (
            (export(tag, tmp_path / "o", tags=()), "at least one tag"),
            (export(tag, tmp_path / "o", tags=(999,)), "not there any more"),
            (export(tag, tmp_path / "o", end_us=BEGIN_US), "must come after"),
            (export(tag, tmp_path / "o", zone="Nowhere/At all"), "no time zone"),
        ):
            with pytest.raises(port.RefusedError, match=words):
                await services.handle(order)
        assert await services.handle(port.FindTags(("Hill borehole · Tank level", "tank LEVEL"))) == (tag, tag)
        with pytest.raises(port.RefusedError, match="Somewhere"):
            await services.handle(port.FindTags(("Somewhere",)))


async def test_a_visitor_may_export_and_change_nothing(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile", VISITOR) as services:
        plan = port.PreviewImport(tmp_path / "x")
        for request in (
            plan,
            port.UndoImport(1),
            port.ChangeRetention(HistorySettings()),
            port.StartRetention(),
            port.StartSeal(),
            port.StartBackup(tmp_path),
        ):
            with pytest.raises(port.RefusedError, match="may not"):
                await services.handle(request)
        tag = await record(services, 3)
        assert (await done(services, await services.handle(export(tag, tmp_path / "o.csv")))).state is JobState.DONE


async def test_an_export_that_the_disk_refuses_says_so(tmp_path: Path, log_warnings: Warnings) -> None:
    async with running_services(tmp_path / "profile") as services:
        tag = await record(services, 3)
        ended = await done(services, await services.handle(export(tag, tmp_path / "no" / "o.csv")))
        assert (ended.state, "no folder" in ended.detail) == (JobState.FAILED, True)
    assert log_warnings.take("job failed")
