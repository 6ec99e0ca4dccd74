"""The rules of signing in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.language import tr
from hmi.panes.users.presenter import UsersPresenter
from hmi.ui.cards import card
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

NUMBER_PX: Final = 90
NUMBERS: Final = ("idle_minutes", "least_length")


class RulesPage(QWidget):
    """One row a rule, and one a role for a time of its own."""

    def __init__(self, presenter: UsersPresenter, theme: Theme, save: Callable[[], None]) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self.numbers: dict[str, tuple[QLineEdit, FaultLabel]] = {}
        self.idle: dict[str, QLineEdit] = {}
        self._idle_labels: dict[str, Label] = {}
        described = SignInSettings.model_fields
        self.offers = QCheckBox(described["offers_names"].title or "")
        self.offers.clicked.connect(lambda is_on: self._type("offers_names", is_on))
        self.notice = field(described["notice"].title or "", partial(self._type, "notice"))
        self._notice_fault = FaultLabel()
        self._idle_fault = FaultLabel()
        self._roles = QGridLayout()
        self._roles.setColumnStretch(3, 1)
        self.save = push(tr("Save rules"), save, is_primary=True)
        self.discard = push(tr("Discard"), presenter.let_go_of_rules)
        self._lay_out()

    def refresh(self) -> None:
        """Show the presenter's draft."""
        presenter, draft = self._presenter, self._presenter.rules
        for name, (line, fault) in self.numbers.items():
            show_text(line, str(draft.values.get(name, "")))
            line.setReadOnly(not presenter.may_edit)
            fault.say(draft.faults.get(name, ""))
        show_checks(self.offers, self._theme)
        self.offers.setChecked(bool(draft.values.get("offers_names")))
        self.offers.setEnabled(presenter.may_edit)
        show_text(self.notice, str(draft.values.get("notice", "")))
        self.notice.setReadOnly(not presenter.may_edit)
        self._notice_fault.say(draft.faults.get("notice", ""))
        self._show_roles()
        self._idle_fault.say(draft.faults.get("idle_of_roles", ""))
        self.save.setEnabled(presenter.may_edit and bool(draft.values) and draft.is_changed and not draft.faults)
        self.discard.setEnabled(bool(draft.values) and draft.is_changed)

    def _lay_out(self) -> None:
        described = SignInSettings.model_fields
        frame, inside = card(tr("Signing in"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(3, 1)
        for row, name in enumerate(NUMBERS):
            about = described[name]
            extra = about.json_schema_extra if isinstance(about.json_schema_extra, dict) else {}
            line = field(about.title or name, partial(self._type, name))
            line.setFixedWidth(NUMBER_PX)
            fault = FaultLabel()
            self.numbers[name] = (line, fault)
            grid.addWidget(Label(about.title or name), row, 0)
            grid.addWidget(line, row, 1)
            grid.addWidget(Label(str(extra.get("unit", ""))), row, 2)
            beside = QVBoxLayout()
            beside.addWidget(note(about.description or ""))
            beside.addWidget(fault)
            grid.addLayout(beside, row, 3)
        inside.addLayout(grid)
        inside.addWidget(self.offers)
        inside.addWidget(note(described["offers_names"].description or ""))
        inside.addWidget(Label(described["notice"].title or ""))
        inside.addWidget(self.notice)
        inside.addWidget(note(described["notice"].description or ""))
        inside.addWidget(self._notice_fault)
        inside.addWidget(note(tr("View only after another time, for one role (min; empty: as for all)"), "heading"))
        inside.addLayout(self._roles)
        inside.addWidget(self._idle_fault)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addWidget(self.discard)
        foot.addStretch(1)
        inside.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        layout.addStretch(1)

    def _show_roles(self) -> None:
        """Have one line a role, as the roles are now."""
        roles = self._presenter.role_names()
        for row, (name, key) in enumerate(roles):
            if key not in self.idle:
                line = self.idle[key] = field(name, partial(self._type_idle, key))
                line.setFixedWidth(NUMBER_PX)
                label = Label(name)
                self._idle_labels[key] = label
                self._roles.addWidget(label, row, 0)
                self._roles.addWidget(line, row, 1)
        known = {key for _, key in roles}
        for key in [key for key in self.idle if key not in known]:
            self.idle.pop(key).deleteLater()
            self._idle_labels.pop(key).deleteLater()
        for key, line in self.idle.items():
            show_text(line, self._presenter.rules.idle.get(key, ""))
            line.setReadOnly(not self._presenter.may_edit)

    def _type(self, name: str, value: object) -> None:
        self._presenter.rules.type(name, value)
        self._presenter.show_again()

    def _type_idle(self, role: str, text: str) -> None:
        self._presenter.rules.type_idle(role, text)
        self._presenter.show_again()
