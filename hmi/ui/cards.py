"""Cards, tables to read and lists to choose from, as several panes show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.ui.form_parts import heading, note
from hmi.ui.label import tip
from hmi.ui.tables import ROW_PX, set_up

HEADER_PX: Final = 34
SHORT_CHOICE: Final = 7
PADDING_PX: Final = 8


def choice(name: str, chosen: Callable[[object], None]) -> QComboBox:
    """Return a list to choose from; tells the data of what a person chose."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(SHORT_CHOICE)
    box.activated.connect(lambda row: chosen(box.itemData(row)))
    return box


def card(title: str) -> tuple[QFrame, QVBoxLayout]:
    """Return a card with a heading, and the layout inside."""
    frame = QFrame()
    frame.setObjectName("card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, 8, 12, 10)
    layout.setSpacing(6)
    layout.addWidget(heading(title))
    return frame, layout


def table(name: str, columns: Sequence[str], widths: Sequence[int]) -> QTableWidget:
    """Return a table to read; a width of 0 takes what is left."""
    found = QTableWidget(0, len(columns))
    found.setHorizontalHeaderLabels(list(columns))
    set_up(found, name, widths)
    return found


def show_rows(found: QTableWidget, rows: Sequence[Sequence[str]], most: int = 0) -> None:
    """Show texts; with `most` the table is as high as its rows, up to that many."""
    found.setRowCount(len(rows))
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = found.item(number, column)
            if item is None:
                item = QTableWidgetItem()
                found.setItem(number, column, item)
            if item.text() != text:
                item.setText(text)
                item.setToolTip(tip(text))
    if most:
        found.setFixedHeight(HEADER_PX + ROW_PX * min(max(1, len(rows)), most))


def fit_columns(found: QTableWidget, limits: Mapping[int, tuple[int, int]]) -> None:
    """Make columns as wide as what they show, between two widths in pixels."""
    for column, (least, most) in limits.items():
        wanted = max(found.sizeHintForColumn(column) + PADDING_PX, found.horizontalHeader().sectionSizeHint(column))
        found.horizontalHeader().resizeSection(column, max(least, min(wanted, most)))


def wrap_rows(found: QTableWidget) -> None:
    """Make rows as high as their texts need, wrapped at the columns' widths."""
    found.setWordWrap(True)
    found.verticalHeader().setMinimumSectionSize(ROW_PX)
    found.resizeRowsToContents()


def labelled(label: str, *widgets: QWidget) -> QWidget:
    """Return widgets below their label."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(note(label))
    for widget in widgets:
        layout.addWidget(widget)
    return holder
