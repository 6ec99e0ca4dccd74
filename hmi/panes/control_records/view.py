"""The widgets of the setup of controls: the station's list on the left, one control's form on the right."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.control_records.form import ControlForm
from hmi.panes.control_records.parts import plain_button, show_list
from hmi.panes.control_records.presenter import ControlRecordsPresenter
from hmi.panes.control_records.sequences_page import SequencesPage
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, heading, note, show_checks, show_choices
from hmi.ui.pane import PaneContext
from hmi.ui.tab_pages import TabPages
from hmi.ui.timers import once

LIST_PX: Final = 250


class ControlRecordsView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = ControlRecordsPresenter(context.mirror, context.port, context.navigator)
        self._coalesce = once(self, 0, self._refresh)
        self._station = choice(tr("Station"), self._choose_station)
        self._station.setPlaceholderText(tr("Choose a station"))
        self._station.setMinimumWidth(LIST_PX)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Controls"))
        self._list.setSpacing(3)
        self._list.itemClicked.connect(self._open)
        self._list.itemActivated.connect(self._open)
        self._add = plain_button(tr("Add control"))
        self._add.clicked.connect(presenter.add)
        self._here = QCheckBox(tr("This computer stands there"))
        self._here.setToolTip(tr("Maintenance operates only from a computer at the station itself."))
        self._here.clicked.connect(self._set_here)
        self._title = heading("")
        self._form = ControlForm(presenter, context.theme)
        self._hint = note(tr("Choose a control, or add one."))
        self._message = FaultLabel()
        self._said = note(kind="heading")
        self._save = plain_button(tr("Save"))
        self._save.setProperty("kind", "primary")
        self._save.clicked.connect(lambda: context.tasks.start(presenter.save(), tr("Save")))
        self._cancel = plain_button(tr("Cancel"))
        self._cancel.clicked.connect(presenter.let_go)
        self._delete = plain_button(tr("Delete…"))
        self._delete.clicked.connect(lambda: presenter.ask_to_delete(is_asking=True))
        self._question = note("")
        self._yes = plain_button(tr("Delete control"))
        self._yes.clicked.connect(lambda: context.tasks.start(presenter.delete(), tr("Delete")))
        self._no = plain_button(tr("Keep it"))
        self._no.clicked.connect(lambda: presenter.ask_to_delete(is_asking=False))
        self._sequences = SequencesPage(presenter.sequences, context.tasks)
        presenter.sequences.changed = self._coalesce.start
        self._lay_out()
        removers = [
            presenter.listen(context.listen, self._coalesce.start),
            context.theme.listen(self._coalesce.start),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self._list, 1)
        left.addWidget(self._add)
        side = QWidget()
        side.setFixedWidth(LIST_PX)
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._form)
        area.viewport().setAutoFillBackground(False)
        self._form.setAutoFillBackground(False)
        foot = QHBoxLayout()
        for widget in (self._delete, self._question, self._yes, self._no):
            foot.addWidget(widget)
        foot.addStretch(1)
        for button in (self._cancel, self._save):
            foot.addWidget(button)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        for part in (self._title, self._hint, self._said, area, self._message):
            inside.addWidget(part, 1 if part is area else 0)
        inside.addLayout(foot)
        self._rest = QWidget()
        inside.addWidget(self._rest, 1)
        records = QWidget()
        beside = QHBoxLayout(records)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(side)
        beside.addWidget(card, 1)
        head = QHBoxLayout()
        head.addWidget(self._station)
        head.addWidget(self._here)
        head.addStretch(1)
        pages = TabPages(tr("Controls and sequences"))
        pages.add(tr("Controls"), records)
        pages.add(tr("Sequences"), self._sequences)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addLayout(head)
        layout.addWidget(pages, 1)

    def _refresh(self) -> None:
        presenter, draft = self._presenter, self._presenter.draft
        show_choices(self._station, presenter.stations(), presenter.station_id)
        self._show_list()
        self._sequences.refresh(may_edit=presenter.may_edit)
        self._add.setEnabled(presenter.may_edit)
        show_checks(self._here, self._context.theme)
        self._here.setChecked(presenter.station_id in presenter.stands_at)
        self._here.setEnabled(presenter.may_edit)
        is_open = draft is not None
        self._title.setText(presenter.title)
        self._title.setVisible(is_open)
        self._hint.setVisible(not is_open)
        self._rest.setVisible(not is_open)
        self._area.setVisible(is_open)
        self._said.setText(presenter.said)
        self._said.setVisible(bool(presenter.said))
        self._message.say(presenter.message)
        for button in (self._save, self._cancel):
            button.setVisible(is_open)
        self._save.setEnabled(presenter.may_edit)
        self._form.setEnabled(presenter.may_edit)
        can_delete = is_open and presenter.may_edit and not presenter.is_new
        self._delete.setVisible(can_delete and not presenter.asks_to_delete)
        for widget in (self._question, self._yes, self._no):
            widget.setVisible(can_delete and presenter.asks_to_delete)
        if draft is not None:
            self._question.setText(tr("Delete {name}? What was commanded stays on record.").format(name=draft.name))
            self._form.refresh(draft)

    def _show_list(self) -> None:
        rows = [(control_id, f"{name}\n{kind}") for control_id, name, kind in self._presenter.rows()]
        draft = self._presenter.draft
        show_list(self._list, rows, draft.id if draft is not None else None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._context.tasks.start(self._presenter.load(), tr("Controls"), self._message.say)

    def _set_here(self, stands_here: bool) -> None:
        work = self._presenter.set_stands_here(stands_here=stands_here)
        self._context.tasks.start(work, tr("Controls"), self._message.say)

    def _choose_station(self, station_id: object) -> None:
        if isinstance(station_id, UUID):
            self._presenter.choose_station(station_id)

    def _open(self, item: QListWidgetItem) -> None:
        control_id = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(control_id, UUID):
            self._presenter.open(control_id)
