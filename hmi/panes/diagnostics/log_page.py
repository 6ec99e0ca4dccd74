"""The log's page: what is looked for above, the lines, and the chosen one in full below."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.diagnostics.log import COLUMNS, LEVELS, LogFacts
from hmi.ui.cards import choice, show_rows, table
from hmi.ui.form_parts import FaultLabel, note, push, show_choices
from hmi.ui.pane import PaneContext
from hmi.ui.timers import every, once

WIDTHS_PX: Final = (150, 100, 0, 250)
HIDDEN_WHEN_NARROW: Final = 3
NARROW_PX: Final = 900
FOLLOW_MS: Final = 2_000
TYPING_MS: Final = 400
FIELD_PX: Final = 260


class LogPageView(QWidget):
    """Starts what the facts return and shows them."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        facts = self._facts = LogFacts(context.port)
        facts.listen(self._refresh)
        self._typing = once(self, TYPING_MS, self._search)
        self._pulse = every(self, FOLLOW_MS, lambda: self._start(facts.look()))
        self.level = choice(tr("Level"), lambda level: self._start(facts.show(level=str(level or ""))))
        show_choices(self.level, LEVELS, "")
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Words in the line…"))
        self.text.setAccessibleName(tr("Show lines with these words"))
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(FIELD_PX)
        self.text.textEdited.connect(lambda _text: self._typing.start())
        self.text.textChanged.connect(lambda text: None if text else self._typing.start())
        self.follow = QPushButton(tr("Follow"))
        self.follow.setCheckable(True)
        self.follow.setAccessibleName(tr("Follow what is written"))
        self.follow.toggled.connect(facts.follow)
        self.further = push(tr("Look further back"), lambda: self._start(facts.go_further()))
        self.copy = push(tr("Copy line"), lambda: QGuiApplication.clipboard().setText(facts.detail()))
        self._headline = note()
        self.fault = FaultLabel()
        self.rows = table(tr("Lines of the log"), COLUMNS, WIDTHS_PX)
        self.rows.currentCellChanged.connect(lambda row, *_: facts.choose(row))
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName(tr("The chosen line"))
        self.detail.setPlaceholderText(tr("Choose a line to read all of it."))
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.detail.setTabChangesFocus(True)
        self._lines_shown: object = None
        self._lay_out()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start(self._facts.show())
        self._pulse.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rows.setColumnHidden(HIDDEN_WHEN_NARROW, self.width() < NARROW_PX)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pulse.stop()
        self._typing.stop()

    def _search(self) -> None:
        self._start(self._facts.show(text=self.text.text().strip()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        for widget in (self.level, self.text, self.follow):
            head.addWidget(widget)
        head.addWidget(self._headline, 1)
        head.addWidget(self.further)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        lower.addWidget(self.detail, 1)
        lower.addLayout(buttons)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.rows)
        splitter.addWidget(below)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.fault)
        layout.addWidget(splitter, 1)

    def _refresh(self) -> None:
        facts = self._facts
        with QSignalBlocker(self.rows):
            if facts.lines is not self._lines_shown:  # up to 2,000: not again for each line that is chosen
                self._lines_shown = facts.lines
                show_rows(self.rows, facts.rows())
            row = facts.chosen_row
            if row >= 0 and row != self.rows.currentRow():
                self.rows.setCurrentCell(row, 0)
            elif row < 0:
                self.rows.clearSelection()
                self.rows.setCurrentCell(-1, -1)
        detail = facts.detail()
        if self.detail.toPlainText() != detail:
            self.detail.setPlainText(detail)
        self.copy.setEnabled(bool(detail))
        with QSignalBlocker(self.follow):
            self.follow.setChecked(facts.is_following)
        self.follow.setText(tr("Following") if facts.is_following else tr("Held still"))
        self._headline.setText(facts.headline)
        self.further.setVisible(facts.can_go_further)
        self.fault.say(facts.fault)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(work, tr("Log"), self.fault.say)
