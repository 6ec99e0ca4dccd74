"""An operator exports what was recorded, and imports it into the history again, in the running program."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from hmi.panes.archive.view import ArchiveView
from hmi.services.port import JobState, JobStatus
from hmi.ui.navigator import Workspace
from tests.support.program import Program, running_program


def ended(program: Program, label: str) -> JobStatus:
    """Wait for a job's end and return it."""

    def found() -> list[JobStatus]:
        jobs = [job for job in program.mirror.jobs if job.label == label]
        return [job for job in jobs if job.state is not JobState.RUNNING]

    program.until(lambda: bool(found()))
    return found()[-1]


def test_readings_go_out_and_come_in_again(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with running_program(qtbot, tmp_path / "profile") as program:
        program.until_live()
        station = program.station("Inca")
        tag = next(each for each in program.mirror.catalogue.tags_of_station[station.id] if each.quantity == "flow")
        program.until(lambda: program.mirror.figures.stored > 100)
        program.navigator.select_station(station.id)
        program.navigator.show(Workspace.HISTORY)
        view = program.assembly.frames["archive"].view
        assert isinstance(view, ArchiveView)
        program.until(lambda: view._overview._files.rowCount() > 0)
        view._overview.export_wanted.emit()
        program.until(lambda: view._presenter.exporting is not None)
        assert view._presenter.exporting is not None
        view._presenter.exporting.choose(tag.index, is_chosen=True)
        view.export_to(path)
        assert "rows written" in ended(program, "Export out.csv").detail
        assert station.name in path.read_text(encoding="utf-8-sig")
        view.read_from(path)
        program.until(lambda: view._import._rows.rowCount() > 0)
        view._import.import_pressed.emit()
        result = ended(program, "Import out.csv")
        assert (result.state, "already" in result.detail) == (JobState.DONE, True), result.detail
        program.until(lambda: view._import._words.text() == result.detail)
        view._import.left.emit()
        program.until(lambda: view._overview._imports.rowCount() == 1)
