"""The diagnostics page's widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from drivers.api import LinkState, Trust
from hmi.domain.language import tr
from hmi.panes.diagnostics.credentials import ask_credentials
from hmi.panes.diagnostics.flow import FlowPicture, LatenessPicture
from hmi.panes.diagnostics.link_card import LinkCard
from hmi.panes.diagnostics.presenter import LINK_COLUMNS, DiagnosticsPresenter, LinkRow
from hmi.services.lateness import LatenessFigures
from hmi.ui.certificate_card import ask_trust
from hmi.ui.label import Label, tip
from hmi.ui.pane import PaneContext
from hmi.ui.symbols import link_icon
from hmi.ui.tables import set_up

WIDTHS_PX: Final = (124, 96, 88, 64, 52, 122, 84, 64, 0)
HIDDEN_WHEN_NARROW: Final = (4, 7)
NARROW_PX: Final = 900
ROW_PX: Final = 30
HEADER_PX: Final = 38
TABLE_ROWS: Final = 8


class DiagnosticsView(QWidget):
    """Shows how the program and its links do."""

    def __init__(self, context: PaneContext, lateness: Callable[[], LatenessFigures]) -> None:
        super().__init__()
        self._context = context
        self._presenter = DiagnosticsPresenter(context.mirror, context.port, lateness)
        self._links = _table(tr("Links"), LINK_COLUMNS, WIDTHS_PX)
        self._links.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._links.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self._links.cellClicked.connect(lambda row, _column: self._choose(row))
        self._links.currentCellChanged.connect(lambda row, *_: self._choose(row))
        self._card = LinkCard()
        self._refused = _table(
            tr("Refused addresses"), (tr("Link"), tr("Tag"), tr("Address"), tr("Reason")), (120, 200, 200, 0)
        )
        self._refused_title = _heading(tr("Refused addresses"))
        self._flow = FlowPicture(context.theme)
        self._late = LatenessPicture(context.theme)
        self._late_words = Label()
        self._late_words.setProperty("kind", "second")
        self._notes = Label()
        self._notes.setProperty("kind", "bad")
        self._notes.setWordWrap(True)
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._refresh),
            context.theme.listen(self._refresh),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._notes)
        layout.addWidget(_heading(tr("What flows")))
        layout.addWidget(self._flow)
        layout.addWidget(_heading(tr("Links")))
        layout.addWidget(self._links)
        layout.addWidget(self._card)
        layout.addWidget(self._refused_title)
        layout.addWidget(self._refused)
        layout.addWidget(_heading(tr("How late the window's ticks come, ms")))
        layout.addWidget(self._late_words)
        card = QFrame()
        card.setObjectName("card")
        card.setMaximumHeight(240)
        inner = QVBoxLayout(card)
        inner.addWidget(self._late)
        layout.addWidget(card, 1)
        layout.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in HIDDEN_WHEN_NARROW:
            self._links.setColumnHidden(column, self.width() < NARROW_PX)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        self._show_links()
        self._show_details()
        self._show_refused()
        links = self._presenter.links()
        up = sum(row.state in (LinkState.UP, LinkState.DEGRADED) for row in links)
        self._flow.show_figures(self._presenter.figures, up, len(links))
        late = self._presenter.lateness
        self._late.show_figures(late)
        self._late_words.setText(
            tr(
                "{ticks} ticks; half within {p50} ms, 99 % within {p99} ms, worst {worst} ms; {share} % over 50 ms"
            ).format(
                ticks=f"{late.ticks:,}",
                p50=f"{late.p50_ms:.1f}",
                p99=f"{late.p99_ms:.1f}",
                worst=f"{late.max_ms:.0f}",
                share=f"{late.late_share * 100:.2f}",
            )
        )
        notes = self._presenter.notices
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _show_links(self) -> None:
        rows = self._presenter.links()
        self._links.setRowCount(len(rows))
        self._links.setFixedHeight(HEADER_PX + ROW_PX * min(max(1, len(rows)), TABLE_ROWS))
        for number, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = _cell(self._links, number, column)
                if item.text() != text:
                    item.setText(text)
                    item.setToolTip(tip(text))
            _cell(self._links, number, 1).setIcon(link_icon(self._context.theme.tokens, row.state))
            self._offer_answer(number, row)

    def _choose(self, row: int) -> None:
        rows = self._presenter.links()
        if 0 <= row < len(rows):
            self._presenter.select(rows[row].id)
            self._show_details()

    def _show_details(self) -> None:
        name, pairs = self._presenter.details()
        self._card.setVisible(bool(pairs))
        self._card.show_details(name, pairs)

    def _offer_answer(self, number: int, row: LinkRow) -> None:
        """Put a button where a link waits for a person: for its server's certificate, or for a password."""
        wanted = ""
        if row.certificate is not None:
            wanted = f"{row.id} {row.certificate.thumbprint}" if self._presenter.can_trust else ""
        elif row.needs_credentials and self._presenter.can_enter_credentials:
            wanted = f"{row.id} password"
        column = len(LINK_COLUMNS) - 1
        present = self._links.cellWidget(number, column)
        if (present.property("wanted") if present is not None else "") == wanted:
            return
        if present is not None:
            self._links.removeCellWidget(number, column)
        if wanted:
            button = self._answer_button(row)
            button.setProperty("wanted", wanted)
            button.setProperty("kind", "cell")
            button.setToolTip(tip(row.cells[-1]))
            self._links.setCellWidget(number, column, button)

    def _answer_button(self, row: LinkRow) -> QPushButton:
        if row.certificate is not None:
            button = QPushButton(tr("Look at certificate…"))
            button.clicked.connect(lambda: self._show_certificate(row))
        else:
            button = QPushButton(tr("Enter password…"))
            button.clicked.connect(lambda: self._ask(row.id))
        return button

    def _show_certificate(self, row: LinkRow) -> None:
        if row.certificate is not None:
            thumbprint = row.certificate.thumbprint
            ask_trust(
                self,
                row.cells[0],
                row.certificate,
                row.cells[-1],
                lambda decision: self._trust(row.id, thumbprint, decision),
            )

    def _trust(self, connection_id: UUID, thumbprint: str, decision: Trust) -> None:
        self._context.tasks.start(
            self._presenter.trust(connection_id, thumbprint, decision), tr("Certificate"), self._say
        )

    def _ask(self, connection_id: UUID) -> None:
        name, user = self._presenter.login_of(connection_id)
        ask_credentials(self, name, user, self._presenter.where_kept, lambda *login: self._enter(connection_id, *login))

    def _enter(self, connection_id: UUID, user: str, password: str) -> None:
        self._context.tasks.start(self._store(connection_id, user, password), tr("Password"), self._say)

    async def _store(self, connection_id: UUID, user: str, password: str) -> None:
        self._say(await self._presenter.enter_credentials(connection_id, user, password))

    def _say(self, sentence: str) -> None:
        self._notes.setText(sentence)
        self._notes.show()

    def _show_refused(self) -> None:
        rows = self._presenter.refused()
        self._refused.setVisible(bool(rows))
        self._refused_title.setVisible(bool(rows))
        self._refused.setRowCount(len(rows))
        self._refused.setFixedHeight(HEADER_PX + ROW_PX * min(max(1, len(rows)), TABLE_ROWS))
        for number, row in enumerate(rows):
            for column, text in enumerate((row.connection, row.tag, row.address, row.reason)):
                _cell(self._refused, number, column).setText(text)


def _table(name: str, columns: tuple[str, ...], widths: tuple[int, ...]) -> QTableWidget:
    table = QTableWidget(0, len(columns))
    table.setHorizontalHeaderLabels(columns)
    set_up(table, name, widths, ROW_PX)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setIconSize(QSize(14, 14))
    table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
    return table


def _cell(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    item: QTableWidgetItem | None = table.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        table.setItem(row, column, item)
    return item


def _heading(text: str) -> Label:
    label = Label(text)
    label.setProperty("kind", "heading")
    return label
