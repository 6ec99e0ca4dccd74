"""How the record is kept: the places of its head and what each proves, and the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hmi.config.audit_settings import AuditSettings
from hmi.domain.language import tr
from hmi.panes.audit.presenter import AuditPresenter
from hmi.services.port import AuditProof
from hmi.ui.cards import HEADER_PX, card, show_rows, table
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_text
from hmi.ui.label import Label
from hmi.ui.tables import ROW_PX, fit_rows
from hmi.ui.theme import Theme

COLUMNS: Final = (tr("Place"), tr("Head"), tr("What it proves"))
WIDTHS_PX: Final = (220, 260, 0)
TEXTS: Final = ("folder", "syslog", "keep_years")
TICKS: Final = ("in_keyring", "export_daily")
FIELD_PX: Final = 320
REASON_MOST: Final = 300


class KeepingPage(QWidget):
    """Shows the places and the draft of the settings."""

    left = Signal()
    keep_wanted = Signal()
    save_wanted = Signal()
    renew_wanted = Signal()
    anew_wanted = Signal()
    typed = Signal()

    def __init__(self, presenter: AuditPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._lines: dict[str, tuple[QLineEdit, FaultLabel]] = {}
        self._ticks: dict[str, QCheckBox] = {}
        self.message = note()
        self.back = push(tr("Back"), self.left.emit)
        top = QHBoxLayout()
        title = Label(tr("How the audit record is kept"))
        title.setProperty("kind", "title")
        top.addWidget(title)
        top.addWidget(self.message, 1)
        top.addWidget(self.back)
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(8)
        for each in (self._places(), self._settings(), self._key(), self._failed()):
            cards.addWidget(each)
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(area, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_places()

    def first_field(self) -> QWidget:
        """Return what has the focus when the page comes into sight."""
        return self.back

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter, may = self._presenter, self._presenter.may_edit
        self.message.setText(presenter.message)
        show_rows(self.places, presenter.anchor_rows())
        self._fit_places()
        _settings, faults = presenter.draft.check()
        for name, (line, fault) in self._lines.items():
            show_text(line, str(presenter.draft.values[name]))
            line.setReadOnly(not may)
            fault.say(faults.get(name, ""))
        for name, tick in self._ticks.items():
            show_checks(tick, self._theme)
            tick.setChecked(bool(presenter.draft.values[name]))
            tick.setEnabled(may)
        self.save.setEnabled(may and presenter.draft.is_changed and not faults)
        self.discard.setEnabled(presenter.draft.is_changed)
        state = presenter.state
        self._failed_card.setVisible(may and state is not None and state.check.seq > 0)
        self.anew.setEnabled(bool(presenter.reason))
        show_text(self.reason, presenter.reason)
        self._key_card.setVisible(may and state is not None and state.proof is AuditProof.MISSING)

    def _places(self) -> QFrame:
        frame, inside = card(tr("Where its head is kept"))
        inside.addWidget(
            note(
                tr(
                    "A chain of rows does not show by itself that its end was cut off. Every 5 minutes and every 1,000 "
                    "rows its head is kept in these places, and each check compares it with all that they hold."
                )
            )
        )
        self.places = table(tr("Places"), COLUMNS, WIDTHS_PX)
        self.places.setWordWrap(True)
        self.places.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.keep = push(tr("Keep it now"), self.keep_wanted.emit)
        foot = QHBoxLayout()
        foot.addWidget(self.keep)
        foot.addStretch(1)
        inside.addWidget(self.places)
        inside.addLayout(foot)
        return frame

    def _fit_places(self) -> None:
        rows_px = fit_rows(self.places, range(len(COLUMNS)))
        self.places.setFixedHeight(HEADER_PX + max(ROW_PX, rows_px) + 2 * self.places.frameWidth())

    def _settings(self) -> QFrame:
        frame, inside = card(tr("Settings"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for row, name in enumerate(TEXTS):
            self._add_line(grid, row, name)
        for row, name in enumerate(TICKS, len(TEXTS)):
            tick = QCheckBox(AuditSettings.model_fields[name].title or name)
            tick.setAccessibleName(tick.text())
            tick.clicked.connect(partial(self._type, name))
            grid.addWidget(tick, row, 1, 1, 2)
            self._ticks[name] = tick
        self.save = push(tr("Save"), self.save_wanted.emit)
        self.discard = push(tr("Discard"), self._discard)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addWidget(self.discard)
        foot.addStretch(1)
        inside.addLayout(grid)
        inside.addLayout(foot)
        return frame

    def _key(self) -> QFrame:
        self._key_card, inside = card(tr("The key is missing"))
        inside.addWidget(
            note(
                tr(
                    "Rows are proven by a plain chain until the key is back (keyring or vault). With a new key rows "
                    "are proven again from now on; those of the old key cannot be checked by anybody then."
                )
            )
        )
        self.renew = push(tr("Make a new key…"), self.renew_wanted.emit)
        foot = QHBoxLayout()
        foot.addWidget(self.renew)
        foot.addStretch(1)
        inside.addLayout(foot)
        return self._key_card

    def _failed(self) -> QFrame:
        self._failed_card, inside = card(tr("The record does not pass its check"))
        inside.addWidget(
            note(
                tr(
                    "Find out first what became of it, and keep a copy of the profile's folder. Then it can be set "
                    "aside: it stays in the journal as it is, and another record begins, which says so and why."
                )
            )
        )
        self.reason = field(tr("What became of it"), self._type_reason)
        self.reason.setPlaceholderText(tr("What became of it"))
        self.reason.setMaxLength(REASON_MOST)
        self.anew = push(tr("Begin another record…"), self.anew_wanted.emit)
        foot = QHBoxLayout()
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.anew)
        inside.addLayout(foot)
        return self._failed_card

    def _type_reason(self, text: str) -> None:
        self._presenter.reason = text.strip()
        self.typed.emit()

    def _add_line(self, grid: QGridLayout, row: int, name: str) -> None:
        described = AuditSettings.model_fields[name]
        label = Label(described.title or name)
        line: QLineEdit = field(label.text(), self._typing(name))
        line.setFixedWidth(FIELD_PX)
        label.setBuddy(line)
        fault = FaultLabel()
        beside = QVBoxLayout()
        beside.addWidget(note(described.description or ""))
        beside.addWidget(fault)
        grid.addWidget(label, row, 0)
        grid.addWidget(line, row, 1)
        grid.addLayout(beside, row, 2)
        self._lines[name] = (line, fault)

    def _typing(self, name: str) -> Callable[[str], None]:
        return lambda text: self._type(name, text)

    def _type(self, name: str, value: object) -> None:
        self._presenter.draft.type(name, value)
        self.typed.emit()

    def _discard(self) -> None:
        self._presenter.draft.let_go()
        self.typed.emit()
