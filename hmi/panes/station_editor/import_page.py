"""The page that shows what importing a file would change, before it does."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.station_editor.packages import Packages
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import Label, tip

COLUMNS: Final = (tr("What"), tr("Name"), tr("Change"))
WIDTHS_PX: Final = (110, 260, 0)


class ImportPage(QWidget):
    """Shows the differences; nothing is changed before Import is pressed."""

    import_pressed = Signal()
    cancel_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = Label()
        self._title.setProperty("kind", "title")
        self._words = note()
        self._fault = FaultLabel()
        self._table = QTableWidget(0, len(COLUMNS))
        self._table.setHorizontalHeaderLabels(COLUMNS)
        self._table.setAccessibleName(tr("What the import changes"))
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.setTabKeyNavigation(False)
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(WIDTHS_PX):
            if width:
                header.resizeSection(column, width)
        self._cancel = push(tr("Cancel"), self.cancel_pressed.emit)
        self._import = push(tr("Import"), self.import_pressed.emit, is_primary=True)
        foot = QHBoxLayout()
        foot.addWidget(self._fault, 1)
        foot.addStretch(0)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        layout.addWidget(self._table, 1)
        layout.addLayout(foot)
        self._shown: object = None

    def refresh(self, packages: Packages) -> None:
        """Show the package."""
        changes = packages.changes
        self._title.setText(tr("Import {file}").format(file=packages.name))
        self._words.setText(
            tr("Differences: {count}. Nothing is changed before you import.").format(count=len(changes))
            if changes
            else tr("Nothing differs from what is there already.")
        )
        self._fault.say(packages.message if packages.is_trouble else "")
        self._import.setEnabled(bool(changes) and not packages.work.is_busy)
        if self._shown is changes:
            return
        self._shown = changes
        self._table.setRowCount(len(changes))
        for row, change in enumerate(changes):
            for column, text in enumerate((change.what, change.name, change.change)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(text))
                self._table.setItem(row, column, item)
