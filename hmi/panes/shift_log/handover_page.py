"""The handover: what stands, what happened in the shift, what is written to the next one; printed and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QHideEvent, QShowEvent, QTextDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.shift_log.handover import HandoverFacts, Span
from hmi.panes.shift_log.handover_form import HandoverForm
from hmi.panes.shift_log.paper import html_of
from hmi.panes.shift_log.section_card import SectionCard
from hmi.ui.files import write_whole
from hmi.ui.form_parts import push
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.paper import UPRIGHT, ask_file, ask_printer, pdf_of
from hmi.ui.time_span import TimeSpan
from hmi.ui.timers import every

READ_MS: Final = 10_000
POINTS: Final = 8


class HandoverPage(QWidget):
    """Reads when it comes into sight, when another shift is chosen, and every ten seconds."""

    def __init__(self, facts: HandoverFacts, context: PaneContext) -> None:
        super().__init__()
        self._facts = facts
        self._context = context
        self._headline = Label()
        self._headline.setProperty("kind", "title")
        self._message = Label()
        self._message.setProperty("kind", "second")
        self._message.setWordWrap(True)
        choices = [(tr("This shift"), Span.THIS), (tr("Last shift"), Span.LAST)]
        self.span = TimeSpan(choices, facts.span)
        self.span.named.connect(self._want)
        self.span.typed.connect(self._want_between)
        self.span.refused.connect(self._message.setText)
        self.export = push(tr("Export…"), self._choose_file)
        self.pdf = push(tr("PDF…"), self._choose_pdf)
        self.print = push(tr("Print…"), lambda: ask_printer(self, self.print_to, UPRIGHT))
        self.form = HandoverForm(facts)
        self.form.saved.connect(self._save)
        self.cards: list[SectionCard] = []
        self._every = every(self, READ_MS, self.ask)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._headline)
        top.addWidget(self._message, 1)
        for widget in (self.span, self.export, self.pdf, self.print):
            top.addWidget(widget)
        inside = QWidget()
        inside.setObjectName("ground")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.form)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._every.start()
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._every.stop()

    def refresh(self) -> None:
        """Show what was read and what stands."""
        facts = self._facts
        self._headline.setText(facts.title)
        self.span.show_stretch(facts.shift.start_us, facts.shift.end_us)
        sections = facts.sections()
        for number, section in enumerate(sections):
            if number < len(self.cards):
                self.cards[number].show_section(section)
            else:
                card = SectionCard(section, self._context.theme)
                self.cards.append(card)
                self._column.insertWidget(number, card)
        for button in (self.export, self.pdf, self.print):
            button.setEnabled(bool(sections))
        self.form.refresh()

    def show_theme(self) -> None:
        """Take another look."""
        for card in self.cards:
            card.show_theme()

    def ask(self) -> None:
        """Read what happened."""

        async def work() -> str | None:
            await self._facts.read()
            return None

        self._start(work, tr("Handover"), self._message.setText)

    def export_to(self, path: Path) -> None:
        """Write the handover to a file."""
        self._start(lambda: self._facts.export(path), tr("Export"), self._message.setText)

    def pdf_to(self, path: Path) -> None:
        """Write the handover to a PDF file."""

        async def work() -> str:
            await asyncio.to_thread(write_whole, path, pdf_of(self._document(), UPRIGHT))
            return tr("Written to {path}.").format(path=path)

        self._start(work, tr("PDF"), self._message.setText)

    def print_to(self, printer: QPrinter) -> None:
        """Print the handover."""
        self._document().print_(printer)

    def _document(self) -> QTextDocument:
        document = QTextDocument()
        font = QFont("sans-serif")
        font.setPointSize(POINTS)
        document.setDefaultFont(font)
        document.setHtml(html_of(self._facts.paper()))
        return document

    def _want(self, span: Span) -> None:
        self._facts.want(span)
        self._asked()

    def _want_between(self, start_us: int, end_us: int) -> None:
        self._facts.want_between(start_us, end_us)
        self._asked()

    def _asked(self) -> None:
        self._message.clear()
        self.refresh()
        self.ask()

    def _save(self) -> None:
        async def work() -> str:
            said = await self._facts.save()
            await self._facts.read()
            return said

        self.form.refuse("")
        self._start(work, tr("Save handover"), self.form.refuse)

    def _start(
        self, work: Callable[[], Coroutine[Any, Any, str | None]], name: str, refused: Callable[[str], None]
    ) -> None:
        async def run() -> None:
            said = await work()
            if said is not None:
                self._message.setText(said)
            self.refresh()

        self._context.tasks.start(run(), name, refused)

    def _choose_file(self) -> None:
        kinds = f"{tr('Page')} (*.html);;{tr('Text')} (*.txt)"
        ask_file(self, tr("Export the handover"), f"{self._facts.file_name}.html", kinds, self.export_to)

    def _choose_pdf(self) -> None:
        ask_file(self, tr("The handover as PDF"), f"{self._facts.file_name}.pdf", "PDF (*.pdf)", self.pdf_to)
