"""The page of all stations: what can be done with them, and the question before something goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.station_editor.presenter import StationEditorPresenter
from hmi.panes.station_editor.station_list import Question
from hmi.panes.station_editor.station_model import StationModel
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import Label, tip
from hmi.ui.navigator import EditWish
from hmi.ui.shortcuts import ON_IT, shortcut
from hmi.ui.tables import set_up
from hmi.ui.theme import Theme

WIDTHS_PX: Final = (0, 96, 156, 92, 52, 140)
ROW_PX: Final = 28


class ListPage(QWidget):
    """Shows the list; what is wished goes out by one signal."""

    wished = Signal(EditWish, object)
    confirmed = Signal()
    export_wanted = Signal()
    import_wanted = Signal()
    tag_export_wanted = Signal()
    tag_import_wanted = Signal()

    def __init__(self, presenter: StationEditorPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._followed: UUID | None = None
        self._model = StationModel(theme)
        self._table = self._make_table()
        self._buttons = {
            EditWish.ADD: push(tr("Add station"), lambda: self._wish(EditWish.ADD), is_primary=True),
            EditWish.EDIT: push(tr("Edit"), lambda: self._wish(EditWish.EDIT)),
            EditWish.DUPLICATE: push(tr("Duplicate"), lambda: self._wish(EditWish.DUPLICATE)),
            EditWish.SWITCH: push(tr("Switch off"), lambda: self._wish(EditWish.SWITCH)),
            EditWish.DELETE: push(tr("Delete"), lambda: self._wish(EditWish.DELETE)),
        }
        self._export = push(tr("Export…"), self.export_wanted.emit)
        self._import = push(tr("Import…"), self.import_wanted.emit)
        self._export_tags = push(tr("Export tags…"), self.tag_export_wanted.emit)
        self._import_tags = push(tr("Import tags…"), self.tag_import_wanted.emit)
        self._hint = note(tr("No stations yet."))
        self._why = note()
        self._said = note(kind="heading")
        self._fault = FaultLabel()
        self._question = _QuestionStrip(self.confirmed.emit, presenter.stations.let_go)
        self._lay_out()
        shortcut(Qt.Key.Key_Delete, self._table, lambda: self._wish(EditWish.DELETE), ON_IT)

    @property
    def selected(self) -> tuple[UUID, ...]:
        """The stations that are selected, in the order of the list."""
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return tuple(self._model.id_at(row) for row in rows)

    def select(self, station_id: UUID) -> None:
        """Select a station of the list."""
        for row in range(self._model.rowCount()):
            if self._model.id_at(row) == station_id:
                self._table.selectRow(row)

    def refresh(self) -> None:
        """Show the presenter's facts."""
        stations = self._presenter.stations
        self._keep_selection(lambda: self._model.refresh(stations.rows()))
        place = self._presenter.place
        if place is not None and (place != self._followed or not self.selected):
            self.select(place)
        self._followed = place
        has_rows = self._model.rowCount() > 0
        self._hint.setVisible(not has_rows)
        self._table.setVisible(has_rows)
        self._why.setText(stations.why_not)
        self._why.setVisible(bool(stations.why_not))
        self._said.setText(self._presenter.said)
        self._said.setVisible(bool(self._said.text()))
        self._fault.say(self._presenter.fault)
        if stations.question is not None and stations.question.station_id not in self.selected:
            self.select(stations.question.station_id)
        self._question.show_question(stations.question)
        self._enable()

    def _enable(self) -> None:
        stations, selected = self._presenter.stations, self.selected
        is_free = stations.may_edit and stations.question is None and not stations.work.is_busy
        for wish, button in self._buttons.items():
            has_subject = wish is EditWish.ADD or len(selected) == 1
            button.setEnabled(is_free and has_subject)
            button.setToolTip(tip(stations.why_not or ("" if has_subject else tr("Select one station."))))
        is_off = len(selected) == 1 and not stations.is_on(selected[0])
        switch = self._buttons[EditWish.SWITCH]
        switch.setText(tr("Switch on") if is_off else tr("Switch off"))
        switch.setAccessibleName(switch.text())
        self._export.setEnabled(is_free and self._model.rowCount() > 0)
        self._export.setToolTip(tip(stations.why_not or tr("The selected stations, or all where none is selected")))
        self._import.setEnabled(is_free)
        self._import.setToolTip(tip(stations.why_not))
        is_idle = stations.question is None and not self._presenter.is_busy
        self._export_tags.setEnabled(is_idle and self._model.rowCount() > 0)
        self._export_tags.setToolTip(tr("CSV: of the selected stations, or of all where none is selected"))
        self._import_tags.setEnabled(is_idle and stations.may_edit)
        self._import_tags.setToolTip(tip(stations.why_not or tr("CSV: shows what would change first")))

    def _keep_selection(self, change: Callable[[], None]) -> None:
        before = self.selected
        change()
        if self.selected != before:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for row in range(self._model.rowCount()):
                if self._model.id_at(row) in before:
                    self._table.selectionModel().select(self._model.index(row, 0), flags)

    def _wish(self, wish: EditWish) -> None:
        selected = self.selected
        if wish is EditWish.ADD:
            self.wished.emit(wish, None)
        elif len(selected) == 1:
            self.wished.emit(wish, selected[0])

    def _lay_out(self) -> None:
        title = Label(tr("Stations"))
        title.setProperty("kind", "title")
        files = QHBoxLayout()
        files.addWidget(title)
        files.addStretch(1)
        for button in (self._export, self._import, self._export_tags, self._import_tags):
            files.addWidget(button)
        actions = QHBoxLayout()
        for button in self._buttons.values():
            actions.addWidget(button)
        actions.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(files)
        layout.addLayout(actions)
        for each in (self._why, self._said, self._fault, self._question, self._hint):
            layout.addWidget(each)
        layout.addWidget(self._table, 1)
        layout.addStretch(0)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        set_up(table, tr("Stations"), WIDTHS_PX, ROW_PX)
        table.setIconSize(QSize(18, 18))
        table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        table.doubleClicked.connect(lambda _: self._wish(EditWish.EDIT))
        table.activated.connect(lambda _: None)
        table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        return table


class _QuestionStrip(QFrame):
    """What goes, and yes or no; the no has the focus."""

    def __init__(self, yes: Callable[[], None], no: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title = Label()
        self._title.setProperty("kind", "title")
        self._title.setWordWrap(True)
        self._lines = Label()
        self._lines.setWordWrap(True)
        self._yes: QPushButton = push("", yes)
        self._no = push(tr("Cancel"), no)
        self._no.setShortcut(Qt.Key.Key_Escape)
        buttons = QHBoxLayout()
        buttons.addWidget(self._yes)
        buttons.addWidget(self._no)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._title)
        layout.addWidget(self._lines)
        layout.addLayout(buttons)
        self.hide()

    def show_question(self, question: Question | None) -> None:
        """Show a question, or none."""
        is_new = question is not None and self.isHidden()
        self.setVisible(question is not None)
        if question is None:
            return
        self._title.setText(question.title)
        self._lines.setText("\n".join(question.lines))
        self._yes.setText(question.yes)
        self._yes.setAccessibleName(question.title)
        self.setAccessibleName(f"{question.title} {' '.join(question.lines)}")
        if is_new:
            self._no.setFocus()
