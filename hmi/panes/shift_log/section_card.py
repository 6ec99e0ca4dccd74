"""One section of the handover on a card: as high as its rows, nothing cut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTableWidget, QVBoxLayout

from hmi.panes.shift_log.sections import Section
from hmi.ui.cards import HEADER_PX, show_rows, table
from hmi.ui.form_parts import heading, note
from hmi.ui.label import Label
from hmi.ui.symbols import alarm_icon
from hmi.ui.tables import fit_rows
from hmi.ui.theme import Theme
from hmi.ui.timers import once

EDGE_PX = 2


class SectionCard(QFrame):
    """Shows a section; it is laid out anew only when the section or the width has changed."""

    def __init__(self, section: Section, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self._theme = theme
        self._section: Section | None = None
        self._title: Label = heading("")
        self._empty, self._more = note(), note()
        self.table = _table_of(section)
        # The columns get their widths after the card has got its own.
        self._fitting = once(self, 0, self._fit)
        self.table.horizontalHeader().sectionResized.connect(lambda *_: self._fitting.start())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._empty, 1)
        layout.addLayout(head)
        layout.addWidget(self.table)
        layout.addWidget(self._more)
        self.show_section(section)

    def show_section(self, section: Section) -> None:
        """Show what may have changed."""
        if section == self._section:
            return
        self._section = section
        has_count = section.is_counted and section.total
        self._title.setText(f"{section.title} ({section.total:,})" if has_count else section.title)
        self._empty.setText(section.empty)
        self._empty.setVisible(not section.rows)
        self._more.setText(section.more)
        self._more.setVisible(bool(section.more))
        self.table.setVisible(bool(section.rows))
        show_rows(self.table, [row.cells for row in section.rows])
        self.show_theme()
        self._fit()

    def show_theme(self) -> None:
        """Draw the symbols in the look that is used."""
        for number, row in enumerate(self._section.rows if self._section else ()):
            item = self.table.item(number, 0)
            if item is not None and row.mark is not None:
                item.setIcon(alarm_icon(self._theme.tokens, *row.mark, is_lit=True))
                item.setText("")  # the number stands in the symbol
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.cells[0])
            elif item is not None:
                item.setIcon(QIcon())

    def _fit(self) -> None:
        rows = fit_rows(self.table, range(self.table.columnCount()))
        self.table.setFixedHeight(HEADER_PX + rows + EDGE_PX)


def _table_of(section: Section) -> QTableWidget:
    found = table(section.title, [head for head, _ in section.heads], [width for _, width in section.heads])
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    found.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    found.horizontalHeader().setFixedHeight(HEADER_PX)
    found.setIconSize(QSize(18, 18))
    found.setWordWrap(True)
    return found
