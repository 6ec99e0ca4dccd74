"""The widgets of the setup of notifications: the overview and the forms, one of them in sight."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.notifications.channel_page import ChannelPage
from hmi.panes.notifications.drafts import ChannelDraft, GroupDraft, PersonDraft
from hmi.panes.notifications.overview_page import OverviewPage
from hmi.panes.notifications.person_page import PersonPage
from hmi.panes.notifications.presenter import NotificationsPresenter, Part
from hmi.panes.notifications.rule_draft import RuleDraft
from hmi.panes.notifications.rule_page import RulePage
from hmi.ui.message_question import ask
from hmi.ui.pane import PaneContext
from hmi.ui.shortcuts import shortcut
from hmi.ui.timers import every, once

REFRESH_MS: Final = 10_000


class NotificationsView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = NotificationsPresenter(context.mirror, context.port)
        self._shown: object = None
        self._coalesce = once(self, 0, self._refresh)
        self._every = every(self, REFRESH_MS, self._ask)
        self.overview = OverviewPage(presenter, context.theme)
        self.channel = ChannelPage(presenter, context.theme)
        self.person = PersonPage(presenter, context.theme)
        self.rule = RulePage(presenter, context.theme)
        self._stack = QStackedWidget()
        for page in (self.overview, self.channel, self.person, self.rule):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()
        removers = [
            presenter.listen(context.listen, self._coalesce.start, self._messages_changed),
            context.theme.listen(self._coalesce.start),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._every.start()
        self._ask()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._every.stop()

    def _connect(self) -> None:
        presenter, overview = self._presenter, self.overview
        overview.edit_wanted.connect(presenter.edit)
        overview.delete_wanted.connect(self._ask_delete)
        overview.test_wanted.connect(lambda channel: self._start(presenter.test(channel), tr("Test")))
        overview.play_wanted.connect(lambda priority: self._start(presenter.trials.play(priority), tr("Sound")))
        overview.sound_saved.connect(lambda: self._start(presenter.save_sound(), tr("Save")))
        overview.filter_chosen.connect(
            lambda number: self._start(presenter.messages.choose_filter(number), tr("Messages"))
        )
        overview.retry_wanted.connect(lambda rows: self._start(presenter.messages.retry(rows), tr("Send again")))
        overview.discard_wanted.connect(self._ask_discard)
        self.channel.tested.connect(lambda: self._start(presenter.test_draft(), tr("Test")))
        for page in (self.channel, self.person, self.rule):
            page.saved.connect(lambda: self._start(presenter.save(), tr("Save")))
            page.left.connect(self._leave)
            shortcut(Qt.Key.Key_Escape, page, self._leave)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        draft = self._presenter.draft
        page: OverviewPage | ChannelPage | PersonPage | RulePage = self.overview
        if isinstance(draft, ChannelDraft):
            page = self.channel
            self.channel.refresh(draft)
        elif isinstance(draft, PersonDraft | GroupDraft):
            page = self.person
            self.person.refresh(draft)
        elif isinstance(draft, RuleDraft):
            page = self.rule
            self.rule.refresh(draft, self._context.mirror.catalogue)
        else:
            self.overview.refresh()
        self._stack.setCurrentWidget(page)
        if draft is not self._shown:
            self._shown = draft
            page.first_field().setFocus()

    def _ask(self) -> None:
        self._start(self._presenter.refresh(), tr("Notifications"))

    def _messages_changed(self) -> None:
        if self.isVisible():
            self._start(self._presenter.messages.refresh(), tr("Messages"))

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name)

    # ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _leave(self) -> None:
        """Leave a form; where something would be lost, only after a word."""
        draft = self._presenter.draft
        if draft is None or not draft.is_changed:
            self._presenter.leave()
            return
        ask(
            self,
            tr("Leave without saving?"),
            tr("What you entered will be lost."),
            tr("Leave without saving"),
            self._presenter.leave,
        )

    def _ask_delete(self, part: Part, thing_id: UUID, name: str) -> None:
        ask(
            self,
            tr("Delete {name}?").format(name=name),
            self._presenter.delete_question(part, thing_id),
            tr("Delete"),
            lambda: self._start(self._presenter.delete(part, thing_id), tr("Delete")),
        )

    def _ask_discard(self, rows: tuple[int, ...]) -> None:
        ask(
            self,
            tr("Discard messages?"),
            tr("Messages that are then never sent: {count}.").format(count=len(rows)),
            tr("Discard"),
            lambda: self._start(self._presenter.messages.discard(rows), tr("Discard")),
        )
