"""The few widgets that several pages of this pane use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.ui.theme import Theme

ROW_PX: Final = 30
EDGE_LIGHTER: Final = 160
HEADER_PX: Final = 34
FAULT_MARK: Final = "◆ "
SHORT_CHOICE: Final = 7
PADDING_PX: Final = 8


def push(text: str, act: Callable[[], None], *, is_primary: bool = False) -> QPushButton:
    """Return a button that Enter presses too, when it has the focus."""
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setAutoDefault(True)
    if is_primary:
        button.setProperty("kind", "primary")
    button.clicked.connect(lambda _checked=False: act())
    return button


def note(text: str = "", kind: str = "second") -> QLabel:
    """Return a label that wraps."""
    label = QLabel(text)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    return label


def heading(text: str) -> QLabel:
    """Return the title of a card."""
    label = QLabel(text)
    label.setProperty("kind", "heading")
    return label


class FaultLabel(QLabel):
    """Says what is wrong; takes no room while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "bad")
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the label."""
        self.setText(FAULT_MARK + sentence if sentence else "")
        self.setVisible(bool(sentence))


def line(name: str, typed: Callable[[str], None]) -> QLineEdit:
    """Return a field that tells each letter that a person types."""
    field = QLineEdit()
    field.setAccessibleName(name)
    field.textEdited.connect(typed)
    return field


def show_text(field: QLineEdit, text: str) -> None:
    """Show a text, unless just that is being typed."""
    if field.text().strip() != text.strip():
        field.setText(text)


def choice(name: str, chosen: Callable[[object], None]) -> QComboBox:
    """Return a list to choose from; tells the data of what a person chose."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(SHORT_CHOICE)
    box.activated.connect(lambda row: chosen(box.itemData(row)))
    return box


def show_choices(box: QComboBox, choices: Sequence[tuple[str, object]], chosen: object) -> None:
    """Show what can be chosen and what is, without a signal."""
    with QSignalBlocker(box):
        if [(box.itemText(row), box.itemData(row)) for row in range(box.count())] != list(choices):
            box.clear()
            for text, data in choices:
                box.addItem(text, data)
        box.setCurrentIndex(next((row for row, (_, data) in enumerate(choices) if data == chosen), -1))
    box.setToolTip(box.currentText())  # a long one is cut in a narrow window


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
    found.setAccessibleName(name)
    found.setShowGrid(False)
    found.setAlternatingRowColors(True)
    found.setWordWrap(False)
    found.setTabKeyNavigation(False)
    found.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    found.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
    found.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    found.verticalHeader().hide()
    found.verticalHeader().setDefaultSectionSize(ROW_PX)
    header = found.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate(widths):
        if width:
            header.resizeSection(column, width)
        else:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
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
                item.setToolTip(text)
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


def show_checks(widget: QWidget, theme: Theme) -> None:
    """Give check boxes an edge that can be seen: Fusion draws it from the window's colour, and darkens it."""
    palette = widget.palette()
    edge = QColor(theme.tokens.outline).lighter(EDGE_LIGHTER if theme.tokens.name == "dark" else 100)
    if palette.color(QPalette.ColorRole.Window) != edge:
        palette.setColor(QPalette.ColorRole.Window, edge)
        widget.setPalette(palette)


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
