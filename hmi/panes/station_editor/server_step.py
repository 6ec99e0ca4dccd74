"""Step 1: the server's address, its ways in, or a connection that is already there."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.finding import WayIn
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.settings_dialog import ask_settings
from hmi.ui.form_parts import FAULT_MARK, FaultLabel, field, heading, note, push, show_choices, show_text
from hmi.ui.label import tip
from hmi.ui.tables import set_up

COLUMNS: Final = (tr("Way in"), tr("Server"), tr("Logins"), tr("Certificate"))
WIDTHS_PX: Final = (0, 116, 84, 104)
WIDE_WIDTHS_PX: Final = (0, 260, 180, 140)
WIDE_PX: Final = 800
ROW_PX: Final = 28
ROWS_SHOWN: Final = 8


class ServerStep(StepView):
    """Typed → Find → ways in → the strongest is chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._session: EditSession | None = None
        self._known = QComboBox()
        self._known.setAccessibleName(tr("Connection"))
        self._known.activated.connect(self._use_known)
        self._driver = QComboBox()
        self._driver.setAccessibleName(tr("Kind of connection"))
        self._address = field(tr("Server's host name or address"), self._address_typed)
        self._address.setPlaceholderText(tr("Host name, host:port or whole address"))
        self._address.returnPressed.connect(self._find)
        self._find_button = push(tr("Find"), self._find)
        self._reason = FaultLabel()
        self._ways = self._make_table()
        self._warning = FaultLabel()
        self._goes = note(kind="")
        self._name = field(tr("Name of the connection"), self._name_typed)
        self._name_fault = FaultLabel()
        self._settings = push(tr("Settings…"), self._ask_settings)
        self._shared = note()
        self._lay_out()

    def first_field(self) -> QWidget:
        return self._address

    def refresh(self, session: EditSession) -> None:
        if session is not self._session:
            self._session = session
            self._address.setText(session.draft.connection.endpoint)
            self._desk.start(session.finder.load_drivers(), tr("Kinds of connection"))
        connection = session.draft.connection
        choices: list[tuple[str, object]] = [(tr("New connection"), None)]
        choices += [(each.name, each.id) for each in session.known_connections]
        show_choices(self._known, choices, connection.id if session.is_connection_known else None)
        drivers = session.finder.drivers
        chosen = self._driver.currentData() or connection.driver
        show_choices(self._driver, [(each.label, each.kind) for each in drivers], chosen)
        self._find_button.setEnabled(not session.finder.work.is_busy)
        endpoint_faults = " ".join(filter(None, (session.fault("endpoint"), session.fault("options"))))
        self._reason.say(session.finder.reason or endpoint_faults or session.fault("driver") or session.look.reason)
        self._show_ways(session.finder.ways(), session.finder.chosen)
        self._goes.setText(tr("The connection goes to {address}.").format(address=connection.endpoint))
        self._goes.setVisible(bool(connection.endpoint))
        show_text(self._name, connection.name)
        self._name.setEnabled(bool(connection.endpoint))
        self._name_fault.say(session.fault("connection"))
        self._settings.setEnabled(bool(connection.endpoint) and bool(session.settings))
        others = session.shared_with
        self._shared.setText(
            tr("It also serves {names}: what you change here changes for them too.").format(names=", ".join(others))
        )
        self._shared.setVisible(bool(others))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths = WIDE_WIDTHS_PX if self.width() >= WIDE_PX else WIDTHS_PX
        for column, width in enumerate(widths):
            if width:
                self._ways.horizontalHeader().resizeSection(column, width)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._address, 1)
        line.addWidget(self._find_button)
        name = QVBoxLayout()
        name.setSpacing(2)
        name.addWidget(self._name)
        name.addWidget(self._name_fault)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.addRow(tr("Connection"), self._known)
        form.addRow(tr("Kind"), self._driver)
        form.addRow(tr("Address"), line)
        after = QFormLayout()
        after.setHorizontalSpacing(16)
        after.addRow(tr("Connection's name"), name)
        after.addRow(tr("Intervals and backups"), self._settings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("Which server?")))
        layout.addLayout(form)
        layout.addWidget(self._reason)
        layout.addWidget(self._ways)
        layout.addWidget(self._warning)
        layout.addWidget(self._goes)
        layout.addLayout(after)
        layout.addWidget(self._shared)
        layout.addStretch(1)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setHorizontalHeaderLabels(COLUMNS)
        set_up(table, tr("Ways into the server"), WIDTHS_PX, ROW_PX)
        table.setAlternatingRowColors(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.itemSelectionChanged.connect(self._choose)
        return table

    def _show_ways(self, ways: tuple[WayIn, ...], chosen: int) -> None:
        table = self._ways
        table.setVisible(bool(ways))
        with QSignalBlocker(table):
            table.setRowCount(len(ways))
            for row, way in enumerate(ways):
                cells = (FAULT_MARK + way.label if way.warning else way.label, way.application, way.logins)
                for column, text in enumerate((*cells, way.certificate)):
                    item = table.item(row, column)
                    if item is None or item.text() != text:
                        item = QTableWidgetItem(text)
                        item.setToolTip(tip(f"{text}\n{way.warning}".strip()))
                        table.setItem(row, column, item)
            if chosen >= 0:
                table.selectRow(chosen)
        table.setFixedHeight(table.horizontalHeader().sizeHint().height() + ROW_PX * min(len(ways), ROWS_SHOWN) + 4)
        self._warning.say(ways[chosen].warning if 0 <= chosen < len(ways) else "")

    def _find(self) -> None:
        session = self._desk.session()
        if session is not None:
            driver = self._driver.currentData()
            kind = driver if isinstance(driver, str) else session.draft.connection.driver
            self._desk.start(session.find(kind, self._address.text()), tr("Find"))

    def _ask_settings(self) -> None:
        session = self._desk.session()
        if session is not None:
            ask_settings(self, session.settings, session.draft.connection.options, session.set_settings)

    def _address_typed(self, text: str) -> None:
        session = self._desk.session()
        if session is not None:
            session.set_address(text)

    def _choose(self) -> None:
        session = self._desk.session()
        if session is not None and self._ways.currentRow() != session.finder.chosen:
            session.choose_way(self._ways.currentRow())

    def _use_known(self, row: int) -> None:
        session = self._desk.session()
        if session is None:
            return
        found = self._known.itemData(row)
        session.use_connection(found if isinstance(found, UUID) else None)
        self._address.setText(session.draft.connection.endpoint)

    def _name_typed(self, text: str) -> None:
        session = self._desk.session()
        if session is not None:
            session.set_connection_name(text)
