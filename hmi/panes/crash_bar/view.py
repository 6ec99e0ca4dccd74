"""The bar's widgets: a sentence and three buttons."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout

from hmi.domain.language import tr
from hmi.panes.crash_bar.presenter import CrashBarPresenter
from hmi.ui.form_parts import FaultLabel, heading, push
from hmi.ui.pane import PaneContext


class CrashBarView(QFrame):
    """One line, shown while there is something to tell; it takes no focus."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("card")
        self._context = context
        presenter = self._presenter = CrashBarPresenter(context.mirror, context.port)
        self.sentence = heading("")
        self.show_files = push(tr("Show"), context.navigator.open_support)
        self.bundle = push(tr("Make support bundle"), lambda: context.navigator.open_support(makes_bundle=True))
        self.dismiss = push(tr("Dismiss"), lambda: self._start(presenter.dismiss()))
        self.fault = FaultLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        row.addWidget(self.sentence)
        row.addWidget(self.fault, 1)
        row.addStretch(1)
        for button in (self.show_files, self.bundle, self.dismiss):
            row.addWidget(button)
        removers = [presenter.listen(context.listen, self._refresh, lambda: self._start(presenter.look()))]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _refresh(self) -> None:
        presenter = self._presenter
        self.setVisible(presenter.is_shown)
        self.sentence.setText(presenter.sentence)
        self.setAccessibleName(presenter.sentence)
        self.bundle.setVisible(presenter.may_bundle)
        self.dismiss.setVisible(presenter.may_dismiss)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.fault.say("")
        self._context.tasks.start(work, tr("Crash files"), self.fault.say)
