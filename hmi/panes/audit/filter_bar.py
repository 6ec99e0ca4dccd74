"""What is asked of the record: time, person, action, station, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from hmi.domain.audit import AuditAction
from hmi.domain.language import tr
from hmi.panes.audit.presenter import SPANS, AuditPresenter, Wanted
from hmi.panes.audit.words import ACTIONS
from hmi.ui.cards import choice
from hmi.ui.form_parts import show_choices
from hmi.ui.label import tip
from hmi.ui.time_span import TimeSpan
from hmi.ui.timers import once

TYPED_MS: Final = 400
LIST_PX: Final = 240
FIND_PX: Final = 120
LETTERS: Final = 11


class FilterBar(QWidget):
    """`changed` with what is wanted now; `refused` with a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, presenter: AuditPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._typed = once(self, TYPED_MS, self._texts_typed)
        self.span = TimeSpan(SPANS, presenter.wanted.span_us)
        self.span.named.connect(lambda span: self._want(span_us=span, start_us=0, end_us=0))
        self.span.typed.connect(lambda start, end: self._want(start_us=start, end_us=end))
        self.span.refused.connect(self.refused)
        self.user = self._choice(tr("By whom"), lambda data: self._want(user=data))
        self.action = self._choice(tr("Action"), lambda data: self._want(action=data))
        actions = sorted((label, AuditAction(action)) for action, label in ACTIONS.items())
        show_choices(self.action, [(tr("All actions"), None), *actions], None)
        self.station = self._choice(tr("Station"), lambda data: self._want(station=data))
        self.text = self._line(tr("Find in a row"))
        self.result = self._line(tr("Result"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.span, self.user, self.action, self.station):
            layout.addWidget(widget)
        layout.addWidget(self.text, 2)
        layout.addWidget(self.result, 1)

    def refresh(self) -> None:
        """Show what can be chosen by now."""
        page, wanted = self._presenter.page, self._presenter.wanted
        users = sorted({*page.users, *([wanted.user] if wanted.user else [])})
        stations = sorted({*page.stations, *([wanted.station] if wanted.station else [])})
        show_choices(self.user, [(tr("Everybody"), ""), *((name, name) for name in users)], wanted.user)
        show_choices(self.station, [(tr("All stations"), ""), *((name, name) for name in stations)], wanted.station)

    def _texts_typed(self) -> None:
        wanted = self._presenter.wanted
        text, result = self.text.text().strip(), self.result.text().strip()
        if (text, result) != (wanted.text, wanted.result):
            self._want(text=text, result=result)

    def _want(self, **changes: Any) -> None:
        wanted: Wanted = replace(self._presenter.wanted, **changes)
        self.changed.emit(wanted)

    def _choice(self, name: str, chosen: Callable[[Any], None]) -> QComboBox:
        box = choice(name, chosen)
        box.setToolTip(tip(name))
        box.setMinimumContentsLength(LETTERS)
        box.view().setMinimumWidth(LIST_PX)
        return box

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(name)
        line.setClearButtonEnabled(True)
        line.setMinimumWidth(FIND_PX)
        line.textChanged.connect(lambda _: self._typed.start())
        return line
