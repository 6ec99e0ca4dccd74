"""The page of passwords: where they are kept, and the vault. What is typed is wiped as soon as it is passed on."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.config.secrets import VaultState
from hmi.domain.language import tr
from hmi.panes.secrets.presenter import SecretsPresenter
from hmi.ui.cards import card, labelled
from hmi.ui.form_parts import FaultLabel, as_secret, field, heading, note, push
from hmi.ui.pane import PaneContext
from hmi.ui.question_bar import QuestionBar

FIELD_PX: Final = 240
MOST_TYPED: Final = 256


class SecretsView(QWidget):
    """Starts what the presenter returns and shows its facts."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = SecretsPresenter(context.mirror, context.port)
        self.question = QuestionBar()
        self.question.answered.connect(lambda is_yes: self._start(presenter.answer(is_yes=is_yes)))
        self._why, self._said = note(), note(kind="heading")
        self._fault = FaultLabel()
        self._place, self._place_fault, self._advice = heading(""), FaultLabel(), note()
        self._vault, self._vault_fault = note(), FaultLabel()
        self.old, self.new, self.again = (
            _passphrase(name) for name in (tr("Present passphrase"), tr("Passphrase"), tr("Passphrase again"))
        )
        self._old_holder = labelled(tr("Present passphrase"), self.old)
        self._new_holders = (labelled(tr("Passphrase"), self.new), labelled(tr("Passphrase again"), self.again))
        self.make = push(tr("Make a vault…"), self._make)
        self.change = push(tr("Change the passphrase"), self._change)
        self.leave = push(tr("Leave the vault…"), presenter.ask_leave)
        self.aside = push(tr("Set the vault aside…"), presenter.ask_set_aside)
        self._lay_out()
        removers = [presenter.listen(context.listen, self._refresh)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _lay_out(self) -> None:
        where, inside = card(tr("Where passwords are kept"))
        for widget in (self._place, self._place_fault, self._advice):
            inside.addWidget(widget)
        inside.addWidget(
            note(
                tr(
                    "Passwords and tokens of links and messages, addresses and headers of webhooks, the audit record's "
                    "key. Users' own passwords are kept as hashes and have no part in it."
                )
            )
        )
        vault, inside = card(tr("Vault"))
        inside.addWidget(self._vault)
        inside.addWidget(self._vault_fault)
        fields = QHBoxLayout()
        for holder in (self._old_holder, *self._new_holders):
            fields.addWidget(holder)
        fields.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.make, self.change, self.leave, self.aside):
            buttons.addWidget(button)
        buttons.addStretch(1)
        inside.addLayout(fields)
        inside.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        page: tuple[QWidget, ...] = (self._why, self.question, self._fault, self._said, where, vault)
        for part in page:
            layout.addWidget(part)
        layout.addStretch(1)

    def _refresh(self) -> None:
        presenter, status = self._presenter, self._presenter.status
        self._why.setText(presenter.why_not)
        self._why.setVisible(bool(presenter.why_not))
        self.question.refresh(presenter.question)
        self._fault.say(presenter.message)
        self._said.setText(presenter.said)
        self._said.setVisible(bool(presenter.said))
        self._place.setText(presenter.place)
        self._place_fault.say(presenter.fault)
        self._advice.setText(presenter.advice)
        self._advice.setVisible(bool(presenter.advice))
        is_broken = status.vault is VaultState.BROKEN
        self._vault.setText("" if is_broken else presenter.vault)
        self._vault.setVisible(not is_broken)
        self._vault_fault.say(presenter.vault if is_broken else "")
        self._show_buttons(status.vault)

    def _show_buttons(self, state: VaultState) -> None:
        may = self._presenter.may_edit
        is_none, is_open = state is VaultState.NONE, state is VaultState.OPEN
        self._old_holder.setVisible(is_open)
        for holder in self._new_holders:
            holder.setVisible(is_none or is_open)
        shown: tuple[tuple[QPushButton, bool], ...] = (
            (self.make, is_none),
            (self.change, is_open),
            (self.leave, is_open),
            (self.aside, not (is_none or is_open)),
        )
        for button, is_shown in shown:
            button.setVisible(is_shown)
            button.setEnabled(may)
        for line in (self.old, self.new, self.again):
            line.setEnabled(may)

    def _make(self) -> None:
        self._presenter.ask_make(self.new.text(), self.again.text())
        self._wipe()

    def _change(self) -> None:
        self._start(self._presenter.change(self.old.text(), self.new.text(), self.again.text()))
        self._wipe()

    def _wipe(self) -> None:
        for line in (self.old, self.new, self.again):
            line.clear()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(work, tr("Passwords"), self._fault.say)


def _passphrase(name: str) -> QLineEdit:
    line = field(name, lambda _text: None)
    as_secret(line)
    line.setMaxLength(MOST_TYPED)
    line.setFixedWidth(FIELD_PX)
    return line
