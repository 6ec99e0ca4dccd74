"""The steps down the left: number, name, mark; each a button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.station_editor.steps import Mark, Step, StepRow
from hmi.ui.label import tip

MARKS = {Mark.TODO: "○", Mark.BUSY: "…", Mark.DONE: "✓", Mark.FAULT: "◆"}
WIDTH_PX = 136


class StepRail(QWidget):
    """Shows the rows; a press chooses a step."""

    chosen = Signal(Step)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(tr("Steps"))
        self._buttons = {step: self._button(step) for step in Step}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for button in self._buttons.values():
            layout.addWidget(button)
        layout.addStretch(1)

    def show_rows(self, rows: tuple[StepRow, ...]) -> None:
        """Show the steps as they stand; those that are not among the rows are hidden."""
        shown = {row.step: row for row in rows}
        for step, button in self._buttons.items():
            row = shown.get(step)
            button.setVisible(row is not None)
            if row is not None:
                button.setText(f"{MARKS[row.mark]}  {row.number}  {row.label}")
                button.setChecked(row.is_current)
                button.setEnabled(not row.reason)
                button.setToolTip(tip(row.reason))
                button.setAccessibleName(row.sentence)

    def _button(self, step: Step) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "step")
        button.setCheckable(True)
        button.setAutoDefault(True)
        button.clicked.connect(lambda _checked=False: self.chosen.emit(step))
        return button
