"""The widgets of the setup of users: three pages under tabs, and what is asked or shown once above them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.users.bars import SecretBar
from hmi.panes.users.directory_page import DirectoryPage
from hmi.panes.users.presenter import UsersPresenter
from hmi.panes.users.roles_page import RolesPage
from hmi.panes.users.rules_page import RulesPage
from hmi.panes.users.users_page import UsersPage
from hmi.ui.form_parts import FaultLabel, note
from hmi.ui.pane import PaneContext
from hmi.ui.question_bar import QuestionBar
from hmi.ui.tab_pages import TabPages
from hmi.ui.timers import every, once

REFRESH_MS: Final = 5_000


class UsersView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = UsersPresenter(context.mirror, context.port)
        self._coalesce = once(self, 0, self._refresh)
        self._every = every(self, REFRESH_MS, self._ask)
        self._why = note()
        self._fault = FaultLabel()
        self._said = note(kind="heading")
        self.question = QuestionBar()
        self.question.answered.connect(lambda is_yes: self._start(presenter.answer(is_yes=is_yes), tr("Users")))
        self.secret = SecretBar()
        self.secret.done.connect(presenter.forget_secret)
        self.users = UsersPage(presenter, context.theme, lambda: self._start(presenter.save(), tr("Save")))
        self.roles = RolesPage(presenter, context.theme, lambda: self._start(presenter.save_roles(), tr("Save")))
        self.rules = RulesPage(presenter, context.theme, lambda: self._start(presenter.save_rules(), tr("Save")))
        self.directory = DirectoryPage(presenter, context.theme, self._save_directory, self._test_directory)
        self.pages = TabPages(tr("Users and roles"))
        self.pages.turned.connect(lambda _number: presenter.turn())
        self._lay_out()
        removers = [
            presenter.listen(context.listen, self._coalesce.start),
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

    def _lay_out(self) -> None:
        for label, page in (
            (tr("Users"), self.users),
            (tr("Roles"), self.roles),
            (tr("Signing in"), self.rules),
            (tr("Directory"), self.directory),
        ):
            self.pages.add(label, _scrolled(page))
        head = QVBoxLayout()
        head.setContentsMargins(10, 6, 10, 0)
        for widget in (self._why, self._fault, self._said, self.question, self.secret):
            head.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.pages, 1)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        presenter = self._presenter
        for label, text in ((self._why, presenter.why_not), (self._said, presenter.said)):
            label.setText(text)
            label.setVisible(bool(text))
        self._fault.say(presenter.message)
        self.question.refresh(presenter.question)
        self.secret.refresh(presenter.secret)
        self.users.refresh()
        self.roles.refresh()
        self.rules.refresh()
        self.directory.refresh()

    def _save_directory(self) -> None:
        presenter = self._presenter
        self._start(presenter.directory.save(presenter.role_names()), tr("Save"))

    def _test_directory(self, name: str, password: str) -> None:
        presenter = self._presenter
        self._start(presenter.directory.test(name, password, presenter.role_names()), tr("Try it"))

    def _ask(self) -> None:
        if not self._presenter.is_busy:
            self._start(self._presenter.refresh(), tr("Users"))

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name)


def _scrolled(page: QWidget) -> QScrollArea:
    holder = QWidget()
    inside = QVBoxLayout(holder)
    inside.setContentsMargins(10, 8, 10, 10)
    inside.addWidget(page)
    scroll = QScrollArea()
    scroll.setObjectName("plain")
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(holder)
    scroll.viewport().setAutoFillBackground(False)
    holder.setAutoFillBackground(False)
    return scroll
