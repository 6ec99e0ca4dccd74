"""The workspace Diagnostics: links and flow, the program, its log, and what helps when it failed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hmi.domain.language import tr
from hmi.panes.diagnostics.log_page import LogPageView
from hmi.panes.diagnostics.support_page import ProgramPage, SupportPage
from hmi.panes.diagnostics.view import DiagnosticsView
from hmi.services.lateness import LatenessFigures
from hmi.ui.pane import PaneContext
from hmi.ui.tab_pages import TabPages


class DiagnosticsPages(TabPages):
    """Pages under tabs; somebody who wants to see crash files is brought to them."""

    def __init__(self, context: PaneContext, lateness: Callable[[], LatenessFigures]) -> None:
        super().__init__(tr("Diagnostics"))
        self.links = DiagnosticsView(context, lateness)
        self.program = ProgramPage(context)
        self.log = LogPageView(context)
        self.support = SupportPage(context)
        self.add(tr("Links and flow"), _scrolled(self.links))
        self.add(tr("Program"), self.program)
        self.add(tr("Log"), self.log)
        self.add(tr("Crash files and support"), self.support)
        removers = [context.navigator.on_support(self._show_support)]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def _show_support(self, makes_bundle: bool) -> None:
        self.show_page(self.support)
        if makes_bundle:
            self.support.begin_bundle()


def _scrolled(page: QWidget) -> QScrollArea:
    """Return a page that is higher than a small screen, to be scrolled there."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
