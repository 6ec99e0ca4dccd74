"""Step 2, where a server asks: its certificate and the three answers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from drivers.api import Trust
from hmi.domain.language import tr
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.looking import LookState
from hmi.panes.station_editor.session import EditSession
from hmi.ui.certificate_card import CertificateCard
from hmi.ui.form_parts import heading, note


class CertificateStep(StepView):
    """Shows the certificate that the exploration was refused with."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._card = CertificateCard()
        self._card.decided.connect(self._decide)
        self._answered = note(kind="heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("Is this the server you mean?")))
        layout.addWidget(self._card)
        layout.addWidget(self._answered)
        layout.addStretch(1)

    def first_field(self) -> QWidget:
        # The answer that does no harm.
        return self._card.buttons[Trust.NEVER]

    def refresh(self, session: EditSession) -> None:
        look = session.look
        if look.certificate is None:
            return
        self._card.show_certificate(look.certificate, look.reason)
        is_asking = look.state is LookState.ASKING or look.answer is Trust.NEVER
        self._card.set_enabled(is_asking, "" if is_asking else tr("The server is not asking now."))
        words = {
            Trust.ALWAYS: tr("You accepted this certificate."),
            Trust.ONCE: tr("You accepted this certificate for this run."),
        }
        self._answered.setText(words.get(look.answer, "") if look.answer else "")

    def _decide(self, decision: Trust) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.answer_certificate(decision), tr("Certificate"))
