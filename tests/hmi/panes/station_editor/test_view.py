"""The setup workspace with mouse and keys: what is enabled, where faults stand, what a press asks for."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableView,
    QTableWidget,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from drivers.api import Trust
from hmi.config.csv_files import CsvChange, CsvDifferences, CsvFault
from hmi.domain.drafts import FieldFault, placed_draft_of
from hmi.domain.roles import LOCAL_ADMIN, VISITOR
from hmi.panes.station_editor.address_model import AddressModel
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.steps import Step
from hmi.panes.station_editor.tag_drafts import FIELDS
from hmi.panes.station_editor.view import StationEditorView
from hmi.services.port import (
    ApplyTagCsv,
    CheckStation,
    CloseExploration,
    CompareStations,
    CompareTagCsv,
    CsvPreview,
    DeleteStation,
    Discover,
    EnableConnection,
    ExportStations,
    ExportTagCsv,
    ImportStations,
    OpenExploration,
    PackageChange,
    RefusedError,
    SaveStation,
    TrustCertificate,
)
from hmi.ui.navigator import EditWish, Workspace
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL, STATION, TAGS
from tests.support.server import serve

COLUMN = {field.name: number for number, field in enumerate(FIELDS)}


def view_of(qtbot: QtBot, set_up: Stage, *, asks: bool = False) -> StationEditorView:
    serve(set_up.port, asks=asks)
    view = StationEditorView(set_up.context)
    qtbot.addWidget(view)
    view.resize(800, 640)
    view.show()
    set_up.at_end.append(view.hide)
    return view


def click_row(table: QTableView, row: int) -> None:
    at = table.visualRect(table.model().index(row, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def in_sight(view: QWidget, kind: type[Any], name: str) -> list[Any]:
    """Return the widgets in sight whose accessible name or text is `name`."""
    return [
        each
        for each in view.findChildren(kind)
        if each.isVisibleTo(view) and name in (each.accessibleName(), each.text() if hasattr(each, "text") else "")
    ]


def visible(view: QWidget, kind: type[Any], name: str) -> Any:
    """Return a widget as soon as it is in sight."""
    end = time.monotonic() + 5
    while not (found := in_sight(view, kind, name)):
        assert time.monotonic() < end, f"no {kind.__name__} {name!r} in sight"
        QApplication.processEvents()
    return found[0]


def press(view: QWidget, name: str) -> None:
    found = visible(view, QPushButton, name)
    assert found.isEnabled(), name
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def texts(view: QWidget) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view) and label.text()]


def session_of(view: StationEditorView) -> EditSession:
    session = view._presenter.session
    assert session is not None
    return session


def begin(set_up: Stage, view: StationEditorView) -> EditSession:
    press(view, "Add station")
    set_up.until(lambda: view._presenter.session is not None and view._editor.isVisible())
    return session_of(view)


def find(set_up: Stage, view: StationEditorView) -> EditSession:
    session = begin(set_up, view)
    line = visible(view, QLineEdit, "Server's host name or address")
    QTest.keyClicks(line, "plc-7")
    QTest.keyClick(line, Qt.Key.Key_Return)
    set_up.until(lambda: session.finder.chosen == 0)
    return session


def to_tags(set_up: Stage, view: StationEditorView) -> EditSession:
    session = find(set_up, view)
    for step in (Step.LOGIN, Step.TEST, Step.TAGS):
        set_up.until(lambda: not session.busy_words and visible(view, QPushButton, "Continue").isEnabled())
        press(view, "Continue")
        set_up.until(lambda step=step: session.step is step)  # type: ignore[misc]  # mypy does not infer a default
    set_up.until(lambda: bool(session.tree.top) and not session.busy_words)
    return session


def test_a_visitor_sees_the_list_and_why_nothing_can_be_changed(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        for name in ("Add station", "Edit", "Duplicate", "Switch off", "Delete", "Export…", "Import…"):
            assert not visible(view, QPushButton, name).isEnabled(), name
        assert "Only an administrator may edit stations." in texts(view)


def test_buttons_follow_the_selection(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        set_up.context.navigator.select_station(None)
        view = view_of(qtbot, set_up)
        assert not visible(view, QPushButton, "Edit").isEnabled()
        table = visible(view, QTableView, "Stations")
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(0, 0)).center()
        )
        for name in ("Edit", "Duplicate", "Switch off", "Delete", "Export…"):
            assert visible(view, QPushButton, name).isEnabled(), name


def test_every_widget_that_takes_the_keyboard_has_a_name(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        session = to_tags(set_up, view)
        for step in Step:
            session.step = step
            view._refresh()
            kinds = (QPushButton, QLineEdit, QComboBox, QTableView, QTreeView)
            for kind in kinds:
                for each in view._editor.findChildren(kind):
                    inside = isinstance(each.parent(), QComboBox | QTableView | QTreeView)
                    if each.isVisibleTo(view) and each.focusPolicy() != Qt.FocusPolicy.NoFocus and not inside:
                        assert each.accessibleName() or each.property("text"), (step, each)


def test_from_an_address_to_a_saved_station(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        session = to_tags(set_up, view)
        tree = visible(view, QTreeView, "Address space of the server")
        model = tree.model()
        tree.setCurrentIndex(model.index(0, 0))
        QTest.keyClick(tree, Qt.Key.Key_Space)
        set_up.until(lambda: len(session.draft.tags) == 2 and not session.busy_words)
        table = visible(view, QTableView, "Tags of the station")
        set_up.until(lambda: table.model().rowCount() == 2)
        assert [table.model().index(row, COLUMN["name"]).data() for row in range(2)] == ["Level", "Running"]
        press(view, "Continue")
        QTest.keyClicks(visible(view, QLineEdit, "Station's name"), "Well 7")
        area = visible(view, QComboBox, "Area").lineEdit()
        area.selectAll()
        QTest.keyClicks(area, "Hills")
        QTest.keyClicks(visible(view, QLineEdit, "Latitude in degrees"), "48.1")
        line = visible(view, QLineEdit, "Longitude in degrees")
        QTest.keyClicks(line, "11.5")
        QTest.keyClick(line, Qt.Key.Key_Return)
        set_up.until(lambda: set_up.port.count(SaveStation) == 1)
        saved = set_up.port.last(SaveStation).draft
        assert (saved.name, saved.area, saved.latitude, saved.longitude) == ("Well 7", "Hills", "48.1", "11.5")
        set_up.until(lambda: set_up.context.navigator.place.workspace is Workspace.MAP)
        assert set_up.port.count(CloseExploration) >= 1


def test_while_a_server_is_asked_the_window_answers_and_escape_stops_it(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)

        async def hang(_request: Discover) -> None:
            await asyncio.Event().wait()

        set_up.port.answers[Discover] = hang
        session = begin(set_up, view)
        line = visible(view, QLineEdit, "Server's host name or address")
        QTest.keyClicks(line, "plc-7")
        QTest.keyClick(line, Qt.Key.Key_Return)
        set_up.until(lambda: any("Esc stops it" in text for text in texts(view)))
        assert not visible(view, QPushButton, "Find").isEnabled()
        assert not visible(view, QPushButton, "Continue").isEnabled()
        assert visible(view, QPushButton, "Cancel").isEnabled()
        QTest.keyClick(line, Qt.Key.Key_Escape)
        set_up.until(lambda: not session.busy_words and visible(view, QPushButton, "Find").isEnabled())
        assert view._presenter.session is session, "the editing goes on"


def test_a_refusal_stands_at_the_address(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[Discover] = RefusedError("Nothing answers at plc-7.")
        begin(set_up, view)
        press(view, "Find")
        set_up.until(lambda: "◆ Nothing answers at plc-7." in texts(view))


def test_the_ways_in_are_listed_with_what_speaks_against_them(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        session = find(set_up, view)
        table = visible(view, QTableWidget, "Ways into the server")
        set_up.until(lambda: table.rowCount() == 2)
        assert table.item(1, 0).text() == "◆ Not secured"
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 0)).center()
        )
        set_up.until(lambda: "◆ Open." in texts(view))
        assert session.finder.chosen == 1


def test_a_certificate_is_judged_in_its_place(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up, asks=True)
        session = find(set_up, view)
        press(view, "Continue")
        set_up.until(lambda: session.step is Step.CERTIFICATE and "Look at it." in texts(view))
        set_up.until(lambda: " ".join(["AB12"] * 10) in texts(view))
        assert "◆ It was made for another host name." in texts(view)
        assert not visible(view, QPushButton, "Continue").isEnabled()
        focus = view.focusWidget()
        assert isinstance(focus, QPushButton)
        assert focus.text() == "Refuse", "Enter alone accepts nothing"
        press(view, "Accept for this run")
        set_up.until(lambda: session.step is Step.LOGIN)
        assert set_up.port.last(TrustCertificate).decision is Trust.ONCE


def test_faults_of_tags_stand_in_their_cells_and_under_the_table(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        session = to_tags(set_up, view)
        tree = visible(view, QTreeView, "Address space of the server")
        tree.model().setData(tree.model().index(0, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
        set_up.until(lambda: len(session.draft.tags) == 2)
        set_up.port.answers[CheckStation] = (FieldFault("low", "The lower end must be a number.", 0),)
        model = visible(view, QTableView, "Tags of the station").model()
        set_up.until(lambda: model.rowCount() == 2)
        model.setData(model.index(0, COLUMN["low"]), "x")
        set_up.until(lambda: model.index(0, COLUMN["low"]).data() == "◆ x")
        assert "number" in model.index(0, COLUMN["low"]).data(Qt.ItemDataRole.ToolTipRole)
        assert "◆ Level, Low: The lower end must be a number." in texts(view)
        assert set_up.port.last(CheckStation).draft is session.draft


def test_selected_cells_of_a_column_are_set_together(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        session = to_tags(set_up, view)
        tree = visible(view, QTreeView, "Address space of the server")
        tree.model().setData(tree.model().index(0, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
        set_up.until(lambda: len(session.draft.tags) == 2)
        set_up.until(lambda: visible(view, QTableView, "Tags of the station").model().rowCount() == 2)
        table = visible(view, QTableView, "Tags of the station")
        table.selectAll()
        table.model().setData(table.model().index(0, COLUMN["sampling_ms"]), "1000")
        assert [tag.sampling_ms for tag in session.draft.tags] == ["1000", "1000"]
        table.model().setData(table.model().index(0, COLUMN["name"]), "Depth")
        assert [tag.name for tag in session.draft.tags] == ["Depth", "Running"]
        press(view, "Remove")
        assert not session.draft.tags


def test_values_that_cannot_be_tags_are_shown_with_the_reason(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        to_tags(set_up, view)
        tree = visible(view, QTreeView, "Address space of the server")
        model = tree.model()
        assert isinstance(model, AddressModel)
        well = model.index(0, 0)
        tree.expand(well)
        set_up.until(lambda: model.rowCount(model.index(0, 0)) == 3)
        log = model.index(1, 0, model.index(0, 0))
        assert log.data() == "Log"
        assert log.data(Qt.ItemDataRole.CheckStateRole) is None
        assert not log.flags() & Qt.ItemFlag.ItemIsUserCheckable
        assert model.index(1, 1, model.index(0, 0)).data() == "An array."
        assert model.parent(log) == model.index(0, 0)
        assert model.rowCount(QModelIndex()) == 3


def answer(view: QWidget, button: QMessageBox.StandardButton) -> None:
    """Answer the question that is open."""
    question = next(each for each in view.findChildren(QMessageBox) if each.isVisible())
    question.button(button).click()


def test_leaving_closes_what_was_opened(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        to_tags(set_up, view)
        before = set_up.port.count(CloseExploration)
        press(view, "Cancel")
        answer(view, QMessageBox.StandardButton.Cancel)
        assert view._presenter.session is not None, "what was entered is kept"
        press(view, "Cancel")
        answer(view, QMessageBox.StandardButton.Discard)
        set_up.until(lambda: set_up.port.count(CloseExploration) > before)
        assert view._presenter.session is None
        assert set_up.port.count(SaveStation) == 0


def test_an_edited_station_is_filled_without_the_network(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        press(view, "Edit")
        set_up.until(lambda: view._editor.isVisible() and view._presenter.session is not None)
        set_up.until(lambda: visible(view, QLineEdit, "Station's name").text() == STATION.name)
        session_of(view).go(Step.TAGS)
        set_up.until(lambda: visible(view, QTableView, "Tags of the station").model().rowCount() == 7)
        assert visible(view, QPushButton, "Browse the server").isEnabled()
        assert set_up.port.count(OpenExploration) == 0


def test_deleting_asks_and_the_no_has_the_focus(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        press(view, "Delete")
        set_up.until(lambda: f"Delete {STATION.name}?" in texts(view))
        focus = view.focusWidget()
        assert isinstance(focus, QPushButton)
        assert focus.text() == "Cancel"
        assert not visible(view, QPushButton, "Edit").isEnabled()
        QTest.keyClick(focus, Qt.Key.Key_Return)
        set_up.until(lambda: f"Delete {STATION.name}?" not in texts(view))
        assert set_up.port.count(DeleteStation) == 0
        set_up.context.navigator.edit_stations(EditWish.DELETE, STATION.id)
        set_up.until(lambda: f"Delete {STATION.name}?" in texts(view))
        press(view, f"Delete {STATION.name}?")
        set_up.until(lambda: set_up.port.count(DeleteStation) == 1)


def test_switching_off_asks_too(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        press(view, "Switch off")
        set_up.until(lambda: f"Switch {STATION.name} off?" in texts(view))
        press(view, f"Switch {STATION.name} off?")
        set_up.until(lambda: set_up.port.count(EnableConnection) == 1)
        assert not set_up.port.last(EnableConnection).enabled


def test_a_package_is_looked_at_before_it_is_imported(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers |= {
            ExportStations: "{}",
            CompareStations: (PackageChange("Tag", "Level", "The unit becomes m."),),
            ImportStations: 1,
        }
        file = tmp_path / "plant.json"
        view.export_to(file)
        set_up.until(file.exists)
        set_up.until(lambda: "Written to plant.json: 1 station." in texts(view))
        view.read_from(file)
        set_up.until(lambda: "Import plant.json" in texts(view))
        table = visible(view, QTableWidget, "What the import changes")
        assert [table.item(0, column).text() for column in range(3)] == ["Tag", "Level", "The unit becomes m."]
        assert set_up.port.count(ImportStations) == 0
        press(view, "Import")
        set_up.until(lambda: "Imported from plant.json: 1 station." in texts(view))


def test_tags_are_exported_and_a_file_of_them_is_looked_at_and_taken_in(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        change = CsvChange(3, placed_draft_of(TAGS[LEVEL]), is_new=False, fields=(("Unit", "m", "<b>ft</b>"),))
        found = CsvDifferences((change,), (), 6, (CsvFault(2, "Low", "No number."),))
        set_up.port.answers |= {ExportTagCsv: 7, CompareTagCsv: CsvPreview(found, "seal"), ApplyTagCsv: 1}
        view = view_of(qtbot, set_up)
        visible(view, QPushButton, "Export tags…")
        view.export_tags_to(Path("t.csv"), True)
        set_up.until(lambda: "Written to t.csv: 7 tags." in texts(view))
        assert set_up.port.last(ExportTagCsv).station_ids == (STATION.id,), "the selected one"
        view.read_tags_from(Path("t.csv"))
        table = visible(view, QTableView, "What the import changes")
        set_up.until(lambda: bool(table.model().rowCount() == 2))
        cells = [[table.model().index(row, column).data() for column in range(4)] for row in range(2)]
        assert cells == [
            ["2", "◆ Fault", "–", "Low: No number."],
            ["3", "Changed", "Hill borehole · Tank level", "Unit: m → <b>ft</b>"],
        ]
        tip = table.model().index(1, 3).data(Qt.ItemDataRole.ToolTipRole)
        assert tip == "<qt>Unit: m → &lt;b&gt;ft&lt;/b&gt;</qt>", "text of a file is no HTML"
        assert visible(view, QPushButton, "Cancel").hasFocus()
        box = visible(view, QCheckBox, "Delete tags of the file's stations that are not in it")
        box.click()
        set_up.until(lambda: set_up.port.last(CompareTagCsv).removes)
        set_up.until(lambda: visible(view, QPushButton, "Import").isEnabled())
        looks = set_up.port.count(CompareTagCsv)
        press(view, "Look again")
        set_up.until(lambda: set_up.port.count(CompareTagCsv) == looks + 1)
        set_up.until(lambda: visible(view, QPushButton, "Import").isEnabled())
        assert set_up.port.count(ApplyTagCsv) == 0, "nothing before it is pressed"
        press(view, "Import")
        set_up.until(lambda: "Imported from t.csv: 1 tag." in texts(view))


def test_who_only_looks_exports_tags_and_imports_none(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        assert visible(view, QPushButton, "Export tags…").isEnabled()
        button = visible(view, QPushButton, "Import tags…")
        assert not button.isEnabled()
        assert "administrator" in button.toolTip()
