"""The card of substituted values: what stands, and the form for another one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.faceplate.substitutions import LENGTHS, SubstitutionDesk, SubstitutionRow
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, heading, note, show_choices
from hmi.ui.label import Label
from hmi.ui.tasks import Tasks


class SubstitutionCard(QFrame):
    """Takes no room while nothing is substituted and nobody may."""

    def __init__(self, desk: SubstitutionDesk, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("card")
        self._desk = desk
        self._tasks = tasks
        self._station: UUID | None = None
        self._shown: tuple[tuple[SubstitutionRow, ...], bool] | None = None
        self._tag: UUID | None = None
        self._seconds = LENGTHS[1][1]
        self._rows = QVBoxLayout()
        self._open = QPushButton(tr("Substitute a value…"))
        self._open.setProperty("kind", "flat")
        self._open.setAutoDefault(False)
        self._open.clicked.connect(lambda: self._show_form(is_open=True))
        self._fault = FaultLabel()
        self._form = self._make_form()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(heading(tr("Substituted values")))
        layout.addLayout(self._rows)
        layout.addWidget(self._open)
        layout.addWidget(self._form)
        layout.addWidget(self._fault)
        self._show_form(is_open=False)
        self.hide()

    def show_station(self, station_id: UUID | None) -> None:
        """Show another station's, the form closed."""
        if station_id != self._station:
            self._station, self._shown, self._tag = station_id, None, None
            self._show_form(is_open=False)
        self.refresh()

    def refresh(self) -> None:
        """Show what stands now."""
        if self._station is None:
            self.hide()
            return
        rows, may = self._desk.rows(self._station), self._desk.may(self._station)
        self.setVisible(bool(rows) or may)
        if (rows, may) == self._shown:
            return
        self._shown = (rows, may)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row in rows:
            self._rows.addWidget(self._line(row, may=may))
        self._open.setVisible(may and not self._form.isVisibleTo(self))
        if not may:
            self._show_form(is_open=False)
            self._open.hide()

    def _line(self, row: SubstitutionRow, *, may: bool) -> QWidget:
        words = Label(f"✎ {row.words}")
        words.setProperty("kind", "manual")
        words.setWordWrap(True)
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(words)
        texts.addWidget(note(row.detail))
        layout.addLayout(texts, 1)
        if may:
            button = QPushButton(tr("End"))
            button.setAutoDefault(False)
            button.setAccessibleName(tr("End {words}").format(words=row.words))
            button.clicked.connect(lambda: self._start(lambda: self._desk.end(row.tag_id)))
            layout.addWidget(button)
        return line

    def _make_form(self) -> QWidget:
        form = QWidget()
        self._choice = choice(tr("Tag"), self._choose)
        self._value = QLineEdit()
        self._value.setAccessibleName(tr("Value"))
        self._reason = QLineEdit()
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.setPlaceholderText(tr("Why?"))
        self._length = choice(tr("For how long"), self._choose_length)
        show_choices(self._length, LENGTHS, self._seconds)
        self._begin = QPushButton(tr("Substitute"))
        self._begin.setAutoDefault(False)
        self._begin.clicked.connect(self._press)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(lambda: self._show_form(is_open=False))
        layout = QVBoxLayout(form)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._choice, self._value, self._reason, self._length):
            layout.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self._begin)
        buttons.addWidget(cancel)
        layout.addLayout(buttons)
        return form

    def _show_form(self, *, is_open: bool) -> None:
        self._form.setVisible(is_open)
        self._open.setVisible(not is_open)
        self._fault.say("")
        if is_open and self._station is not None:
            choices = self._desk.choices(self._station)
            self._tag = self._tag or (choices[0][1] if choices else None)
            show_choices(self._choice, choices, self._tag)
            self._choose(self._tag)
            self._value.clear()
            self._reason.clear()
            self._choice.setFocus()

    def _choose(self, tag_id: object) -> None:
        if isinstance(tag_id, UUID):
            self._tag = tag_id
            self._value.setPlaceholderText(self._desk.hint(tag_id))

    def _choose_length(self, seconds: object) -> None:
        if isinstance(seconds, float):
            self._seconds = seconds

    def _press(self) -> None:
        tag_id = self._tag
        if tag_id is None:
            return
        value, reason, seconds = self._value.text(), self._reason.text(), self._seconds
        self._start(lambda: self._begun(tag_id, value, reason, seconds))

    async def _begun(self, tag_id: UUID, value: str, reason: str, seconds: float) -> None:
        await self._desk.begin(tag_id, value, reason, seconds)
        self._show_form(is_open=False)

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._fault.say("")
        self._tasks.start(work(), tr("Substitute"), self._fault.say)
