"""One piece of equipment: state, readings and the buttons that select a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.commands import FINAL_STATES, CommandState, ControlKind
from hmi.domain.language import tr
from hmi.domain.lockouts import LockoutTag
from hmi.panes.control.lockout_row import LockoutRow
from hmi.panes.control.presenter import ControlCard, ControlRow
from hmi.ui.label import Label, tip
from hmi.ui.reading_list import ReadingList
from hmi.ui.theme import Theme
from hmi.ui.words import outcome_text

OUTCOME_PX: Final = 18
FIELD_PX: Final = 84


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do here now; why_not says what keeps a button grey."""

    can_command: bool
    has_control: bool
    can_lock_out: bool
    can_take_off: Callable[[LockoutTag], bool]
    can_service: bool
    why_not: str


class Card(QFrame):
    """Shows a card; `chosen` carries the control and the value, or the text, that the operator wants."""

    chosen = Signal(object, object)
    held = Signal(object)
    trend_wanted = Signal(int)
    lock_out_pressed = Signal()
    take_off_pressed = Signal(object)
    service_pressed = Signal()

    def __init__(self, theme: Theme, card: ControlCard) -> None:
        super().__init__()
        self.setObjectName("card")
        self._lines = {row.id: _ControlLine(theme, row) for row in card.controls}
        self._readings = ReadingList(theme)
        self._readings.setAccessibleName(card.name)
        self._readings.activated.connect(self.trend_wanted)
        self._lock_out = QPushButton(tr("Lock out…"))
        self._lock_out.setProperty("kind", "flat")
        self._lock_out.setAutoDefault(False)
        self._lock_out.setAccessibleName(tr("Lock out {name}").format(name=card.name))
        self._lock_out.clicked.connect(lambda _checked=False: self.lock_out_pressed.emit())
        self._tags = LockoutRow(card.name)
        self._tags.take_off_pressed.connect(self.take_off_pressed)
        title = Label(card.name)
        title.setProperty("kind", "heading")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._lock_out)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._tags)
        for line in self._lines.values():
            line.chosen.connect(self.chosen)
            line.held.connect(self.held)
            layout.addWidget(line)
        if card.readings:
            layout.addWidget(self._readings)
        self._upkeep = Label()
        self._upkeep.setWordWrap(True)
        self._service = QPushButton(tr("Serviced…"))
        self._service.setProperty("kind", "flat")
        self._service.setAutoDefault(False)
        self._service.setAccessibleName(tr("Serviced {name}").format(name=card.name))
        self._service.clicked.connect(lambda _checked=False: self.service_pressed.emit())
        foot = QHBoxLayout()
        foot.addWidget(self._upkeep, 1)
        foot.addWidget(self._service)
        layout.addLayout(foot)
        layout.addStretch(1)

    def show_card(self, card: ControlCard, rights: Rights) -> None:
        """Show the card as it stands."""
        for row in card.controls:
            self._lines[row.id].show_row(row, rights)
        self._lock_out.setVisible(rights.can_lock_out)
        self._tags.show_tags(card.lockouts, rights.can_take_off)
        self._upkeep.setText(card.upkeep)
        self._upkeep.setVisible(bool(card.upkeep))
        kind = "bad" if card.is_service_due else "second"
        if self._upkeep.property("kind") != kind:
            self._upkeep.setProperty("kind", kind)
            self._upkeep.style().unpolish(self._upkeep)
            self._upkeep.style().polish(self._upkeep)
        self._service.setVisible(bool(card.upkeep) and rights.can_service)
        self._readings.set_rows(card.readings)


class _ControlLine(QWidget):
    """One control: its state on the left, what can be done on the right, conditions and the last outcome below."""

    chosen = Signal(object, object)
    held = Signal(object)

    def __init__(self, theme: Theme, row: ControlRow) -> None:
        super().__init__()
        self._theme = theme
        self._id: UUID = row.id
        self._buttons: list[tuple[QPushButton, float | None]] = []
        self._hold: QPushButton | None = None
        self._decimals = row.decimals
        self._is_edited = False
        self._state = Label()
        self._state.setMinimumWidth(84)
        self._state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._outcome = Label()
        self._outcome.setProperty("kind", "second")
        # Always there, one line high: buttons must not move under a pointer when a command is given.
        self._outcome.setFixedHeight(OUTCOME_PX)
        self._outcome.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        name = Label(_short_name(row))
        name.setProperty("kind", "second")
        actions = QHBoxLayout()
        actions.setSpacing(6)
        self._field = self._make_field(row) if row.kind in (ControlKind.SETPOINT, ControlKind.VALVE) else None
        if self._field is not None:
            actions.addWidget(self._field)
            actions.addWidget(Label(row.unit))
            self._add_button(actions, tr("Set"), None, row.name)
        for label, value in row.choices:
            self._add_button(actions, label, value, row.name)
        if row.has_ramp:
            self._hold = self._add_hold(actions, row.name)
        self._conditions = Label()
        self._conditions.setTextFormat(Qt.TextFormat.RichText)
        self._conditions.setWordWrap(True)
        self._conditions.setVisible(bool(row.conditions))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self._state, 1, 0)
        layout.addLayout(actions, 1, 2)
        if row.kind in (ControlKind.MODE, ControlKind.RESET):
            beside = QHBoxLayout()
            beside.addWidget(name)
            beside.addWidget(self._outcome, 1)
            layout.addLayout(beside, 1, 1)
        else:
            if name.text():
                layout.addWidget(name, 0, 0, 1, 3)
            layout.addWidget(self._outcome, 2, 0, 1, 3)
        layout.addWidget(self._conditions, 3, 0, 1, 3)

    def show_row(self, row: ControlRow, rights: Rights) -> None:
        """Show the control as it stands."""
        self._state.setText(row.state)
        _restyle(self._state, self._state_style(row))
        if self._field is not None and not self._is_edited and row.is_good:
            self._field.setText(f"{row.value:.{self._decimals}f}")
        for button, value in self._buttons:
            is_safe = value is not None and value == row.safe_value
            button.setEnabled(rights.can_command and (rights.has_control or is_safe))
            button.setToolTip(tip("" if button.isEnabled() else rights.why_not))
        if self._hold is not None:
            self._hold.setEnabled(rights.can_command and row.is_ramping)
        if row.conditions:
            self._show_conditions(row)
        outcome = row.outcome
        if outcome is None:
            self._outcome.clear()
        else:
            is_trouble = outcome.state in FINAL_STATES and outcome.state is not CommandState.CONFIRMED
            words = f"{outcome.label}: {outcome_text(outcome)}"
            self._outcome.setText(words)
            self._outcome.setToolTip(tip(words))
            colour = self._theme.tokens.bad_text if is_trouble else self._theme.tokens.second
            _restyle(self._outcome, f"color: {colour};")

    def _show_conditions(self, row: ControlRow) -> None:
        """Show what must be so before a start; what is missing stands out by a cross, a colour and weight."""
        t = self._theme.tokens
        parts = [
            f"<span style='color:{t.second}'>✓ {escape(check.text)}</span>"
            if check.is_met
            else f"<span style='color:{t.bad_text};font-weight:600'>✗ {escape(check.text)}</span>"
            for check in row.conditions
        ]
        words = "&nbsp;&nbsp; ".join(parts)
        if self._conditions.text() != words:
            self._conditions.setText(words)

    def _add_hold(self, actions: QHBoxLayout, name: str) -> QPushButton:
        button = QPushButton(tr("Hold"))
        button.setAutoDefault(False)
        button.setAccessibleName(tr("Hold {name}").format(name=name))
        button.clicked.connect(lambda: self.held.emit(self._id))
        actions.addWidget(button)
        return button

    def _state_style(self, row: ControlRow) -> str:
        """Return the look of a state: running a light fill, stopped a dark one with the word; no red, no green."""
        t = self._theme.tokens
        shape = "border-radius: 3px; padding: 3px 6px; font-weight: 600;"
        if not row.is_good:
            return f"{shape} border: 2px solid {t.bad_fill}; color: {t.bad_text};"
        if row.is_on is None:
            return f"{shape} color: {t.manual if row.kind is ControlKind.MODE and not row.value else t.live};"
        if row.is_on:
            return f"{shape} background: {t.on}; color: #1F2429; border: 1px solid {t.outline};"
        return f"{shape} background: {t.off}; color: #FFFFFF; border: 1px solid {t.outline};"

    def _make_field(self, row: ControlRow) -> QLineEdit:
        """Return a plain field: what is typed is never bent or shortened, only refused in words."""
        field = QLineEdit()
        field.setAccessibleName(row.name)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFixedWidth(FIELD_PX)
        field.setMaxLength(24)
        field.textEdited.connect(self._edited)
        return field

    def _edited(self) -> None:
        self._is_edited = True

    def _add_button(self, actions: QHBoxLayout, label: str, value: float | None, name: str) -> None:
        button = QPushButton(label)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{label} {name}")
        button.clicked.connect(lambda: self._choose(value))
        self._buttons.append((button, value))
        actions.addWidget(button)

    def _choose(self, value: float | None) -> None:
        """Hand on what is wanted: a setpoint as it was typed, for the gate to judge."""
        wanted: float | str | None = value
        if value is None and self._field is not None:
            wanted = self._field.text()
        self._is_edited = False
        self.chosen.emit(self._id, wanted)


def _restyle(label: Label, style: str) -> None:
    """Set a style only when it differs: Qt polishes the widget anew each time, and this comes with every frame."""
    if label.styleSheet() != style:
        label.setStyleSheet(style)


def _short_name(row: ControlRow) -> str:
    if row.kind is ControlKind.MODE:
        return tr("Mode")
    if row.kind is ControlKind.RESET:
        return tr("Trip")
    return "" if row.kind in (ControlKind.PUMP, ControlKind.VALVE) else row.name
