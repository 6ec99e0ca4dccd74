"""An administrator turns an unknown server into live tags, edits the station and deletes it, with real widgets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QTableView, QTableWidget, QTreeView
from pytestqt.qtbot import QtBot

from drivers.api import LinkState, Quality
from drivers.simulated.description import AreaEndpoint
from hmi.ui.navigator import Workspace
from tests.conftest import Warnings
from tests.support.program import Program, program_beside_plant

SECURE = "East"
"""The area of the demo plant whose server asks for a user and shows a certificate."""


def write(program: Program, name: str, text: str) -> None:
    line = program.widget(QLineEdit, name)
    program.until(line.isEnabled)
    line.selectAll()
    QTest.keyClicks(line, text)


def find_endpoints(program: Program, url: str) -> None:
    write(program, "Server's host name or address", url)
    program.press("Find")
    program.until(lambda: program.widget(QTableWidget, "Ways into the server").rowCount() > 0)


def child(program: Program, tree: QTreeView, parent: QModelIndex, name: str) -> QModelIndex:
    """Open a row of the address space and return the row of that name below it."""
    model = tree.model()
    tree.expand(parent)

    def rows() -> list[QModelIndex]:
        return [model.index(row, 0, parent) for row in range(model.rowCount(parent))]

    program.until(lambda: any(name in str(index.data()) for index in rows()))
    return next(index for index in rows() if name in str(index.data()))


def pick(program: Program, *path: str) -> None:
    """Go down the address space by keyboard and check its last row."""
    tree = program.widget(QTreeView, "Address space of the server")
    index = QModelIndex()
    for name in path:
        index = child(program, tree, index, name)
    tree.setCurrentIndex(index)
    QTest.keyClick(tree, Qt.Key.Key_Space)
    program.until(lambda: program.widget(QTableView, "Tags of the station").model().rowCount() > 5)


def place(program: Program, name: str, area: str) -> None:
    write(program, "Station's name", name)
    line = program.widget(QComboBox, "Area").lineEdit()
    assert line is not None
    QTest.keyClicks(line, area)
    write(program, "Latitude in degrees", "39.6")
    write(program, "Longitude in degrees", "2.9")


def is_live(program: Program) -> bool:
    tags = program.mirror.catalogue.tags
    links = program.mirror.links.values()
    good = [tag for tag in tags if program.mirror.reading(tag.index).quality is Quality.GOOD]
    return bool(tags) and all(link.state is LinkState.UP for link in links) and len(good) > 0.9 * len(tags)


def test_an_administrator_adds_edits_and_deletes_a_station(qtbot: QtBot, tmp_path: Path) -> None:
    with program_beside_plant(qtbot, tmp_path) as (program, endpoints):
        assert not program.mirror.catalogue.stations
        program.press("Add station")
        find_endpoints(program, endpoints["North"].url)
        for step in ("Continue", "Continue", "Continue"):
            program.press(step)
        pick(program, "North", "ller")
        program.press("Continue")
        place(program, "New well", "Hills")
        program.press("Save")
        program.until(lambda: len(program.mirror.catalogue.stations) == 1)
        program.until(lambda: is_live(program))
        station = program.station("New well")
        assert program.navigator.place.workspace is Workspace.MAP
        assert program.navigator.place.station_id == station.id
        shown = [label.text() for label in program.window.findChildren(QLabel) if label.isVisible()]
        assert "New well" in shown, "faceplate"
        tags = {tag.id: tag.index for tag in program.mirror.catalogue.tags}
        assert any(tag.unit for tag in program.mirror.catalogue.tags), "units come from the server"
        moved = {tag.index: program.value(tag) for tag in program.mirror.catalogue.tags}
        program.until(lambda: any(program.value(tag) != moved[tag.index] for tag in program.mirror.catalogue.tags))

        program.navigator.show(Workspace.ADMIN)
        program.press("Edit")
        write(program, "Station's name", "Old well")
        program.press("Save")
        program.until(lambda: program.mirror.catalogue.stations[0].name == "Old well")
        program.until(lambda: program.navigator.place.workspace is Workspace.MAP)
        assert {tag.id: tag.index for tag in program.mirror.catalogue.tags} == tags, "their history stays theirs"
        assert is_live(program), "a name touches no link"

        program.navigator.show(Workspace.ADMIN)
        program.press("Delete")
        program.press("Delete Old well?")
        program.until(lambda: not program.mirror.catalogue.stations)
        program.until(lambda: not program.mirror.links)
        assert program.assembly.frames["station_editor"].error == ""


def test_an_administrator_accepts_a_certificate_for_this_run_and_logs_in(
    qtbot: QtBot, tmp_path: Path, log_warnings: Warnings
) -> None:
    with program_beside_plant(qtbot, tmp_path) as (program, endpoints):
        east = endpoints[SECURE]
        program.press("Add station")
        find_endpoints(program, east.url)
        program.press("Continue")
        program.press("Accept for this run")
        log_in(program, east)
        program.press("Continue")
        pick(program, "East", "Felanitx")
        program.press("Continue")
        place(program, "Press hall", "East")
        program.press("Save")
        program.until(lambda: len(program.mirror.catalogue.stations) == 1)
        link = program.mirror.catalogue.connections[0]
        # The link is another one than that of the editor: it hears what was accepted there.
        program.until(lambda: link.id in program.mirror.links)
        program.until(lambda: is_live(program))
    log_warnings.take("secret kept", "keyring", "link")


def log_in(program: Program, east: AreaEndpoint) -> None:
    """Try a wrong password first: the test names the step that fails."""
    write(program, "User", east.user)
    write(program, "Password", "wrong")
    program.press("Continue")
    program.widget(QLabel, "It stops at: Session.")
    program.press("3. Login, done")
    write(program, "Password", east.password)
    program.press("Continue")
    program.widget(QLabel, "The connection works.")
