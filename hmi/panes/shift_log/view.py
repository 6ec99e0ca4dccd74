"""The shift's workspace: handover, log and inbox, one of them in sight."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.shift_log.handover_page import HandoverPage
from hmi.panes.shift_log.inbox_page import InboxPage
from hmi.panes.shift_log.log_page import LogPage
from hmi.panes.shift_log.presenter import ShiftPresenter
from hmi.services.mirror import Change
from hmi.ui.pane import PaneContext
from hmi.ui.tab_pages import TabPages
from hmi.ui.timers import once

SHOWN_MS: Final = 250
"""Changes within this are shown together."""


class ShiftLogView(QWidget):
    """Shows the page in sight anew when something of it changed."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        presenter = self._presenter = ShiftPresenter(context.mirror, context.port, context.navigator)
        self._changes = Change(0)
        self._coalesce = once(self, SHOWN_MS, self._refresh)
        self.handover = HandoverPage(presenter.handover, context)
        self.log = LogPage(presenter.log, context)
        self.inbox = InboxPage(presenter.inbox, context)
        self.tabs = TabPages(tr("Shift"))
        self.tabs.add(tr("Handover"), self.handover)
        self.tabs.add(tr("Log"), self.log)
        self.tabs.add(tr("Inbox"), self.inbox)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        removers = [
            presenter.listen(context.listen, self._changed, lambda: self.tabs.show_page(self.inbox)),
            context.theme.listen(self._show_theme),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._name_inbox()

    def state(self) -> dict[str, object]:
        """Return what is written to the next shift and was not saved yet."""
        draft = self._presenter.handover.draft
        return {"handover": draft.text, "taking_over": draft.taking_over}

    def restore(self, state: dict[str, object]) -> None:
        """Take up a state; anything that does not fit is passed over."""
        text, taking_over = state.get("handover"), state.get("taking_over")
        if isinstance(text, str) and isinstance(taking_over, str):
            self._presenter.handover.draft.text = text
            self._presenter.handover.draft.taking_over = taking_over
            self.handover.form.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._changed(Change.ALARMS)

    def _changed(self, change: Change) -> None:
        self._changes |= change
        if change & Change.INBOX:
            self._name_inbox()
        if self.isVisible() and not self._coalesce.isActive():
            self._coalesce.start()

    def _refresh(self) -> None:
        changes, self._changes = self._changes, Change(0)
        page = self.tabs.page
        if page is self.handover:
            self.handover.refresh()
        elif page is self.log:
            self.log.selection_changed()
            self.log.refresh()
        elif changes & Change.INBOX:
            self.inbox.ask()
        else:
            self.inbox.refresh()

    def _name_inbox(self) -> None:
        self.tabs.set_label(self.inbox, self._presenter.inbox_label)

    def _show_theme(self) -> None:
        self.handover.show_theme()
        self.inbox.show_theme()
