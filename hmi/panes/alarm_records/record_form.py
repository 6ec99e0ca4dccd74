"""The form of the selected records: what is watched, what it means, and how it behaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.alarm_drafts import FIELD_LABELS, FLAGS, PRIORITY_LABELS
from hmi.domain.alarms import TYPE_LABELS
from hmi.domain.language import tr
from hmi.panes.alarm_records.field_parts import Changed, ChoiceField, Field, FlagField, LinesField, TagField, TextField
from hmi.panes.alarm_records.form import FormFacts
from hmi.ui.form_parts import FaultLabel, heading, note, show_checks
from hmi.ui.label import Label
from hmi.ui.theme import Theme

WIDE_PX: Final = 620
CARDS: Final = (
    (
        tr("What is watched"),
        ("subject", "type", "priority", "limit", "deadband", "on_delay_s", "off_delay_s", "window_s", "setpoint"),
    ),
    (
        tr("What it means"),
        ("cause", "consequence", "action", "respond_s", "advice", "alarm_class", "owner", "display"),
    ),
    (
        tr("How it behaves"),
        ("needs_acknowledgement", "needs_comment", "is_latching", "may_shelve", "shelve_most_s", "suppression"),
    ),
)
LINES: Final = frozenset({"cause", "consequence", "action", "advice", "suppression"})
HELP: Final = {
    "suppression": tr("For example: [Pump 1 running] = 0 and [Station · Level] > 2.5"),
}
EVENT_WORDS: Final = tr("Without a corrective action it is an event: it is written down, and nobody is called.")


class RecordForm(QScrollArea):
    """Shows facts; each change goes out by name and value."""

    def __init__(self, theme: Theme, changed: Changed, names: QStringListModel) -> None:
        super().__init__()
        self._theme = theme
        self._changed = changed
        self._names = names
        self._fields: dict[str, Field] = {}
        self._around: dict[str, list[QWidget]] = {}
        self._units: dict[str, Label] = {}
        self._faults: dict[str, FaultLabel] = {}
        self._event = note(EVENT_WORDS)
        self._is_wide: bool | None = None
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._cards = [self._card(title, names_of) for title, names_of in CARDS]
        self._none = note(tr("Choose a record above, or press New."))
        self._grid.addWidget(self._none, 3, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._place(is_wide=False)

    def field(self, name: str) -> QWidget:
        """Return a field's widget."""
        return self._fields[name].widget

    def refresh(self, facts: FormFacts, *, may_edit: bool) -> None:
        """Show the form of the selection."""
        types = self._fields["type"]
        if isinstance(types, ChoiceField):
            types.choices = [(TYPE_LABELS[each], each) for each in facts.types]
        for name, fact in facts.fields.items():
            for widget in self._around[name]:
                widget.setVisible(fact.is_used)
            is_open = may_edit and not (name == "subject" and facts.subject_locked)
            self._fields[name].show(fact, may_edit=is_open and not (name == "type" and len(facts.types) < 2))
            self._faults[name].say(fact.fault)
            if name in self._units:
                self._units[name].setText(fact.unit)
        for card, (_, names) in zip(self._cards, CARDS, strict=True):
            card.setVisible(any(facts.fields[name].is_used for name in names))
        self._none.setVisible(not any(fact.is_used for fact in facts.fields.values()))
        self._event.setVisible(facts.is_event)
        show_checks(self, self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(is_wide=self.viewport().width() >= WIDE_PX)

    def _place(self, *, is_wide: bool) -> None:
        """Put the cards beside each other where there is room, else below each other."""
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        for card in self._cards:
            self._grid.removeWidget(card)
        watched, meant, behaves = self._cards
        self._grid.addWidget(watched, 0, 0, Qt.AlignmentFlag.AlignTop if is_wide else Qt.AlignmentFlag(0))
        if is_wide:
            self._grid.addWidget(behaves, 1, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(meant, 0, 1, 2, 1, Qt.AlignmentFlag.AlignTop)
        else:
            self._grid.addWidget(meant, 1, 0)
            self._grid.addWidget(behaves, 2, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if is_wide else 0)
        self._grid.setRowStretch(3, 1)

    def _card(self, title: str, names: Sequence[str]) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(heading(title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(names):
            self._add(grid, row * 2, name)
        layout.addLayout(grid)
        return frame

    def _add(self, grid: QGridLayout, row: int, name: str) -> None:
        """Add a field: its label, itself, its unit, and below what is wrong with it."""
        made = self._make(name)
        self._fields[name] = made
        self._around[name] = [made.widget]
        fault = self._faults[name] = FaultLabel()
        if name in FLAGS:
            grid.addWidget(made.widget, row, 0, 1, 3)
        else:
            label = Label(FIELD_LABELS[name])
            label.setBuddy(made.widget)
            self._around[name].append(label)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop if name in LINES else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(made.widget, row, 1, 1, 1 if name in ("limit", "deadband") else 2)
        if name in ("limit", "deadband"):
            unit = self._units[name] = note()
            unit.setWordWrap(False)
            self._around[name].append(unit)
            grid.addWidget(unit, row, 2)
        below = QVBoxLayout()
        below.setSpacing(0)
        below.addWidget(fault)
        if name == "action":
            below.addWidget(self._event)
        if HELP.get(name):
            self._around[name].append(note(HELP[name]))
            below.addWidget(self._around[name][-1])
        grid.addLayout(below, row + 1, 1, 1, 2)

    def _make(self, name: str) -> Field:
        label = FIELD_LABELS[name]
        if name in ("subject", "setpoint"):
            return TagField(name, label, self._changed, self._names)
        if name == "type":
            return ChoiceField(name, label, self._changed)
        if name == "priority":
            choices = [(text, each) for each, text in PRIORITY_LABELS.items()]
            return ChoiceField(name, label, self._changed, choices)
        if name in FLAGS:
            return FlagField(name, label, self._changed)
        return LinesField(name, label, self._changed) if name in LINES else TextField(name, label, self._changed)
