"""Sheets of paper, real ones and those of a PDF file, and the dialogs that ask for a file or a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QMarginsF, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

PDF_DPI: Final = 300
ACROSS: Final = QPageLayout.Orientation.Landscape
UPRIGHT: Final = QPageLayout.Orientation.Portrait


def pdf_of(document: QTextDocument, orientation: QPageLayout.Orientation = ACROSS) -> bytes:
    """Return a document as the bytes of a PDF file of A4 sheets. On the GUI thread."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    document.print_(_set_up(QPdfWriter(buffer), orientation))
    return bytes(buffer.data().data())


def ask_file(parent: QWidget, title: str, name: str, kinds: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to write a file that is called `name` unless a person says otherwise; kinds: as Qt's filters."""
    dialog = QFileDialog(parent, title, str(Path.home() / name), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def ask_existing_file(parent: QWidget, title: str, kinds: str, chosen: Callable[[Path], None]) -> None:
    """Ask which file to read; kinds: as Qt's filters."""
    dialog = QFileDialog(parent, title, str(Path.home()), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def ask_printer(
    parent: QWidget, chosen: Callable[[QPrinter], None], orientation: QPageLayout.Orientation = ACROSS
) -> None:
    """Ask which printer to print on."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageOrientation(orientation)
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: chosen(printer))
    QDialog.open(dialog)


def _set_up(writer: QPdfWriter, orientation: QPageLayout.Orientation) -> QPdfWriter:
    writer.setResolution(PDF_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(orientation)
    writer.setPageMargins(QMarginsF(10, 10, 10, 10), QPageLayout.Unit.Millimeter)
    return writer
