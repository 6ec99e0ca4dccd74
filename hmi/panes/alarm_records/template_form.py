"""The form of one template: its numbers, and a card for each alarm that it proposes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.alarm_drafts import PRIORITY_LABELS
from hmi.domain.alarms import TYPE_LABELS, AlarmType
from hmi.domain.language import tr
from hmi.panes.alarm_records.field_parts import choice
from hmi.panes.alarm_records.template_draft import TemplateDraft, template_fields
from hmi.ui.form_parts import FaultLabel, field, note, show_checks, show_choices, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

NUMBER_PX: Final = 80


class _ProposalCard(QFrame):
    """One alarm of a template."""

    def __init__(self, row: int, changed: Callable[[int, str, object], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._row = row
        self._on = QCheckBox()
        self._on.clicked.connect(lambda is_on: changed(row, "is_on", is_on))
        self._share: QLineEdit = field(tr("Limit, % of the range"), lambda text: changed(row, "share", text))
        self._share.setFixedWidth(NUMBER_PX)
        self._percent = Label(tr("% of the range"))
        self._priority: QComboBox = choice(tr("Priority"), lambda data: changed(row, "priority", data))
        self._fault = FaultLabel()
        self._consequence = field(tr("Consequence"), lambda text: changed(row, "consequence", text))
        self._action = field(tr("Corrective action"), lambda text: changed(row, "action", text))
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 6, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._on, 0, 0)
        grid.addWidget(self._share, 0, 1)
        grid.addWidget(self._percent, 0, 2)
        grid.addWidget(self._priority, 0, 3)
        grid.addWidget(self._fault, 1, 1, 1, 3)
        grid.addWidget(Label(tr("Consequence")), 2, 0)
        grid.addWidget(self._consequence, 2, 1, 1, 3)
        grid.addWidget(Label(tr("Corrective action")), 3, 0)
        grid.addWidget(self._action, 3, 1, 1, 3)
        grid.setColumnStretch(3, 1)

    def refresh(self, draft: TemplateDraft, theme: Theme, *, may_edit: bool) -> None:
        """Show the alarm."""
        values = draft.proposals[self._row]
        alarm_type = AlarmType(values["type"])
        self._on.setText(TYPE_LABELS[alarm_type])
        self._on.setAccessibleName(TYPE_LABELS[alarm_type])
        self._on.setChecked(bool(values["is_on"]))
        show_text(self._share, str(values["share"]))
        has_limit = alarm_type not in (AlarmType.QUALITY, AlarmType.STALE)
        self._share.setVisible(has_limit)
        self._percent.setVisible(has_limit)
        words = {
            AlarmType.DISCRETE: tr("0 for off, 100 for on"),
            AlarmType.RATE_OF_CHANGE: tr("% of the range a minute"),
        }
        self._percent.setText(words.get(alarm_type, tr("% of the range")))
        priorities = [(text, each) for each, text in PRIORITY_LABELS.items()]
        show_choices(self._priority, priorities, values["priority"])
        show_text(self._consequence, str(values["consequence"]))
        show_text(self._action, str(values["action"]))
        said = [sentence for (row, _), sentence in draft.faults.items() if row == self._row]
        self._fault.say(said[0] if said else "")
        for line in (self._share, self._consequence, self._action):
            line.setReadOnly(not may_edit)
        self._on.setEnabled(may_edit)
        self._priority.setEnabled(may_edit)
        show_checks(self._on, theme)


class TemplateForm(QScrollArea):
    """Changes the draft that it shows, and tells that it did."""

    def __init__(self, theme: Theme, changed: Callable[[], None]) -> None:
        super().__init__()
        self._theme = theme
        self._changed = changed
        self._draft: TemplateDraft | None = None
        self._lines: dict[str, tuple[QLineEdit, FaultLabel]] = {}
        self._cards: list[_ProposalCard] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self._numbers())
        self._column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)

    def refresh(self, draft: TemplateDraft, *, may_edit: bool) -> None:
        """Show a template."""
        self._draft = draft
        faults = draft.faults
        for name, (line, fault) in self._lines.items():
            show_text(line, draft.texts[name])
            line.setReadOnly(not may_edit)
            fault.say(faults.get((-1, name), ""))
        while len(self._cards) < len(draft.proposals):
            card = _ProposalCard(len(self._cards), self._set)
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)
        for number, card in enumerate(self._cards):
            card.setVisible(number < len(draft.proposals))
            if number < len(draft.proposals):
                card.refresh(draft, self._theme, may_edit=may_edit)

    def _numbers(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        grid = QGridLayout(frame)
        grid.setContentsMargins(10, 6, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        for row, each in enumerate(template_fields()):
            line, fault = field(each.label, partial(self._type, each.name)), FaultLabel()
            line.setFixedWidth(NUMBER_PX)
            label = Label(each.label)
            label.setBuddy(line)
            grid.addWidget(label, row * 2, 0)
            grid.addWidget(line, row * 2, 1)
            grid.addWidget(Label(each.unit), row * 2, 2)
            grid.addWidget(note(each.help), row * 2, 3)
            grid.addWidget(fault, row * 2 + 1, 1, 1, 3)
            self._lines[each.name] = (line, fault)
        return frame

    def _type(self, name: str, text: str) -> None:
        if self._draft is not None:
            self._draft.type(name, text)
            self._changed()

    def _set(self, row: int, name: str, value: object) -> None:
        if self._draft is not None:
            self._draft.set_proposal(row, name, value)
            self._changed()
