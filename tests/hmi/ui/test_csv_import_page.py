"""The page of a CSV import: nothing is cut, and a long list stays quick."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QApplication, QLabel, QTableView
from pytestqt.qtbot import QtBot

from hmi.config.csv_files import CsvChange, CsvDifferences, CsvFault
from hmi.services.port import ApplyTagCsv, CompareTagCsv, CsvPreview
from hmi.ui.csv_import import DifferenceRows, ImportFlow, ImportKind
from hmi.ui.csv_import_page import ROW_PX, CsvImportPage
from hmi.ui.theme import Theme
from tests.support.fake_port import FakePort

LONG = "It says more than one line of a narrow column has room for, and all of it is read without a mouse. " * 2


def kind() -> ImportKind[Any]:
    return ImportKind(CompareTagCsv, ApplyTagCsv, str, lambda each: (str(each), ""), "")


def looked_at(found: CsvDifferences[Any]) -> ImportFlow[Any]:
    port = FakePort()
    port.answers[CompareTagCsv] = CsvPreview(found, "seal")
    flow: ImportFlow[Any] = ImportFlow(kind(), port, Path("t.csv"), lambda: None)
    asyncio.run(flow.look())
    return flow


def shown(qtbot: QtBot) -> CsvImportPage:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    page = CsvImportPage(Theme(app), which="Tag", removes="Delete")
    qtbot.addWidget(page)
    page.resize(700, 500)
    page.show()
    return page


def test_a_long_sentence_is_wrapped_and_a_long_list_says_the_chosen_row_in_full(qtbot: QtBot) -> None:
    page = shown(qtbot)
    table = page.findChild(QTableView)
    assert isinstance(table, QTableView)
    page.refresh(looked_at(CsvDifferences(faults=(CsvFault(2, "", LONG), CsvFault(3, "", "Short.")))))
    QApplication.processEvents()
    assert table.rowHeight(0) > 2 * ROW_PX
    assert table.rowHeight(1) == ROW_PX
    page.refresh(looked_at(CsvDifferences(faults=tuple(CsvFault(line, "", LONG) for line in range(1, 1001)))))
    QApplication.processEvents()
    assert {table.rowHeight(row) for row in (0, 1, 500)} == {ROW_PX}
    table.selectRow(500)
    assert f"–: {LONG}" in [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


def test_rows_are_made_only_when_they_are_looked_at() -> None:
    named: list[str] = []

    def name(draft: str) -> str:
        named.append(draft)
        return draft

    wanted: ImportKind[Any] = ImportKind(CompareTagCsv, ApplyTagCsv, name, lambda each: (str(each), ""), "")
    changes = tuple(CsvChange(line, f"tag {line}", is_new=True) for line in range(2, 1002))
    rows = DifferenceRows(wanted, CsvDifferences(changes, (UUID(int=7),)))
    assert len(rows) == 1001
    assert (rows[5].cells[2], rows[-1].cells[2]) == ("tag 7", str(UUID(int=7)))
    assert named == ["tag 7"]
