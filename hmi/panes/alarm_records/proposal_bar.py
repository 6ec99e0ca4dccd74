"""The bar that says what is proposed, and by whom."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.alarm_records.proposals import Proposals
from hmi.ui.ask_panel import AskPanel
from hmi.ui.form_parts import note, push


class ProposalBar(QFrame):
    """Hidden while nothing waits. refused: with the reason; empty where one withdraws what is one's own."""

    taken_up = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._is_own = False
        self._words = note(kind="heading")
        self.look = push(tr("Look at it"), self.taken_up.emit)
        self.refuse = push("", self._press_refuse)
        self._ask = AskPanel(lambda: None)
        row = QHBoxLayout()
        row.addWidget(self._words, 1)
        row.addWidget(self.look)
        row.addWidget(self.refuse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.addLayout(row)
        layout.addWidget(self._ask)
        self.hide()

    def refresh(self, proposals: Proposals, user: str) -> None:
        """Show what waits."""
        first = proposals.first
        self.setVisible(first is not None)
        if first is None:
            return
        self._is_own = first.user == user
        self._words.setText(proposals.words)
        self.look.setVisible(proposals.may_decide and not first.refused_by)
        self.look.setEnabled(not proposals.is_taken_up)
        own = tr("Let it go") if first.refused_by else tr("Withdraw")
        self.refuse.setText(own if self._is_own else tr("Refuse…"))
        self.refuse.setVisible(self._is_own or proposals.may_decide)

    def _press_refuse(self) -> None:
        if self._is_own:
            self.refused.emit("")
        else:
            self._ask.ask(tr("Why is it refused?"), tr("Refuse it"), self.refused.emit)
