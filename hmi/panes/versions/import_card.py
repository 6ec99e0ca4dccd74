"""What importing a whole configuration would change, with the way on and the way back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.versions.whole_file import WholeFile
from hmi.ui.cards import fit_columns, show_rows, table
from hmi.ui.form_parts import FaultLabel, heading, note, push, show_checks
from hmi.ui.theme import Theme

WIDTHS: Final = (150, 260, 0)


class ImportCard(QWidget):
    """Nothing is changed before Import is pressed."""

    def __init__(self, facts: WholeFile, theme: Theme, start: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        super().__init__()
        self._facts = facts
        self._theme = theme
        self._title, self._words, self._fault = heading(""), note(), FaultLabel()
        self._removes = QCheckBox(tr("Also delete what the file does not have"))
        self._removes.toggled.connect(lambda removes: start(facts.set_removes(removes=removes)))
        self._table = table(tr("What the import changes"), (tr("What"), tr("Name"), tr("Change")), WIDTHS)
        self._cancel = push(tr("Cancel"), facts.let_go)
        self._import = push(tr("Import"), lambda: start(facts.bring_in()))
        self._import.setProperty("kind", "primary")
        self._import.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._removes)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._title, self._words, self._fault):
            layout.addWidget(widget)
        layout.addWidget(self._table, 1)
        layout.addLayout(foot)
        self._shown: object = None

    def refresh(self) -> None:
        """Show it as it stands."""
        facts = self._facts
        show_checks(self._removes, self._theme)
        self._title.setText(facts.title)
        self._words.setText(facts.words)
        self._words.setVisible(bool(facts.words))
        self._fault.say(facts.fault)
        with QSignalBlocker(self._removes):
            self._removes.setChecked(facts.removes)
        self._removes.setEnabled(facts.may and not facts.is_busy)
        self._import.setEnabled(facts.can_import)
        if facts.preview is not self._shown:
            self._shown = facts.preview
            show_rows(self._table, facts.rows())
            fit_columns(self._table, {0: (120, 200), 1: (160, 360)})
