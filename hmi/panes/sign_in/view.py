"""The strip's widgets. What is typed stays in the fields until the button is pressed, and is wiped then."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.sign_in.presenter import LABELS, Field, Mode, SignInPresenter
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, as_secret, heading, note, push, show_choices
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.shortcuts import shortcut
from hmi.ui.timers import every

FIELD_PX: Final = 190
COUNT_MS: Final = 250
PASSWORDS: Final = frozenset({Field.PASSWORD, Field.NEW, Field.AGAIN})


class SignInView(QFrame):
    """One line of fields, shown while something is asked for."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("card")
        self._context = context
        self._presenter = SignInPresenter(context.mirror, context.port)
        self._shown = Mode.HIDDEN
        self._title = heading("")
        self._explanation = note()
        self._secret = Label()
        self._secret.setProperty("kind", "title")
        self._secret.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.fault = FaultLabel()
        self.lines = {each: self._line(each) for each in Field}
        self._holders = {each: _labelled(LABELS[each], line) for each, line in self.lines.items()}
        self.names = choice(tr("Users"), self._take_name)
        self._names_holder = _labelled(tr("Users"), self.names)
        self.go = push("", self._go, is_primary=True)
        self.begin = push("", self._go)
        """The button of a strip that asks for nothing yet; it stands beside the words, to take no more room."""
        self.cancel = push(tr("Cancel"), self._leave)
        self.recover = push(tr("Recovery code…"), lambda: self._presenter.open(Mode.RECOVER))
        self.switch = push(tr("Somebody else…"), lambda: self._presenter.open(Mode.SIGN_IN))
        self.sign_out = push(tr("Sign out"), self._sign_out)
        self._copy = push(tr("Copy"), self._copy_secret)
        self._counting = every(self, COUNT_MS, self._refresh)
        self._lay_out()
        shortcut(Qt.Key.Key_Escape, self, self._leave)
        removers = [self._presenter.listen(context.listen, self._refresh), context.theme.listen(self._refresh)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def open(self, mode: Mode) -> None:
        """Ask for something."""
        self._presenter.open(mode)
        self._focus()

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _refresh(self) -> None:
        presenter, mode = self._presenter, self._presenter.mode
        if mode is not self._shown:
            self._wipe(keeps_name=False)
        self.setVisible(mode is not Mode.HIDDEN)
        self._title.setText(presenter.title)
        self._explanation.setText(presenter.explanation)
        self._explanation.setVisible(bool(presenter.explanation))
        for field, holder in self._holders.items():
            holder.setVisible(field in presenter.fields)
        show_choices(self.names, [(name, name) for name in presenter.names], self.lines[Field.NAME].text())
        self._names_holder.setVisible(bool(presenter.names))
        self._secret.setText(presenter.secret.secret if presenter.secret else "")
        self._secret.setVisible(mode is Mode.SECRET)
        self._copy.setVisible(mode is Mode.SECRET)
        wait_s = presenter.wait_s if presenter.fields else 0
        self.go.setText(tr("Wait {seconds} s").format(seconds=wait_s) if wait_s else presenter.button)
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(not presenter.is_busy and not wait_s)
        self.go.setVisible(mode is not Mode.WELCOME)
        self.begin.setText(presenter.button)
        self.begin.setAccessibleName(presenter.button)
        self.begin.setVisible(mode is Mode.WELCOME)
        self.cancel.setVisible(presenter.may_cancel)
        self.recover.setVisible(presenter.may_recover)
        self.switch.setVisible(presenter.may_switch)
        self.sign_out.setVisible(presenter.may_leave)
        self.fault.say(presenter.fault)
        self._counting.start() if wait_s and self.isVisible() else self._counting.stop()
        has_changed, self._shown = mode is not self._shown, mode
        if has_changed and presenter.fields:
            self._focus()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._secret)
        for holder in (self._names_holder, *self._holders.values()):
            row.addWidget(holder)
        for button in (self.go, self._copy, self.cancel, self.switch, self.recover, self.sign_out):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.fault, 4, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._title)
        head.addWidget(self._explanation, 1)
        head.addWidget(self.begin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(row)

    def _line(self, field: Field) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(LABELS[field])
        line.setFixedWidth(FIELD_PX)
        line.setMaxLength(256)
        line.returnPressed.connect(self._go)
        if field in PASSWORDS:
            as_secret(line)
        return line

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _go(self) -> None:
        presenter = self._presenter
        if presenter.mode is Mode.SECRET:
            presenter.forget_secret()
            return
        if not self.go.isEnabled():
            return
        typed = {field: line.text() for field, line in self.lines.items()}

        async def work() -> None:
            if not await presenter.go(typed):
                self._wipe(keeps_name=True)
                self._focus()

        self._context.tasks.start(work(), presenter.button)

    def _sign_out(self) -> None:
        self._context.tasks.start(self._presenter.sign_out(), tr("Sign out"))

    def _leave(self) -> None:
        if self._presenter.may_cancel:
            self._presenter.leave()

    def _take_name(self, name: object) -> None:
        self.lines[Field.NAME].setText(str(name))
        self.lines[Field.PASSWORD].setFocus()

    def _copy_secret(self) -> None:
        QGuiApplication.clipboard().setText(self._secret.text())

    def _focus(self) -> None:
        """Put the focus where the next letter belongs."""
        fields = self._presenter.fields
        empty = [each for each in fields if not self.lines[each].text()]
        if fields:
            self.lines[(empty or list(fields))[0]].setFocus()

    def _wipe(self, *, keeps_name: bool) -> None:
        for field, line in self.lines.items():
            if not (keeps_name and field in (Field.NAME, Field.FULL_NAME)):
                line.clear()


def _labelled(label: str, widget: QLineEdit | QComboBox) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    text = note(label)
    text.setBuddy(widget)
    layout.addWidget(text)
    layout.addWidget(widget)
    return holder
