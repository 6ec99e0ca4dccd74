"""A server's certificate with the three answers that a person can give."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from drivers.api import Certificate, Trust
from hmi.domain.language import tr
from hmi.ui.certificates import decision_text, facts_text
from hmi.ui.label import Label, tip


class CertificateCard(QWidget):
    """Shows a certificate; nothing is accepted by Enter alone."""

    decided = Signal(Trust)

    def __init__(self) -> None:
        super().__init__()
        self._reason = Label()
        self._reason.setWordWrap(True)
        self._faults = Label()
        self._faults.setProperty("kind", "bad")
        self._faults.setWordWrap(True)
        self._values: list[Label] = []
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.setHorizontalSpacing(16)
        advice = Label(
            tr("Compare the thumbprint with the one that the server itself shows, or ask whoever runs the server.")
        )
        advice.setProperty("kind", "second")
        advice.setWordWrap(True)
        self.buttons = {decision: self._button(decision) for decision in (Trust.ALWAYS, Trust.ONCE, Trust.NEVER)}
        answers = QHBoxLayout()
        for button in self.buttons.values():
            answers.addWidget(button)
        answers.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._reason)
        layout.addWidget(self._faults)
        layout.addLayout(self._form)
        layout.addWidget(advice)
        layout.addLayout(answers)

    def show_certificate(self, certificate: Certificate, reason: str = "") -> None:
        """Show what is to be judged and why it is asked."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self._faults.setText("\n".join(f"◆ {fault}" for fault in certificate.faults))
        self._faults.setVisible(bool(certificate.faults))
        facts = facts_text(certificate)
        for name, _ in facts[len(self._values) :]:
            self._values.append(_value(name))
            self._form.addRow(name, self._values[-1])
        for row, (_, text) in enumerate(facts):
            self._values[row].setText(text)
        self.setAccessibleName(tr("Certificate of {subject}").format(subject=certificate.subject))

    def set_enabled(self, is_enabled: bool, why_not: str = "") -> None:
        """Let the three answers be given or not."""
        for button in self.buttons.values():
            button.setEnabled(is_enabled)
            button.setToolTip(tip(why_not))

    def _button(self, decision: Trust) -> QPushButton:
        button = QPushButton(decision_text(decision))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.decided.emit(decision))
        return button


def ask_trust(
    parent: QWidget, name: str, certificate: Certificate, reason: str, decide: Callable[[Trust], None]
) -> QDialog:
    """Open a dialog, which does not block; `decide` gets the answer, and closing it gives none."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Certificate of {name}").format(name=name))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    card = CertificateCard()
    card.show_certificate(certificate, reason)
    QVBoxLayout(dialog).addWidget(card)

    def finish(decision: Trust) -> None:
        decide(decision)
        dialog.accept()

    card.decided.connect(finish)
    dialog.setMinimumWidth(560)
    dialog.open()
    card.buttons[Trust.NEVER].setFocus()  # the answer that does no harm: a stray Space must not accept
    return dialog


def _value(name: str) -> Label:
    label = Label()
    label.setWordWrap(True)
    label.setAccessibleName(name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
