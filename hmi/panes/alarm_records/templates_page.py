"""The page of templates: tags on one side, the template and what it proposes on the other."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.alarm_records.field_parts import choice
from hmi.panes.alarm_records.presenter import AlarmRecordsPresenter
from hmi.panes.alarm_records.proposing import BY_MEASUREMENT, ProposeFlow, TagRow
from hmi.panes.alarm_records.template_form import TemplateForm
from hmi.ui.form_parts import FaultLabel, field, note, push, show_choices, show_text
from hmi.ui.label import Label
from hmi.ui.tables import set_up
from hmi.ui.text_table import TextTableModel
from hmi.ui.theme import Theme

COLUMNS: Final = (tr("Tag"), tr("Template"), tr("There already"))
WIDTHS_PX: Final = (0, 172, 170)
ROW_PX: Final = 26
WIDE_PX: Final = 1000


class TemplatesPage(QWidget):
    """Shows the flow; nothing is saved here but templates."""

    taken = Signal()
    saved = Signal()
    left = Signal()

    def __init__(self, presenter: AlarmRecordsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._shown: tuple[TagRow, ...] = ()
        self._is_showing = False
        title = Label(tr("Alarms by template"))
        title.setProperty("kind", "title")
        self._fault = FaultLabel()
        self._stations = choice(tr("Station"), self._choose_station)
        self._search: QLineEdit = field(tr("Search"), self._type)
        self._search.setPlaceholderText(tr("Search"))
        self._templates = choice(tr("Template"), self._choose)
        self._model = TextTableModel(COLUMNS, theme)
        self._table = QTableView()
        self._table.setModel(self._model)
        set_up(self._table, tr("Tags"), WIDTHS_PX, ROW_PX)
        self._table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self._table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self._form = TemplateForm(theme, self._changed)
        self._by_measurement = note(
            tr("Each tag gets the template of its kind of measurement. Choose one template to see and change it.")
        )
        self._save = push(tr("Keep template"), self.saved.emit)
        self._summary = note(kind="heading")
        self._cancel = push(tr("Cancel"), self.left.emit)
        self._take = push(tr("Propose"), self.taken.emit, is_primary=True)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self._fault)
        layout.addWidget(self._split, 1)
        layout.addLayout(self._foot())
        self._split.addWidget(self._tags_side())
        self._split.addWidget(self._template_side())

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._table

    def refresh(self, flow: ProposeFlow) -> None:
        """Show the flow."""
        self._fault.say(flow.message)
        stations = [(tr("All stations"), None), *self._presenter.listing.stations()]
        show_choices(self._stations, stations, flow.station_id)
        show_text(self._search, flow.search)
        names = [(each.name, number) for number, each in enumerate(flow.templates.templates)]
        show_choices(self._templates, [(tr("By kind of measurement"), BY_MEASUREMENT), *names], flow.number)
        self._show_tags(flow)
        may_edit = self._presenter.may_edit
        self._by_measurement.setVisible(flow.edited is None)
        self._form.setVisible(flow.edited is not None)
        self._save.setVisible(flow.edited is not None)
        if flow.edited is not None:
            self._form.refresh(flow.edited, may_edit=may_edit)
            self._save.setEnabled(may_edit and flow.edited.is_changed)
        self._summary.setText(flow.summary)
        self._take.setEnabled(may_edit and bool(flow.drafts()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)
        self._table.setColumnHidden(2, not is_wide and self.width() < WIDE_PX // 2)

    def _show_tags(self, flow: ProposeFlow) -> None:
        rows = flow.rows()
        if rows != self._shown:
            self._is_showing = True
            self._shown = rows
            self._model.refresh(rows)
            self._select(set(flow.selected))
            self._is_showing = False
            self._selected()

    def _select(self, wanted: set[UUID]) -> None:
        """Select the chosen tags again, as far as they are listed."""
        self._table.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for number, row in enumerate(self._shown):
            if row.id in wanted:
                self._table.selectionModel().select(self._model.index(number, 0), flags)

    def _selected(self) -> None:
        flow = self._presenter.proposing
        if flow is None or self._is_showing:
            return
        numbers = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        chosen = tuple(self._shown[number].id for number in numbers)
        if chosen != flow.selected:
            flow.select(chosen)

    def _choose_station(self, station_id: object) -> None:
        flow = self._presenter.proposing
        if flow is not None and (station_id is None or isinstance(station_id, UUID)):
            flow.set_tags(station_id=station_id, search=flow.search)

    def _type(self, text: str) -> None:
        flow = self._presenter.proposing
        if flow is not None:
            flow.set_tags(station_id=flow.station_id, search=text)

    def _choose(self, number: object) -> None:
        flow = self._presenter.proposing
        if flow is not None and isinstance(number, int):
            flow.choose(number)

    def _changed(self) -> None:
        if self._presenter.proposing is not None:
            self.refresh(self._presenter.proposing)

    def _tags_side(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._stations, 1)
        head.addWidget(self._search, 1)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._table, 1)
        return side

    def _template_side(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(Label(tr("Template")))
        head.addWidget(self._templates, 1)
        head.addWidget(self._save)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._by_measurement)
        column.addWidget(self._form, 1)
        column.addStretch(0)
        return side

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._take)
        return foot
