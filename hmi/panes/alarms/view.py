"""The alarm pane: what stands, what is shelved, what is suppressed or out of service, the journal, the figures."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.alarms.journal import JournalFacts
from hmi.panes.alarms.journal_page import JournalPage
from hmi.panes.alarms.kpi import KpiFacts
from hmi.panes.alarms.kpi_page import KpiPage
from hmi.panes.alarms.list_page import ListPage
from hmi.panes.alarms.listing import ListKind
from hmi.panes.alarms.presenter import AlarmsPresenter
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.timers import every, once

SHOWN_MS: Final = 60
"""Changes within this are shown together: a flood of ten thousand alarms must not repaint ten thousand times."""
CLOCK_MS: Final = 1000


class Tab(StrEnum):
    """The pages."""

    ACTIVE = "active"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    JOURNAL = "journal"
    FIGURES = "figures"


class AlarmsView(QWidget):
    """Shows one page at a time."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = AlarmsPresenter(context.mirror, context.port, context.navigator)
        self._journal = JournalFacts(context.mirror, context.port, context.navigator)
        self.lists = {kind: ListPage(self._presenter, kind, context) for kind in ListKind}
        self.journal = JournalPage(self._journal, context)
        self.kpi = KpiPage(KpiFacts(context.mirror, context.port, context.navigator), context)
        self._pages: dict[Tab, QWidget] = {
            **{Tab(kind): page for kind, page in self.lists.items()},
            Tab.JOURNAL: self.journal,
            Tab.FIGURES: self.kpi,
        }
        self._buttons: dict[Tab, QPushButton] = {}
        self._stack = QStackedWidget()
        self._flood = Label()
        self._flood.setProperty("kind", "bad")
        self._flood.setWordWrap(True)
        self._coalesce = once(self, SHOWN_MS, self._refresh)
        self._clock = every(self, CLOCK_MS, self._tick)
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._changed, self._look_at),
            context.theme.listen(self._show_theme),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    @property
    def tab(self) -> Tab:
        """The page in sight."""
        return next(tab for tab, page in self._pages.items() if page is self._stack.currentWidget())

    def show_tab(self, tab: Tab) -> None:
        """Bring a page into sight."""
        self._buttons[tab].setChecked(True)
        self._stack.setCurrentWidget(self._pages[tab])
        self._refresh()

    def set_lit(self, is_lit: bool) -> None:
        """Take the flash's beat."""
        page = self._stack.currentWidget()
        if self.isVisible() and isinstance(page, ListPage):
            page.set_lit(is_lit)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _lay_out(self) -> None:
        names = {
            Tab.ACTIVE: tr("Active"),
            Tab.SHELVED: tr("Shelved"),
            Tab.SUPPRESSED: tr("Suppressed and out of service"),
            Tab.JOURNAL: tr("Journal"),
            Tab.FIGURES: tr("Figures"),
        }
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 8, 0)
        bar.setSpacing(0)
        group = QButtonGroup(self)
        for tab, name in names.items():
            button = QPushButton(name)
            button.setProperty("kind", "workspace")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, wanted=tab: self.show_tab(wanted))
            group.addButton(button)
            bar.addWidget(button)
            self._buttons[tab] = button
            self._stack.addWidget(self._pages[tab])
        bar.addStretch(1)
        self._buttons[Tab.ACTIVE].setChecked(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        self._flood.setContentsMargins(12, 4, 12, 2)
        layout.addWidget(self._flood)
        layout.addWidget(self._stack, 1)

    def _changed(self) -> None:
        """Show a change soon, with those that come meanwhile; a pane out of sight waits until it is seen."""
        self._presenter.rows()
        if self.isVisible() and not self._coalesce.isActive():
            self._coalesce.start()

    def _tick(self) -> None:
        """Once a second: what time changes, and what has happened meanwhile."""
        self._refresh()
        if self._stack.currentWidget() is self.journal:
            self.journal.follow()

    def _refresh(self) -> None:
        presenter = self._presenter
        for kind in (ListKind.SHELVED, ListKind.SUPPRESSED):
            count = presenter.lists[kind].total
            name = tr("Shelved") if kind is ListKind.SHELVED else tr("Suppressed and out of service")
            self._buttons[Tab(kind)].setText(f"{name} ({count})" if count else name)
        said = "\n".join(line for line in (presenter.flood(), *presenter.faults()[:3]) if line)
        self._flood.setText(said)
        self._flood.setVisible(bool(said))
        page = self._stack.currentWidget()
        if isinstance(page, (ListPage, JournalPage, KpiPage)):
            page.refresh()

    def _show_theme(self) -> None:
        for page in self.lists.values():
            page.show_theme()

    def _look_at(self, alarm_id: UUID) -> None:
        kind = self._presenter.list_of(alarm_id) or ListKind.ACTIVE
        self.show_tab(Tab(kind))
        self.lists[kind].choose(alarm_id)
