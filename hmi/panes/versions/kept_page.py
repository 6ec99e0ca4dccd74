"""The page of what users, roles and settings were: every change, newest first, and the way back to one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.versions.kept import KeptFacts
from hmi.ui.ask_panel import AskPanel
from hmi.ui.cards import fit_columns, show_rows, table
from hmi.ui.form_parts import FaultLabel, heading, note, push
from hmi.ui.timers import once

TYPING_MS: Final = 400
FIELD_PX: Final = 280
WIDTHS: Final = (140, 120, 84, 170, 0)

Start = Callable[[Coroutine[Any, Any, None], Callable[[str], None]], None]


class KeptPage(QWidget):
    """Starts what the facts return and shows them."""

    def __init__(self, facts: KeptFacts, start: Start) -> None:
        super().__init__()
        self._facts = facts
        self._start_work = start
        facts.changed = self.refresh
        self.name = QLineEdit()
        self._typing = once(self, TYPING_MS, lambda: self._start(facts.search(self.name.text().strip())))
        self.name.setPlaceholderText(tr("Of somebody or something called…"))
        self.name.setAccessibleName(tr("Show changes of what is called"))
        self.name.setFixedWidth(FIELD_PX)
        self.name.textEdited.connect(lambda _text: self._typing.start())
        columns = (tr("When"), tr("Who"), tr("What"), tr("Name"), tr("Change"))
        self.changes = table(tr("Changes of users, roles and settings"), columns, WIDTHS)
        self.changes.itemSelectionChanged.connect(lambda: facts.choose(self.changes.currentRow()))
        self._more = push(tr("Earlier changes"), lambda: self._start(facts.load(is_more=True)))
        self._headline, self._said, self._fault = note(), heading(""), FaultLabel()
        self.back = push(tr("Take it up again…"), self._ask_why)
        self._ask = AskPanel(lambda: None)
        head = QHBoxLayout()
        head.addWidget(self.name)
        head.addWidget(self._more)
        head.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._headline, 1)
        foot.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addLayout(head)
        layout.addWidget(self.changes, 1)
        layout.addLayout(foot)
        for widget in (self._ask, self._fault, self._said):
            layout.addWidget(widget)
        layout.addWidget(note(tr("Passwords do not go back: whoever comes back gets one from an administrator.")))
        self._shown: object = None
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Ask anew, where it is looked at."""
        if self.isVisible():
            self._start(self._facts.load())

    def refresh(self) -> None:
        """Show it as it stands."""
        facts = self._facts
        with QSignalBlocker(self.changes):
            if (facts.changes, facts.may) != self._shown:
                self._shown = (facts.changes, facts.may)
                show_rows(self.changes, facts.rows())
                fit_columns(self.changes, {0: (76, 160), 1: (80, 160), 3: (110, 260)})
            if facts.chosen in facts.changes:
                self.changes.selectRow(facts.changes.index(facts.chosen))
            else:
                self.changes.clearSelection()
        for widget in (self.name, self.changes):
            widget.setEnabled(facts.may)
        self._more.setVisible(facts.has_more)
        self._headline.setText(facts.headline)
        self.back.setVisible(facts.may)
        self.back.setEnabled(facts.can_take_up)
        self._said.setText(facts.said)
        self._said.setVisible(bool(facts.said))
        self._fault.say(facts.fault)

    def _ask_why(self) -> None:
        chosen = self._facts.chosen
        if chosen is not None:
            self._ask.ask(
                tr("Why is {name} taken up again as it was?").format(name=chosen.name),
                tr("Take it up again"),
                lambda reason: self._start(self._facts.take_up(reason)),
            )

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._start_work(work, self._fault.say)
