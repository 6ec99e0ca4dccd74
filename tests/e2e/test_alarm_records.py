"""What an engineer does with alarm records, one sentence each, against the demo plant."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarms import ACTIVE_STATES, AlarmType
from hmi.domain.tags import TagKind
from hmi.panes.alarm_records.view import AlarmRecordsView
from hmi.ui.navigator import EditWish, Workspace
from tests.support.program import Program, running_program


def records(program: Program) -> AlarmRecordsView:
    """Open the page of alarm records."""
    program.navigator.show(Workspace.ADMIN)
    program.press("Alarms", program.assembly.setup)
    view = program.assembly.frames["alarm_records"].view
    assert isinstance(view, AlarmRecordsView)
    program.until(view.isVisible)
    return view


def test_engineer_adds_an_alarm_that_comes_at_once_and_finds_the_unsaved_rest_after_a_restart(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        catalogue = program.mirror.catalogue
        tag = next(
            each for each in catalogue.tags if each.kind is TagKind.ANALOG and each.id not in catalogue.alarms_of_tag
        )
        view = records(program)
        presenter = view._presenter
        presenter.edits.put(
            AlarmDraft(subject=tag.id, type=AlarmType.HIGH, limit=str(tag.revision.low), action="Look.")
        )
        (new,) = presenter.edits.pending
        presenter.select([new])
        program.press("Save", view)
        program.until(lambda: new in program.mirror.catalogue.alarm_by_id)
        program.until(lambda: any(row.id == new and row.state in ACTIVE_STATES for row in program.mirror.alarms))
        program.until(lambda: presenter.unsaved == 0)
        owner = next(
            each for each in view.findChildren(QLineEdit) if each.isVisible() and each.accessibleName() == "Owner"
        )
        owner.textEdited.emit("Operations")
        assert presenter.unsaved == 1
    with running_program(qtbot, tmp_path) as program:
        view = records(program)
        program.until(lambda: view._presenter.unsaved == 1)
        assert view._presenter.edits.pending[new].owner == "Operations"
        program.navigator.edit_stations(EditWish.ADD)
        program.until(lambda: not view.isVisible())
        assert program.assembly.setup.page is program.assembly.frames["station_editor"]
        assert not [box for box in view.findChildren(QComboBox) if box.isVisible()]
