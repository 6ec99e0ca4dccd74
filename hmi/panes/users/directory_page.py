"""The form of the directory, and trying it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from hmi.config.directory_settings import DirectorySettings
from hmi.domain.language import tr
from hmi.panes.users.directory import SECURITIES, TEXTS
from hmi.panes.users.presenter import UsersPresenter
from hmi.ui.cards import card, choice
from hmi.ui.form_parts import FaultLabel, as_secret, field, note, push, show_checks, show_choices, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

FIELD_PX: Final = 380
NUMBER_PX: Final = 90
GROUPS_PX: Final = 76
SECURITY_PX: Final = 140
NUMBERS: Final = ("port", "timeout_s", "offline_days")


class DirectoryPage(QWidget):
    """What is typed goes to the presenter; the password to try with is wiped at once."""

    def __init__(
        self, presenter: UsersPresenter, theme: Theme, save: Callable[[], None], test: Callable[[str, str], None]
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._test = test
        self.lines: dict[str, QLineEdit] = {}
        self._faults: dict[str, FaultLabel] = {}
        self.is_on = QCheckBox(DirectorySettings.model_fields["is_on"].title or "")
        self.is_on.clicked.connect(lambda is_on: presenter.type_directory("is_on", is_on))
        self.security = choice(tr("Security"), lambda value: presenter.type_directory("security", value))
        self.security.setFixedWidth(SECURITY_PX)
        self.groups = QPlainTextEdit()
        self.groups.setAccessibleName(tr("Groups and roles"))
        self.groups.setTabChangesFocus(True)
        self.groups.setFixedSize(FIELD_PX, GROUPS_PX)
        self.groups.textChanged.connect(self._type_groups)
        self.save = push(tr("Save directory"), save, is_primary=True)
        self.discard = push(tr("Discard"), presenter.let_go_of_directory)
        self.name = field(tr("Name to try"), lambda _text: None)
        self.password = field(tr("Password to try"), lambda _text: None)
        as_secret(self.password)
        self.test = push(tr("Try it"), self._try)
        self.fault = FaultLabel()
        self._said = note(kind="heading")
        self._lay_out()

    def refresh(self) -> None:
        """Show the presenter's facts."""
        facts, roles = self._presenter.directory, self._presenter.role_names()
        may = self._presenter.may_edit and not facts.is_busy
        for name, line in self.lines.items():
            show_text(line, str(facts.values.get(name, "")))
            line.setReadOnly(not may)
        for name, fault in self._faults.items():
            fault.say(facts.faults.get(name, ""))
        show_checks(self.is_on, self._theme)
        self.is_on.setChecked(bool(facts.values.get("is_on")))
        self.is_on.setEnabled(may)
        show_choices(self.security, list(SECURITIES), facts.values.get("security"))
        self.security.setEnabled(may)
        if self.groups.toPlainText() != facts.groups:
            self.groups.setPlainText(facts.groups)
        self.groups.setReadOnly(not may)
        is_whole = not facts.faults and bool(facts.values)
        self.save.setEnabled(may and is_whole and facts.is_changed(roles))
        self.discard.setEnabled(facts.seen is not None and facts.is_changed(roles))
        self.test.setEnabled(may and is_whole)
        self.fault.say(facts.message or facts.faults.get("", ""))
        self._said.setText(facts.said)
        self._said.setVisible(bool(facts.said))

    def _lay_out(self) -> None:
        frame, inside = card(tr("Directory"))
        inside.addWidget(note(tr("Users of this computer come first: an administrator gets in without the network.")))
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.addRow("", self.is_on)
        for name in TEXTS:
            about = DirectorySettings.model_fields[name]
            line = self.lines[name] = field(about.title or name, partial(self._presenter.type_directory, name))
            line.setFixedWidth(NUMBER_PX if name in NUMBERS else FIELD_PX)
            form.addRow(about.title or name, self._with_help(line, name, about.description or ""))
            if name == "port":
                form.addRow(tr("Security"), self.security)
        words = tr("One a line: a role, a colon, and the group's distinguished name. The first that fits counts.")
        form.addRow(tr("Groups and roles"), self._with_help(self.groups, "groups", words))
        inside.addLayout(form)
        for row in ((self.save, self.discard), (note(tr("Try with")), self.name, self.password, self.test)):
            line_of = QHBoxLayout()
            for widget in row:
                line_of.addWidget(widget)
            line_of.addStretch(1)
            inside.addLayout(line_of)
        inside.addWidget(self.fault)
        inside.addWidget(self._said)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        layout.addStretch(1)

    def _with_help(self, widget: QWidget, name: str, text: str) -> QVBoxLayout:
        fault = self._faults[name] = FaultLabel()
        beside = QVBoxLayout()
        beside.setSpacing(2)
        unit = _unit_of(name)
        line = QHBoxLayout()
        line.addWidget(widget)
        if unit:
            line.addWidget(Label(unit))
        line.addStretch(1)
        beside.addLayout(line)
        if text:
            beside.addWidget(note(text))
        beside.addWidget(fault)
        return beside

    def _type_groups(self) -> None:
        if self.groups.toPlainText() != self._presenter.directory.groups:
            self._presenter.type_directory("groups", self.groups.toPlainText())

    def _try(self) -> None:
        password = self.password.text()
        self.password.clear()
        self._test(self.name.text(), password)


def _unit_of(name: str) -> str:
    extra = DirectorySettings.model_fields[name].json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
