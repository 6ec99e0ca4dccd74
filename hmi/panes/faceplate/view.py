"""The faceplate's widgets."""

from __future__ import annotations

import time
from uuid import UUID

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.faceplate.presenter import AssetCard, FaceplatePresenter
from hmi.panes.faceplate.substitution_card import SubstitutionCard
from hmi.ui.form_parts import push
from hmi.ui.label import Label
from hmi.ui.pane import PaneContext
from hmi.ui.reading_list import ReadingList
from hmi.ui.sparkline import Sparklines
from hmi.ui.symbols import alarm_icon, link_icon, station_icon
from hmi.ui.words import link_text

ICON_PX = 30
LINES_S = 1.0
"""The sparklines move on this often; one beat for all of them."""


class FaceplateView(QWidget):
    """Shows the selected station."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = FaceplatePresenter(context.mirror, context.port, context.navigator)
        self._lists: dict[UUID, ReadingList] = {}
        self._lines = Sparklines(context.mirror, context.port, lambda: time.time_ns() // 1000)
        self._lines_due = 0.0
        self._is_lit = True
        self._icon = Label()
        self._icon.setFixedSize(ICON_PX, ICON_PX)
        self._name = Label()
        self._name.setProperty("kind", "title")
        self._name.setWordWrap(True)
        self._area = Label()
        self._area.setProperty("kind", "second")
        self._link_icon = Label()
        self._link = Label()
        self._link.setWordWrap(True)
        self._alarms = push("", self._presenter.open_alarms)
        self._alarms.setProperty("kind", "flat")
        self._alarms.setStyleSheet("padding: 1px 4px; min-height: 16px;")
        self._control = QPushButton(tr("Control"))
        self._control.clicked.connect(self._presenter.open_control)
        self._substitutions = SubstitutionCard(self._presenter.substitutions, context.tasks)
        self._body = QScrollArea()
        self._body.setWidgetResizable(True)
        self._body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._refresh, self._rebuild),
            context.listen(lambda _change, frame: self._lines.take(frame)),
            context.theme.listen(self._rebuild),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._rebuild()

    def set_lit(self, is_lit: bool) -> None:
        """Take the flash's beat."""
        for readings in self._lists.values():
            readings.set_lit(is_lit)

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._area)
        head = QHBoxLayout()
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        head.addWidget(self._control, 0, Qt.AlignmentFlag.AlignTop)
        link = QHBoxLayout()
        link.addWidget(self._link_icon, 0, Qt.AlignmentFlag.AlignTop)
        link.addWidget(self._link, 1)
        link.addWidget(self._alarms, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(link)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._substitutions)

    def _rebuild(self) -> None:
        """Make the lists of another station."""
        station = self._presenter.station
        tokens = self._context.theme.tokens
        self._lists.clear()
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(8)
        if station is None:
            hint = Label(tr("Select a station in the tree or on the map."))
            hint.setProperty("kind", "second")
            hint.setWordWrap(True)
            layout.addWidget(hint)
        for card in self._presenter.cards():
            layout.addWidget(self._make_card(card))
        layout.addStretch(1)
        self._body.setWidget(page)
        self._icon.setPixmap(
            station_icon(tokens, station.kind, ICON_PX).pixmap(QSize(ICON_PX, ICON_PX)) if station else QPixmap()
        )
        self._name.setText(station.name if station else tr("No station selected"))
        self._area.setText(self._presenter.area_name)
        self._control.setVisible(self._presenter.has_controls)
        self._load_lines()
        self._substitutions.show_station(station.id if station is not None else None)
        self._refresh()

    def _make_card(self, card: AssetCard) -> QWidget:
        frame = QFrame()
        frame.setObjectName("card")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(2)
        title = Label(card.name)
        title.setProperty("kind", "heading")
        readings = ReadingList(self._context.theme, self._lines)
        readings.setAccessibleName(card.name)
        readings.activated.connect(self._presenter.open_trend)
        self._lists[card.id] = readings
        layout.addWidget(title)
        layout.addWidget(readings)
        return frame

    def _refresh(self) -> None:
        for card in self._presenter.cards():
            if card.id in self._lists:
                self._lists[card.id].set_rows(card.rows)
        self._draw_lines()
        self._substitutions.refresh()
        if self._presenter.station is None:
            for label in (self._link_icon, self._link):
                label.clear()
            self._alarms.setVisible(False)
            return
        state = self._presenter.link
        self._link_icon.setPixmap(link_icon(self._context.theme.tokens, state).pixmap(QSize(14, 14)))
        broken = self._presenter.broken_link
        words = tr("Link {state}").format(state=link_text(state).lower())
        self._link.setText(f"{words}: {broken.reason}" if broken and broken.reason else words)
        self._show_alarms()

    def _show_alarms(self) -> None:
        """Show how many alarms stand, with the symbol of the worst; a press opens it in the list."""
        alarms = self._presenter.alarms
        words = tr("1 alarm") if len(alarms) == 1 else tr("{count} alarms").format(count=len(alarms))
        self._alarms.setText(words if alarms else tr("No alarms"))
        self._alarms.setAccessibleName(self._alarms.text())
        self._alarms.setVisible(True)
        self._alarms.setEnabled(bool(alarms))
        worst = alarms[0] if alarms else None
        tokens = self._context.theme.tokens
        self._alarms.setIcon(alarm_icon(tokens, worst.priority, worst.state, is_lit=True) if worst else QIcon())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load_lines()

    def _load_lines(self) -> None:
        """Ask for the past of the values that are new here, when somebody looks."""
        if not self.isVisible():
            return
        missing = self._lines.wanted(row.tag for card in self._presenter.cards() for row in card.rows)
        if missing:
            self._context.tasks.start(self._lines.load(missing), tr("Sparklines"))

    def _draw_lines(self) -> None:
        now = time.monotonic()
        if self.isVisible() and now >= self._lines_due:
            self._lines_due = now + LINES_S
            for readings in self._lists.values():
                readings.update()
