"""What every table of the program has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

ROW_PX: Final = 30
PADDING_PX: Final = 10
HIGH_PX: Final = 100_000


def set_up(table: QTableView, name: str, widths: Sequence[int], row_px: int = ROW_PX) -> None:
    """Make a table to read and to choose whole rows from: striped, no grid, fixed columns.

    name: what a reader says. widths: of the columns, px; one of 0 takes what is left.
    """
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_px)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate(widths):
        if width:
            header.resizeSection(column, width)
        else:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)


def fit_rows(table: QTableView, columns: Sequence[int], first: int = 0, least_px: int = ROW_PX) -> int:
    """Make rows from a first one on as high as the texts of some columns need, wrapped; return their height, in px.

    Measured here, since Qt's own way asks a delegate for every cell and takes ten times as long.
    """
    model, header, metrics = table.model(), table.horizontalHeader(), table.fontMetrics()
    flags, total = int(Qt.TextFlag.TextWordWrap), 0
    boxes = {column: QRect(0, 0, header.sectionSize(column) - PADDING_PX, HIGH_PX) for column in columns}
    for row in range(first, model.rowCount()):
        texts = ((box, str(model.index(row, column).data() or "")) for column, box in boxes.items())
        needed = max((metrics.boundingRect(box, flags, text).height() for box, text in texts if text), default=0)
        height = max(least_px, needed + PADDING_PX)
        if table.rowHeight(row) != height:
            table.setRowHeight(row, height)
        total += height
    return total
