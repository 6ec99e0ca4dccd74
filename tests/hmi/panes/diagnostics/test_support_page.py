"""The program, its crash files and the bundle on their pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from hmi.config.crashes import Crash
from hmi.domain.roles import LOCAL_ADMIN, VISITOR
from hmi.panes.diagnostics.pages import DiagnosticsPages
from hmi.panes.diagnostics.support import size_text
from hmi.panes.diagnostics.support_page import ProgramPage, SupportPage
from hmi.services.lateness import Lateness
from hmi.services.port import (
    BundleFile,
    CrashList,
    DismissCrashes,
    FileState,
    Frame,
    JobState,
    JobStatus,
    LogPage,
    PipelineFigures,
    PlanSupportBundle,
    ProgramState,
    ReadCrash,
    ReadCrashes,
    ReadLog,
    ReadProgram,
    RefusedError,
    SaveSupportBundle,
)
from tests.support.panes import Stage, stage

PROGRAM = ProgramState(
    "1.2",
    "3.11.7",
    "Linux",
    1_700_000_000_000_000,
    250_000_000,
    12.0,
    40_000_000_000,
    (FileState("roams.db", 1_500_000, 7), FileState("history/", 900)),
    "/p",
    17,
    "not configured",
)
FILES = (Crash("ended-2.txt", "ended", 1_767_323_045_000_000, 100), Crash("python-1.txt", "python", 1, 200))
JOB = UUID(int=5)


def answer(set_up: Stage, unseen: int = 2) -> None:
    set_up.port.answers.update(
        {
            ReadProgram: PROGRAM,
            ReadCrashes: CrashList(FILES, unseen),
            ReadCrash: lambda request: f"text of {request.name}",
            ReadLog: LogPage(),
            PlanSupportBundle: (BundleFile("logs/roams.log", "log", 4_200_000, 3), BundleFile("a.json", "x", 10, 0)),
            SaveSupportBundle: JOB,
        }
    )


def page_of(qtbot: QtBot, set_up: Stage) -> SupportPage:
    page = SupportPage(set_up.context)
    set_up.at_end.append(page.hide)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    set_up.until(lambda: page._facts.program is not None)
    return page


def test_crash_files_are_listed_read_and_dismissed(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        answer(set_up)
        page = page_of(qtbot, set_up)
        assert [row[1] for row in page._facts.crash_rows()] == ["Gone without a word", "A fault of the program"]
        page.crashes.setCurrentCell(1, 0)
        set_up.until(lambda: page.text.toPlainText() == "text of python-1.txt")
        set_up.port.answers[ReadCrashes] = CrashList(FILES, 0)
        page.dismiss.click()
        set_up.until(lambda: not page.dismiss.isVisible())
        assert set_up.port.count(DismissCrashes) == 1
        assert page.crashes.isVisible(), "the files stay"


def test_the_bundle_is_looked_at_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        answer(set_up)
        page = page_of(qtbot, set_up)
        page.plan.click()
        set_up.until(page.bundle.isVisible)
        assert page.said.text() == "2 files. Secrets blotted out: 3. Nothing has been saved yet."
        assert page._facts.bundle_rows()[0] == ("logs/roams.log", "log", "4.2 MB", "3")
        page._start(page._facts.save(tmp_path / "b.zip"))
        set_up.until(lambda: page.said.text() == "Saving…")
        assert set_up.port.last(SaveSupportBundle) == SaveSupportBundle(tmp_path / "b.zip")
        job = JobStatus(JOB, "x", JobState.RUNNING)
        set_up.mirror.take(Frame(jobs=(job,)))
        assert page.said.text() == "Saving…"
        set_up.mirror.take(Frame(jobs=(replace(job, state=JobState.FAILED, detail="The disk is full."),)))
        assert page.said.text() == "The disk is full."


def test_who_may_not_make_a_bundle_is_told_and_one_that_is_refused_is_said(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        answer(set_up)
        page = page_of(qtbot, set_up)
        assert page.refused.isVisible()
        assert not page.plan.isEnabled()
        assert not page.save.isEnabled()
        assert not page.dismiss.isVisible()
        page.begin_bundle()
        assert set_up.port.count(PlanSupportBundle) == 0
    with stage(LOCAL_ADMIN) as set_up:
        answer(set_up)
        set_up.port.answers[PlanSupportBundle] = RefusedError("Not now.")
        page = page_of(qtbot, set_up)
        page.plan.click()
        set_up.until(lambda: "Not now." in page.fault.text())
        assert page.plan.isEnabled()


def test_the_program_tells_how_it_does(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        answer(set_up)
        page = ProgramPage(set_up.context)
        set_up.at_end.append(page.hide)
        qtbot.addWidget(page)
        page.show()
        set_up.mirror.take(Frame(figures=PipelineFigures(waiting=92, flush_ms=7)))
        set_up.until(lambda: page._facts.program is not None)
        told = dict(page._facts.program_pairs())
        assert told["Central database"] == "not configured"
        assert told["Memory"] == "250 MB"
        assert told["History"] == "writes, 7 ms a commit"
        assert told["Values waiting"] == "92"
        assert told["Log lines left out"] == "17"
        assert page._facts.file_rows() == [("roams.db", "1.5 MB", "7"), ("history/", "900 B", "–")]
        page.hide()
        assert not page._pulse.isActive()


def test_the_bar_brings_people_to_the_page(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        answer(set_up)
        pages = DiagnosticsPages(set_up.context, Lateness().figures)
        set_up.at_end.append(pages.hide)
        qtbot.addWidget(pages)
        pages.show()
        set_up.context.navigator.open_support()
        assert pages.page is pages.support
        assert set_up.port.count(PlanSupportBundle) == 0
        set_up.context.navigator.open_support(makes_bundle=True)
        set_up.until(lambda: set_up.port.count(PlanSupportBundle) == 1)
        set_up.until(lambda: not pages.support._facts.is_busy)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (25e6, "25 MB"), (3.2e9, "3.2 GB")]
)
def test_sizes(count: float, text: str) -> None:
    assert size_text(count) == text
