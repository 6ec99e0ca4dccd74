"""The second step: what will be done, what speaks for it, who must agree, and the buttons to do it or not."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.domain.commands import SafetyLevel
from hmi.domain.language import tr
from hmi.services.port import Selection
from hmi.ui.form_parts import as_secret
from hmi.ui.label import Label, tip

FIELD_PX = 200


class Confirmation(QFrame):
    """Shows a selection. Operate never has the focus by itself and Enter never presses it.

    operated: carries the password and the reason; both empty where the level asks for neither.
    """

    operated = Signal(str, str)
    second_given = Signal(str, str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._level = SafetyLevel.CONFIRM
        self._has_second = False
        self._may_be_alone = False
        self._missing = ""
        self._title = Label()
        self._title.setProperty("kind", "second")
        self._change = Label()
        self._change.setProperty("kind", "title")
        self._checks = Label()
        self._checks.setTextFormat(Qt.TextFormat.RichText)
        self._checks.setWordWrap(True)
        self._time_left = Label()
        self._time_left.setProperty("kind", "second")
        self._time_left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._password = _line(tr("Your password, again"), is_secret=True)
        self._second_name = _line(tr("Second person's name"))
        self._second_password = _line(tr("Second person's password"), is_secret=True)
        self._second = QPushButton(tr("Confirm as second person"))
        self._second.setAutoDefault(False)
        self._second.clicked.connect(self._give_second)
        self._reason = _line(tr("Or why you are alone"))
        self._agreed = Label()
        self._operate = QPushButton(tr("Operate"))
        self._operate.setProperty("kind", "operate")
        self._operate.setAutoDefault(False)
        self._operate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._operate.setMinimumSize(120, 36)
        self._operate.clicked.connect(self._give)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setAutoDefault(False)
        self._cancel.setMinimumSize(96, 36)
        self._cancel.setShortcut(Qt.Key.Key_Escape)
        self._cancel.clicked.connect(self.cancelled)
        for line in (self._password, self._reason):
            line.textChanged.connect(self._show_possible)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._change, self._checks):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self._time_left)
        buttons.addWidget(self._operate)
        buttons.addWidget(self._cancel)
        upper = QHBoxLayout()
        upper.addLayout(words, 1)
        upper.addLayout(buttons)
        self._extra = QWidget()
        extra = QHBoxLayout(self._extra)
        extra.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self._password,
            self._second_name,
            self._second_password,
            self._second,
            self._agreed,
            self._reason,
        ):
            extra.addWidget(widget)
        extra.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addLayout(upper, 1)
        layout.addWidget(self._extra)

    @property
    def name(self) -> str:
        """What it is about."""
        return self._title.text()

    def show_selection(self, selection: Selection, name: str) -> None:
        """Show what the operator is asked to confirm."""
        self._level, self._has_second = selection.level, False
        self._may_be_alone = selection.may_be_alone
        self._title.setText(name)
        self._change.setText(f"{selection.from_label}  →  {selection.to_label}")
        words = [f"{'✓' if check.is_met else '✗'} {escape(check.text)}" for check in selection.checks]
        if selection.note:
            words.append(f"<b>{escape(selection.note)}</b>")
        steps = "<br>".join(f"{number}. {escape(step)}" for number, step in enumerate(selection.steps, 1))
        self._checks.setText(steps or "&nbsp;&nbsp;&nbsp;".join(words))
        self._checks.setToolTip(tip("\n".join(selection.steps)))
        for line in (self._password, self._second_name, self._second_password, self._reason):
            line.clear()
        self._show_parts()
        self.setAccessibleName(f"{tr('Confirm')}: {name}: {selection.from_label} → {selection.to_label}")
        self.show()
        self._first_field().setFocus()

    def show_second(self, name: str) -> None:
        """Show who has agreed as the second person."""
        self._has_second = True
        self._agreed.setText(tr("✓ Second person: {name}").format(name=name))
        self._show_parts()
        self._cancel.setFocus()

    def show_seconds(self, seconds: float) -> None:
        """Show how long the selection still holds, and what it waits for."""
        left = tr("{seconds} s left").format(seconds=round(seconds))
        self._time_left.setText(f"{self._missing}\n{left}" if self._missing else left)

    def take_another(self) -> None:
        """Let it be tried again after a refusal that leaves the selection."""
        self._show_possible()

    def forget(self) -> None:
        """Hide, and keep nothing that was typed."""
        for line in (self._password, self._second_name, self._second_password, self._reason):
            line.clear()
        self.hide()

    def _show_parts(self) -> None:
        is_second = self._level is SafetyLevel.SECOND_PERSON
        self._extra.setVisible(self._level is not SafetyLevel.CONFIRM)
        self._password.setVisible(self._level is SafetyLevel.PASSWORD)
        for widget in (self._second_name, self._second_password, self._second):
            widget.setVisible(is_second and not self._has_second)
        self._reason.setVisible(is_second and self._may_be_alone and not self._has_second)
        self._agreed.setVisible(self._has_second)
        self._show_possible()

    def _show_possible(self) -> None:
        self._missing = {
            SafetyLevel.CONFIRM: "",
            SafetyLevel.PASSWORD: "" if self._password.text() else tr("Type your password"),
            SafetyLevel.SECOND_PERSON: ""
            if self._has_second or self._reason.text().strip()
            else tr("A second person must confirm"),
        }[self._level]
        self._operate.setEnabled(not self._missing)
        self._operate.setToolTip(tip(self._missing))

    def _first_field(self) -> QWidget:
        if self._level is SafetyLevel.PASSWORD:
            return self._password
        return self._second_name if self._level is SafetyLevel.SECOND_PERSON else self._cancel

    def _give(self) -> None:
        password, reason = self._password.text(), self._reason.text().strip()
        self._password.clear()
        self._operate.setEnabled(False)  # a second press would be refused, and read as if nothing had been sent
        self.operated.emit(password, reason)

    def _give_second(self) -> None:
        name, password = self._second_name.text().strip(), self._second_password.text()
        self._second_password.clear()
        self.second_given.emit(name, password)


def _line(label: str, *, is_secret: bool = False) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(label)
    line.setAccessibleName(label)
    line.setMinimumWidth(FIELD_PX)
    if is_secret:
        as_secret(line)
    return line
