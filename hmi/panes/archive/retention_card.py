"""The form of how long the history keeps what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.archive.retention import RetentionDraft
from hmi.ui.cards import card
from hmi.ui.form_parts import FaultLabel, field, note, push, show_text
from hmi.ui.label import Label

FIELD_PX = 90


class RetentionCard(QFrame):
    """One row a setting: label, field, unit, and its help or what is wrong with it."""

    def __init__(self, draft: RetentionDraft, save: Callable[[], None], changed: Callable[[], None]) -> None:
        super().__init__()
        self._draft = draft
        self._changed = changed
        self._fields: dict[str, tuple[QLineEdit, Label, FaultLabel]] = {}
        frame, inside = card(tr("How long it is kept"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        for row, setting in enumerate(draft.fields):
            entry = field(f"{setting.label}, {setting.unit}", partial(self._typed, setting.name))
            entry.setFixedWidth(FIELD_PX)
            help_text, fault = note(setting.help), FaultLabel()
            label = Label(setting.label)
            label.setBuddy(entry)
            grid.addWidget(label, row, 0)
            grid.addWidget(entry, row, 1)
            grid.addWidget(Label(setting.unit), row, 2)
            beside = QVBoxLayout()
            beside.addWidget(help_text)
            beside.addWidget(fault)
            grid.addLayout(beside, row, 3)
            self._fields[setting.name] = (entry, help_text, fault)
        self._save = push(tr("Save…"), save)
        self._back = push(tr("Discard"), self._discard)
        foot = QHBoxLayout()
        foot.addWidget(self._save)
        foot.addWidget(self._back)
        foot.addWidget(note(tr("What is older goes once a day. Saving first asks when something would go now.")), 1)
        inside.addLayout(grid)
        inside.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def refresh(self, *, may_edit: bool) -> None:
        """Show the draft."""
        for name, (entry, help_text, fault) in self._fields.items():
            show_text(entry, self._draft.texts[name])
            entry.setReadOnly(not may_edit)
            wrong = self._draft.faults.get(name, "")
            fault.say(wrong)
            help_text.setVisible(not wrong)
        self._save.setEnabled(may_edit and self._draft.is_changed and not self._draft.faults)
        self._back.setEnabled(self._draft.is_changed)

    def _typed(self, name: str, text: str) -> None:
        self._draft.type(name, text)
        self._changed()

    def _discard(self) -> None:
        self._draft.let_go()
        self._changed()
