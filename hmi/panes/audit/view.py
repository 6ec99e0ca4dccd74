"""The audit record's widgets: its rows, and how it is kept, one of them in sight."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.audit.keeping_page import KeepingPage
from hmi.panes.audit.presenter import AuditPresenter
from hmi.panes.audit.record_page import RecordPage
from hmi.ui.message_question import ask
from hmi.ui.pane import PaneContext
from hmi.ui.paper import ask_file
from hmi.ui.shortcuts import shortcut
from hmi.ui.timers import every, once

REFRESH_MS: Final = 3_000


class AuditView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = AuditPresenter(context.mirror, context.port)
        self._coalesce = once(self, 0, self._refresh)
        self._every = every(self, REFRESH_MS, self._ask)
        self.record = RecordPage(presenter, context.theme)
        self.keeping = KeepingPage(presenter, context.theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.record)
        self._stack.addWidget(self.keeping)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()
        removers = [presenter.listen(context.listen, self._coalesce.start), context.theme.listen(self._coalesce.start)]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._every.start()
        self._ask()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._every.stop()

    def export_to(self, path: Path) -> None:
        """Write the rows that are asked for to a file."""
        self._start(self._presenter.export(path), tr("Export"))

    def _connect(self) -> None:
        presenter, record, keeping = self._presenter, self.record, self.keeping
        record.verify_wanted.connect(lambda: self._start(presenter.verify(), tr("Check")))
        record.cancel_wanted.connect(lambda job: self._start(presenter.cancel(job), tr("Cancel")))
        record.export_wanted.connect(self._choose_file)
        record.keeping_wanted.connect(lambda: self._turn(keeping))
        record.older_wanted.connect(lambda: self._start(presenter.older(), tr("Audit record")))
        record.newer_wanted.connect(lambda: self._start(presenter.newer(), tr("Audit record")))
        record.newest_wanted.connect(lambda: self._start(presenter.read(), tr("Audit record")))
        record.filter.changed.connect(lambda wanted: self._start(presenter.want(wanted), tr("Audit record")))
        record.filter.refused.connect(self._say)
        keeping.left.connect(lambda: self._turn(record))
        keeping.typed.connect(self._coalesce.start)
        keeping.keep_wanted.connect(lambda: self._start(presenter.keep_now(), tr("Keep the head")))
        keeping.save_wanted.connect(lambda: self._start(presenter.save(), tr("Save")))
        keeping.renew_wanted.connect(self._ask_renew)
        keeping.anew_wanted.connect(self._ask_anew)
        shortcut(Qt.Key.Key_Escape, keeping, lambda: self._turn(record))

    def _turn(self, page: RecordPage | KeepingPage) -> None:
        self._presenter.message = ""
        self._stack.setCurrentWidget(page)
        self._refresh()
        page.first_field().setFocus()

    def _refresh(self) -> None:
        if self.isVisible():
            page = self._stack.currentWidget()
            (self.keeping if page is self.keeping else self.record).refresh()

    def _ask(self) -> None:
        self._start(self._presenter.refresh(), tr("Audit record"))

    def _say(self, sentence: str) -> None:
        self._presenter.message = sentence
        self._coalesce.start()

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name, self._say)

    def _choose_file(self) -> None:
        kinds = tr("Spreadsheet (*.csv);;Rows with their codes, to check elsewhere (*.jsonl)")
        ask_file(self, tr("Export the audit record"), "audit.csv", kinds, self.export_to)

    def _ask_renew(self) -> None:
        words = tr("Rows that were proven by the old key cannot be checked any more, even if it is found later.")
        ask(
            self,
            tr("Make a new key?"),
            words,
            tr("Make a new key"),
            lambda: self._start(self._presenter.renew_key(), tr("New key")),
        )

    def _ask_anew(self) -> None:
        words = tr("This page and the checks then look at the new record only.")
        ask(
            self,
            tr("Begin another record?"),
            words,
            tr("Begin another record"),
            lambda: self._start(self._presenter.begin_anew(), tr("New record")),
        )
