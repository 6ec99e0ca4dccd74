"""One link's details: all that its driver knows, in columns of label and text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from hmi.domain.language import tr
from hmi.ui.label import Label, tip

PAIRS_A_ROW: Final = 3
LABEL_PX: Final = 150


class LinkCard(QFrame):
    """Shows pairs; its labels are made once for each place and then only change their text."""

    def __init__(self, pairs_a_row: int = PAIRS_A_ROW) -> None:
        super().__init__()
        self._pairs_a_row = pairs_a_row
        self.setObjectName("card")
        self._title = Label()
        self._title.setProperty("kind", "heading")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for pair in range(pairs_a_row):
            self._grid.setColumnStretch(2 * pair + 1, 1)
        self._places: list[tuple[Label, Label]] = []
        layout = QVBoxLayout(self)
        layout.addWidget(self._title)
        layout.addLayout(self._grid)

    def show_details(self, name: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Show a link's pairs of label and text, in their order by rows."""
        self._title.setText(tr("{link} in detail").format(link=name))
        while len(self._places) < len(pairs):
            self._places.append(self._place(len(self._places)))
        for number, (label, text) in enumerate(self._places):
            is_used = number < len(pairs)
            label.setVisible(is_used)
            text.setVisible(is_used)
            if is_used:
                label.setText(pairs[number][0])
                text.setText(pairs[number][1])
                text.setToolTip(tip(pairs[number][1]))
        self.setAccessibleName(name + ": " + ", ".join(f"{label} {text}" for label, text in pairs))

    def _place(self, number: int) -> tuple[Label, Label]:
        row, pair = divmod(number, self._pairs_a_row)
        label, text = Label(), Label()
        label.setProperty("kind", "second")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setMinimumWidth(40)  # a long address is cut rather than the page made wider; its tip has the rest
        self._grid.addWidget(label, row, 2 * pair)
        self._grid.addWidget(text, row, 2 * pair + 1)
        return label, text
