"""A new certificate of one's own, and what becomes of the one before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.certificates import words
from hmi.panes.certificates.presenter import CertificatesPresenter
from hmi.ui.cards import choice, labelled
from hmi.ui.form_parts import FaultLabel, field, heading, note, push, show_choices, show_text

ORGANISATION_PX: Final = 170
HOSTS_PX: Final = 220
TEXT_MOST: Final = 500


class OwnCard(QFrame):
    """What is typed goes to the presenter."""

    def __init__(self, presenter: CertificatesPresenter, reconnect: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._presenter = presenter
        self.key_bits = choice(tr("Key"), partial(presenter.type, "key_bits"))
        self.days = choice(tr("Valid for"), partial(presenter.type, "days"))
        self.organisation = field(tr("Organisation"), partial(presenter.type, "organisation"))
        self.hosts = field(tr("Names of this computer"), partial(presenter.type, "hosts"))
        self.organisation.setFixedWidth(ORGANISATION_PX)
        self.hosts.setFixedWidth(HOSTS_PX)
        self.organisation.setMaxLength(64)
        self.hosts.setMaxLength(TEXT_MOST)
        self.make = push(tr("Make and use…"), presenter.ask_make)
        self.again = push(tr("Show the new one again"), reconnect)
        self.forget = push(tr("Delete the one before…"), presenter.ask_forget)
        self._waiting = FaultLabel()
        self._title = heading("")
        fields = QHBoxLayout()
        for label, widget in (
            (tr("Key"), self.key_bits),
            (tr("Valid for"), self.days),
            (tr("Organisation"), self.organisation),
            (tr("Names of this computer"), self.hosts),
        ):
            fields.addWidget(labelled(label, widget), 0, Qt.AlignmentFlag.AlignTop)
        fields.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.make, self.again, self.forget):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._waiting)
        layout.addLayout(fields)
        layout.addWidget(
            note(tr("Servers trust it once their administrators accept it; until then the one before is used."))
        )
        layout.addLayout(buttons)

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter, draft = self._presenter, self._presenter.draft
        may = presenter.may_edit and bool(presenter.kind)
        self._title.setText(
            tr("Renew this program's certificate") if presenter.has_own else tr("This program's certificate")
        )
        self._waiting.say(presenter.waiting)
        show_choices(self.key_bits, list(words.KEY_SIZES), draft.key_bits)
        show_choices(self.days, list(words.YEARS), draft.days)
        show_text(self.organisation, draft.organisation)
        show_text(self.hosts, draft.hosts)
        for widget in (self.key_bits, self.days, self.organisation, self.hosts, self.make):
            widget.setEnabled(may)
        self.again.setVisible(bool(presenter.state.waiting))
        self.again.setEnabled(may)
        self.forget.setVisible(presenter.has_previous)
        self.forget.setEnabled(may)
