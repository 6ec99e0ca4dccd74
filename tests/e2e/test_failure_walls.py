"""An error in a pane stays in its frame, wherever it comes from; the others go on and it can be tried again."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from pytestqt.qtbot import QtBot

from hmi.panes.alarms import table_model
from hmi.panes.alarms.presenter import AlarmsPresenter
from hmi.panes.control.presenter import ControlPresenter
from hmi.panes.faceplate.presenter import FaceplatePresenter
from hmi.ui.navigator import Workspace
from hmi.ui.reading_list import ReadingList
from tests.conftest import Warnings
from tests.support.program import running_program


def fail(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError("planted")


@pytest.mark.parametrize(
    ("where", "owner", "method", "pane"),
    [
        ("a listener", FaceplatePresenter, "cards", "faceplate"),
        ("a painting", ReadingList, "_paint_row", "faceplate"),
        ("a table's model", table_model, "alarm_icon", "alarms"),
        ("a listener of a hidden pane", AlarmsPresenter, "rows", "alarms"),
        ("a task", ControlPresenter, "select", "control"),
    ],
)
def test_an_error_stays_in_its_pane(
    qtbot: QtBot,
    tmp_path: Path,
    log_warnings: Warnings,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    owner: object,
    method: str,
    pane: str,
) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        program.navigator.open_station(
            program.station("Sóller").id, Workspace(pane) if pane in set(Workspace) else Workspace.MAP
        )
        frame = program.assembly.frames[pane]
        with monkeypatch.context() as broken:
            broken.setattr(owner, method, fail)
            if where == "a task":
                program.press("Stop", frame)
                program.until(lambda: "planted" in program.window.statusBar().currentMessage())
                assert not frame.error
            else:
                program.until(lambda: bool(frame.error), 30_000)
                assert "planted" in frame.error
        assert [each.error for name, each in program.assembly.frames.items() if name != pane and each.error] == []
        if frame.error:
            frame.retry()
            assert not frame.error
        received = program.mirror.figures.received
        program.until(lambda: program.mirror.figures.received > received)
        assert not frame.error
    assert log_warnings.take("pane failed", "task failed")
