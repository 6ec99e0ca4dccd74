"""The log: people's notes, newest first, found by time, place, author and text; written and corrected here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QTableView, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.shift_log.log import SPANS, LogFacts
from hmi.panes.shift_log.log_model import PLACE, TEXT, LogModel
from hmi.panes.shift_log.note_line import NoteLine
from hmi.services.port import Note
from hmi.ui.cards import choice
from hmi.ui.form_parts import push, show_choices
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.tables import fit_rows, set_up
from hmi.ui.time_span import TimeSpan
from hmi.ui.timers import once

WIDTHS_PX: Final = (92, 180, 0, 120)
TYPED_MS: Final = 300
FIT_MS: Final = 50
LEAST_PX: Final = 42
"""Of a row: date and time of another day stand below one another."""
LIST_PX: Final = 260


class LogPage(QWidget):
    """Reads when it comes into sight, after a note was written, and when something else is asked."""

    def __init__(self, facts: LogFacts, context: PaneContext) -> None:
        super().__init__()
        self._facts = facts
        self._context = context
        self._model = LogModel(context.theme)
        self._typed = once(self, TYPED_MS, self.ask)
        self._fitting = once(self, FIT_MS, self._fit)
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self.line = NoteLine(facts, context.theme)
        self.line.saved.connect(self._save)
        self._make_questions()
        self.table = QTableView()
        self.table.setModel(self._model)
        set_up(self.table, tr("Notes"), WIDTHS_PX)
        self.table.setWordWrap(True)
        self.table.horizontalHeader().sectionResized.connect(lambda *_: self._fitting.start())
        self.table.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.doubleClicked.connect(lambda index: facts.open_trend(self._model.notes[index.row()]))
        self.correct = push(tr("Correct…"), lambda: self._with_chosen(self._correct))
        self.trend = push(tr("Trend at that moment"), lambda: self._with_chosen(facts.open_trend))
        self.more = push(tr("Older…"), lambda: self._start(facts.read_more))
        self._lay_out()

    def _make_questions(self) -> None:
        self.span = TimeSpan(SPANS, self._facts.wanted.span_us)
        self.span.named.connect(lambda span: self._want(span_us=span, start_us=0, end_us=0))
        self.span.typed.connect(lambda start_us, end_us: self._want(start_us=start_us, end_us=end_us))
        self.span.refused.connect(self._message.setText)
        self.station = choice(tr("Place"), lambda data: self._want(station_id=data))
        self.tag = choice(tr("Tag"), lambda data: self._want(tag=data))
        self.author = choice(tr("Author"), lambda data: self._want(user=data))
        for box in (self.station, self.tag, self.author):
            _widen(box)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in notes"))
        self.search.setAccessibleName(tr("Find in notes"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._typed.start())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._headline)
        top.addWidget(self._message, 1)
        asked = QHBoxLayout()
        asked.setSpacing(4)
        for widget in (self.span, self.station, self.tag, self.author):
            asked.addWidget(widget)
        asked.addWidget(self.search, 1)
        foot = QHBoxLayout()
        for button in (self.correct, self.trend):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addWidget(self.line)
        layout.addLayout(top)
        layout.addLayout(asked)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._facts.take_selection()
        self.ask()

    def refresh(self) -> None:
        """Show what was read and what is being written."""
        facts, wanted = self._facts, self._facts.wanted
        self._headline.setText(facts.headline)
        if facts.notes != self._model.notes:
            self._fit(self._model.show_notes(facts.notes))
        show_choices(self.station, [(tr("Everywhere"), None), *facts.stations()], wanted.station_id)
        tags = facts.tags(wanted.station_id)
        show_choices(self.tag, [(tr("All tags"), -1), *tags], wanted.tag)
        self.tag.setVisible(bool(tags))
        authors = [(tr("Everybody"), ""), *((name, name) for name in facts.authors)]
        show_choices(self.author, authors, wanted.user)
        self.more.setVisible(facts.has_more)
        self.line.refresh()
        self._enable()

    def ask(self) -> None:
        """Read the notes that are asked for."""
        text = self.search.text().strip()
        if text != self._facts.wanted.text:
            self._facts.want(replace(self._facts.wanted, text=text))
        self._start(self._facts.read)

    def selection_changed(self) -> None:
        """Write to the station that was selected elsewhere, unless a note is being written."""
        if self._facts.take_selection():
            self.line.refresh()

    @property
    def chosen(self) -> Note | None:
        """The note that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self._model.notes[rows[0].row()] if rows else None

    def _save(self) -> None:
        async def work() -> None:
            self._message.setText(await self._facts.save())
            await self._facts.read()

        self.line.refuse("")
        self._start(work, self.line.refuse)

    def _correct(self, note: Note) -> None:
        self._facts.correct(note)
        self.line.refresh()
        self.line.text.setFocus()

    def _want(self, **changes: Any) -> None:
        self._facts.want(replace(self._facts.wanted, **changes))
        self._message.clear()
        self.ask()

    def _start(
        self, work: Callable[[], Coroutine[Any, Any, None]], refused: Callable[[str], None] | None = None
    ) -> None:
        async def run() -> None:
            await work()
            self.refresh()

        self._context.tasks.start(run(), tr("Notes"), refused or self._message.setText)

    def _with_chosen(self, act: Callable[[Note], None]) -> None:
        note = self.chosen
        if note is not None:
            act(note)

    def _enable(self) -> None:
        note = self.chosen
        self.correct.setEnabled(note is not None and self._facts.can_write)
        self.trend.setEnabled(note is not None and self._facts.can_open_trend(note))

    def _fit(self, first: int = 0) -> None:
        fit_rows(self.table, (PLACE, TEXT), first, LEAST_PX)


def _widen(box: QComboBox) -> None:
    """Let an opened list be as wide as its names."""
    box.view().setMinimumWidth(LIST_PX)
