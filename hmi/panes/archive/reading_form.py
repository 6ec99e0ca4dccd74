"""How a file is read: its text, its times, its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.import_flow import ImportFlow
from hmi.panes.archive.words import DECIMALS, ENCODINGS, SEPARATORS, TIME_FORMATS, TWICE, ZONES
from hmi.storage.exchange.mapping import FileKind
from hmi.storage.exchange.zones import Zone
from hmi.ui.cards import card, choice, labelled
from hmi.ui.form_parts import show_choices

Change = Callable[[str, Any], None]


class ReadingForm(QFrame):
    """Tells each change by its name in the plan."""

    def __init__(self, change: Change) -> None:
        super().__init__()

        def box(name: str, text: str) -> QComboBox:
            return choice(text, lambda value: change(name, value))

        self._encoding = box("encoding", tr("Encoding"))
        self._separator = box("separator", tr("Separator"))
        self._decimal = box("decimal", tr("Decimal sign"))
        self._time_format = box("time_format", tr("Time format"))
        self._change = change
        self._zone = choice(tr("Time zone, or its name such as Asia/Tokyo"), self._choose_zone)
        self._typed = QLineEdit()
        self._typed.setAccessibleName(self._zone.accessibleName())
        self._typed.editingFinished.connect(self._type_zone)
        self._shown_zone = ""
        self._zone.setEditable(True)
        self._zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._zone.setLineEdit(self._typed)
        self._twice = box("twice", tr("When the clocks go back"))
        self.header = QCheckBox(tr("The first line has the columns' names"))
        self.header.clicked.connect(lambda is_checked: change("has_header", is_checked))
        frame, inside = card(tr("How it is written"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        self._of_text = [labelled(tr("Encoding"), self._encoding), labelled(tr("Separator"), self._separator)]
        self._of_text.append(labelled(tr("Decimal sign"), self._decimal))
        for column, widget in enumerate(self._of_text):
            grid.addWidget(widget, 0, column)
        grid.addWidget(labelled(tr("Time format"), self._time_format), 1, 0)
        grid.addWidget(labelled(tr("Zone of times that name none"), self._zone), 1, 1)
        grid.addWidget(labelled(tr("Times shown twice in autumn"), self._twice), 1, 2)
        inside.addLayout(grid)
        inside.addWidget(self.header)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._encoding if self._encoding.isVisible() else self._time_format

    def refresh(self, flow: ImportFlow) -> None:
        """Show the plan."""
        plan = flow.plan
        if plan is None:
            return
        is_text = plan.kind is FileKind.CSV
        for widget in (*self._of_text, self.header):
            widget.setVisible(is_text)
        known = [data for _, data in ENCODINGS]
        more = [] if plan.encoding in known else [(plan.encoding, plan.encoding)]
        show_choices(self._encoding, [*ENCODINGS, *more], plan.encoding)
        show_choices(self._separator, SEPARATORS, plan.separator)
        show_choices(self._decimal, DECIMALS, plan.decimal)
        show_choices(self._time_format, TIME_FORMATS, plan.time_format)
        self._shown_zone = plan.zone.key
        others = dict.fromkeys((*ZONES, plan.zone.key) if plan.zone.key else ZONES)
        if not self._typed.hasFocus():
            show_choices(self._zone, [(tr("Local"), ""), *((zone, zone) for zone in others)], plan.zone.key)
        show_choices(self._twice, TWICE, plan.twice)
        self.header.setChecked(plan.has_header)

    def _choose_zone(self, value: object) -> None:
        self._change("zone", Zone(str(value or "")))

    def _type_zone(self) -> None:
        """Take a zone that was typed; one that is on the list was taken when it was chosen."""
        text = self._typed.text().strip()
        key = "" if text == tr("Local") else text
        if key != self._shown_zone:
            self._choose_zone(key)
