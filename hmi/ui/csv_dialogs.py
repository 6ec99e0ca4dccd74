"""Asking where a CSV file is written to, and which one is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from hmi.domain.language import tr

PLAIN: Final = tr("CSV, with a point in numbers (*.csv)")
EUROPEAN: Final = tr("CSV for Excel, with semicolons and a comma in numbers (*.csv)")


def ask_csv_to(parent: QWidget, title: str, name: str, write: Callable[[Path, bool], None]) -> None:
    """Ask where to; `write` gets the file, and whether it is to be a European one."""
    dialog = _dialog(parent, title, QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([PLAIN, EUROPEAN])
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: write(Path(path), dialog.selectedNameFilter() == EUROPEAN))
    dialog.open()


def ask_csv_from(parent: QWidget, title: str, what: str, read: Callable[[Path], None]) -> None:
    """Ask where from. what: what a file of the kind holds, in words."""
    dialog = _dialog(parent, title, QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(tr("{what} (*.csv *.txt *.tsv);;All files (*)").format(what=what))
    dialog.fileSelected.connect(lambda path: read(Path(path)))
    dialog.open()


def _dialog(parent: QWidget, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(mode)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
