"""The certificate that is chosen: all it says, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.certificates.presenter import CertificatesPresenter
from hmi.ui.form_parts import FaultLabel, as_secret, field, heading, push
from hmi.ui.label import Label

FACTS_MOST: Final = 10
PASSWORD_PX: Final = 180


class DetailCard(QFrame):
    """Its labels are made once and then only change their text."""

    def __init__(
        self, presenter: CertificatesPresenter, export: Callable[[], None], export_key: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        self._presenter = presenter
        self._export_key = export_key
        self._title, self._fault = heading(""), FaultLabel()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(3)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts = [self._fact() for _ in range(FACTS_MOST)]
        self.trust = push(tr("Trust…"), presenter.ask_trust)
        self.distrust = push(tr("Distrust…"), presenter.ask_distrust)
        self.delete = push(tr("Delete…"), presenter.ask_delete)
        self.export = push(tr("Export…"), export)
        self.password = field(tr("Password for the file with the key"), lambda _text: self.refresh())
        self.password.setPlaceholderText(tr("Password for the file"))
        as_secret(self.password)
        self.password.setFixedWidth(PASSWORD_PX)
        self.export_key = push(tr("Export with the key…"), self._give_key)
        buttons = QHBoxLayout()
        for widget in (self.trust, self.distrust, self.delete, self.export, self.password, self.export_key):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._fault)
        layout.addLayout(self._form)
        layout.addLayout(buttons)

    def refresh(self) -> None:
        """Show what is chosen."""
        presenter, facts = self._presenter, self._presenter.facts()
        self._title.setText(presenter.title)
        self._fault.say(presenter.fault)
        for number, (label, text) in enumerate(self._facts):
            is_used = number < len(facts)
            label.setVisible(is_used)
            text.setVisible(is_used)
            if is_used:
                label.setText(facts[number][0])
                text.setText(facts[number][1])
        self.trust.setVisible(presenter.can_trust)
        self.distrust.setVisible(presenter.can_distrust)
        self.delete.setVisible(presenter.can_delete)
        self.export.setVisible(presenter.can_export)
        self.password.setVisible(presenter.can_export_key)
        self.export_key.setVisible(presenter.can_export_key)
        self.export_key.setEnabled(bool(self.password.text()))

    def _fact(self) -> tuple[Label, Label]:
        label, text = Label(), Label()
        label.setProperty("kind", "second")
        text.setWordWrap(True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form.addRow(label, text)
        return label, text

    def _give_key(self) -> None:
        password = self.password.text()
        self.password.clear()
        self.refresh()
        self._export_key(password)
