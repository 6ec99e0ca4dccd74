"""Facts of the shift's workspace: the three pages, and when they may differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.domain.language import tr
from hmi.panes.shift_log.handover import HandoverFacts
from hmi.panes.shift_log.inbox import InboxFacts
from hmi.panes.shift_log.log import LogFacts
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port
from hmi.ui.navigator import Navigator
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.words import unread_text

SHOWN: Final = Change.ALARMS | Change.LINKS | Change.COMMANDS | Change.CATALOGUE | Change.USER | Change.INBOX


class ShiftPresenter:
    """Holds the facts of each page."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._navigator = navigator
        self.handover = HandoverFacts(mirror, port)
        self.log = LogFacts(mirror, port, navigator)
        self.inbox = InboxFacts(mirror, port, navigator)

    def listen(
        self, listen: Listen, changed: Callable[[Change], None], inbox_wanted: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `changed` when a page may differ, `inbox_wanted` when that is to be shown; return what removes both."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & SHOWN:
                changed(change)

        return all_of(
            listen(on_change),
            self._navigator.on_place(lambda _place: changed(Change.CATALOGUE)),
            self._navigator.on_inbox(inbox_wanted),
        )

    @property
    def inbox_label(self) -> str:
        """What the inbox's tab is called."""
        unread = unread_text(self.inbox.unread)
        return tr("Inbox ({count})").format(count=unread) if unread else tr("Inbox")
