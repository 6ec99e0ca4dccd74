"""The pages about the program itself: how it does, and its crash files with the bundle for those who help."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.diagnostics.link_card import LinkCard
from hmi.panes.diagnostics.support import BUNDLE_COLUMNS, CRASH_COLUMNS, FILE_COLUMNS, SupportFacts
from hmi.ui.cards import card, show_rows, table
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.pane import PaneContext
from hmi.ui.paper import ask_file
from hmi.ui.timers import every

LOOK_MS: Final = 5_000
FILES_MOST: Final = 8
CRASH_WIDTHS: Final = (160, 0, 70)
CRASH_PX: Final = 400
BUNDLE_WIDTHS: Final = (250, 0, 90, 110)


class ProgramPage(QWidget):
    """Shows how the program and its files do; looked at every few seconds while it is in sight."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        facts = self._facts = SupportFacts(context.mirror, context.port)
        self._pulse = every(self, LOOK_MS, self._look)
        self.card = LinkCard(pairs_a_row=2)
        self.files = table(tr("Files of the profile"), FILE_COLUMNS, (0, 140, 100))
        self.fault = FaultLabel()
        frame, inner = card(tr("Files"))
        inner.addWidget(self.files)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        for widget in (self.fault, self.card, frame):
            layout.addWidget(widget)
        layout.addStretch(1)
        removers = [facts.listen(context.listen, self._refresh)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        self._pulse.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pulse.stop()

    def _look(self) -> None:
        self.fault.say("")
        self._context.tasks.start(self._facts.look(), tr("Program"), self.fault.say)

    def _refresh(self) -> None:
        pairs = self._facts.program_pairs()
        self.card.setVisible(bool(pairs))
        self.card.show_details(tr("Program"), pairs)
        show_rows(self.files, self._facts.file_rows(), FILES_MOST)


class SupportPage(QWidget):
    """Shows crash files and what one says, and makes the bundle."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        facts = self._facts = SupportFacts(context.mirror, context.port)
        self.crashes = table(tr("Crash files"), CRASH_COLUMNS, CRASH_WIDTHS)
        self.crashes.currentCellChanged.connect(lambda row, *_: self._start(facts.choose(row)))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("What the crash file says"))
        self.text.setPlaceholderText(tr("Choose a file to read it."))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy = push(tr("Copy"), lambda: QGuiApplication.clipboard().setText(facts.text))
        self.dismiss = push(tr("I have seen them"), lambda: self._start(facts.dismiss()))
        self.none = note(tr("There is no crash file."))
        self.plan = push(tr("Show what it would hold"), lambda: self._start(facts.plan()))
        self.save = push(tr("Save…"), self._ask_where)
        self.said = note(kind="heading")
        self.bundle = table(tr("What the bundle would hold"), BUNDLE_COLUMNS, BUNDLE_WIDTHS)
        self.refused = note(tr("A bundle is made by those who may back up and restore."))
        self.fault = FaultLabel()
        self._lay_out()
        removers = [facts.listen(context.listen, self._refresh)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start(self._facts.look())

    def begin_bundle(self) -> None:
        """Show what a bundle would hold, for it to be saved."""
        if self._facts.may_bundle and not self._facts.is_busy:
            self._start(self._facts.plan())

    def _lay_out(self) -> None:
        self.crashes.setFixedWidth(CRASH_PX)
        crash_card, upper = card(tr("Crash files, which stay on this computer"))
        files = QHBoxLayout()
        files.addWidget(self.crashes)
        files.addWidget(self.text, 1)
        upper.addWidget(self.none)
        upper.addLayout(files, 1)
        upper.addLayout(_row(self.dismiss, self.copy))
        bundle_card, lower = card(tr("Support bundle"))
        lower.addWidget(
            note(
                tr(
                    "One file for those who help: log, crash files, versions, settings, configuration and figures, "
                    "without passwords, keys or readings. Nothing is sent; you save it where you want."
                )
            )
        )
        lower.addWidget(self.refused)
        lower.addLayout(_row(self.plan, self.save))
        lower.addWidget(self.said)
        lower.addWidget(self.bundle, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.fault)
        layout.addWidget(crash_card, 1)
        layout.addWidget(bundle_card, 1)

    def _refresh(self) -> None:
        facts = self._facts
        has_files = bool(facts.crashes)
        for widget in (self.crashes, self.text, self.copy, self.dismiss):
            widget.setVisible(has_files)
        self.none.setVisible(not has_files)
        with QSignalBlocker(self.crashes):
            show_rows(self.crashes, facts.crash_rows())
        if self.text.toPlainText() != facts.text:
            self.text.setPlainText(facts.text)
        self.copy.setEnabled(bool(facts.text))
        self.dismiss.setVisible(facts.can_dismiss)
        self.refused.setVisible(not facts.may_bundle)
        for button in (self.plan, self.save):
            button.setEnabled(facts.may_bundle and not facts.is_busy)
        self.said.setText(facts.said)
        self.said.setVisible(bool(facts.said))
        show_rows(self.bundle, facts.bundle_rows())
        self.bundle.setVisible(bool(facts.bundle))

    def _ask_where(self) -> None:
        name = self._facts.bundle_name
        ask_file(
            self, tr("Save the support bundle"), name, "ZIP (*.zip)", lambda path: self._start(self._facts.save(path))
        )

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.fault.say("")
        self._context.tasks.start(work, tr("Support"), self.fault.say)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
