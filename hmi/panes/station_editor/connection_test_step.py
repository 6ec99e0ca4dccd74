"""Step 4: the connection test as it comes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from drivers.api import TestStep
from hmi.domain.language import tr
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.session import EditSession
from hmi.ui.form_parts import FaultLabel, heading, note, push
from hmi.ui.label import Label

MARKS = {None: "…", True: "✓", False: "✗"}
ROWS = 8


class ConnectionTestStep(StepView):
    """One line a step: mark, name, words, how long it took."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self._lines = [self._line(row) for row in range(ROWS)]
        self._begun = note(tr("Not tested yet."))
        self._outcome = Label()
        self._outcome.setProperty("kind", "heading")
        self._outcome.setWordWrap(True)
        self._reason = FaultLabel()
        self._again = push(tr("Test"), self._test)
        self._stop = push(tr("Stop"), self._end)
        buttons = QHBoxLayout()
        buttons.addWidget(self._again)
        buttons.addWidget(self._stop)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(heading(tr("Does the connection work?")))
        layout.addWidget(self._begun)
        layout.addLayout(self._grid)
        layout.addWidget(self._outcome)
        layout.addWidget(self._reason)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def first_field(self) -> QWidget:
        return self._again

    def refresh(self, session: EditSession) -> None:
        test = session.test
        is_busy = test.work.is_busy
        self._begun.setVisible(not test.steps and not is_busy and not test.reason)
        self._again.setText(tr("Test again") if test.steps else tr("Test"))
        self._again.setEnabled(not is_busy)
        self._stop.setVisible(is_busy)
        for row, line in enumerate(self._lines):
            step = test.steps[row] if row < len(test.steps) else None
            self._show(line, step)
        self._reason.say(test.reason)
        failed = test.failed
        if failed is not None:
            self._outcome.setText(tr("It stops at: {step}.").format(step=tr(failed.name)))
        else:
            self._outcome.setText(tr("The connection works.") if test.has_passed else "")
        self._outcome.setVisible(bool(self._outcome.text()))

    def _line(self, row: int) -> tuple[Label, ...]:
        mark, name, words, seconds = Label(), Label(), note(kind=""), note()
        mark.setFixedWidth(18)
        name.setMinimumWidth(120)
        seconds.setWordWrap(False)
        for column, label in enumerate((mark, name, words, seconds)):
            self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        return (mark, name, words, seconds)

    def _show(self, line: tuple[Label, ...], step: TestStep | None) -> None:
        for label in line:
            label.setVisible(step is not None)
        if step is None:
            return
        mark, name, words, seconds = line
        mark.setText(MARKS[step.is_ok])
        name.setText(tr(step.name))
        words.setText(step.detail or (tr("Working…") if step.is_ok is None else ""))
        seconds.setText("" if step.is_ok is None else tr("{seconds} s").format(seconds=f"{step.seconds:.2f}"))
        kind = "bad" if step.is_ok is False else ""
        for label in (mark, name, words):
            if label.property("kind") != kind:
                label.setProperty("kind", kind)
                label.style().unpolish(label)
                label.style().polish(label)

    def _test(self) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.run_test(), tr("Test"))

    def _end(self) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.stop_test(), tr("Stop"))
