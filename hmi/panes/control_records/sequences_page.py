"""The page of command sequences: a station's on the left, the steps of one on the right."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.control_records.parts import plain_button, show_list
from hmi.panes.control_records.sequences import SequencesPresenter
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, field, heading, note, show_choices, show_text
from hmi.ui.tasks import Tasks

LIST_PX = 250


class SequencesPage(QWidget):
    """Shows the presenter's facts; may_edit is told with each refresh."""

    def __init__(self, presenter: SequencesPresenter, tasks: Tasks) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self._control: UUID | None = None
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Sequences"))
        self._list.itemClicked.connect(self._open)
        self._list.itemActivated.connect(self._open)
        self._add = plain_button(tr("Add sequence"))
        self._add.clicked.connect(presenter.add)
        self._title = heading("")
        self._hint = note(tr("Choose a sequence, or add one."))
        self._said = note(kind="heading")
        self._message = FaultLabel()
        self._name = field(tr("Name of the sequence"), presenter.rename)
        self._steps = QListWidget()
        self._steps.setAccessibleName(tr("Steps"))
        self._controls = choice(tr("Control"), self._choose_control)
        self._controls.setPlaceholderText(tr("Control…"))
        self._value = QComboBox()
        self._value.setEditable(True)
        self._value.setAccessibleName(tr("Value"))
        self._hold = QLineEdit()
        self._hold.setAccessibleName(tr("What to look at"))
        self._hold.setPlaceholderText(tr("What to look at before going on"))
        self._command = plain_button(tr("Add command"))
        self._command.clicked.connect(self._add_command)
        self._hold_here = plain_button(tr("Add hold point"))
        self._hold_here.clicked.connect(self._add_hold)
        self._up, self._down = plain_button(tr("Up")), plain_button(tr("Down"))
        self._up.clicked.connect(lambda: self._move(-1))
        self._down.clicked.connect(lambda: self._move(1))
        self._off = plain_button(tr("Take step off"))
        self._off.clicked.connect(lambda: presenter.remove(self._steps.currentRow()))
        self._save, self._cancel = plain_button(tr("Save sequence")), plain_button(tr("Cancel"))
        self._save.setProperty("kind", "primary")
        self._save.clicked.connect(lambda: tasks.start(presenter.save(), tr("Save")))
        self._cancel.clicked.connect(presenter.let_go)
        self._delete = plain_button(tr("Delete sequence…"))
        self._yes, self._no = plain_button(tr("Delete it")), plain_button(tr("Keep it"))
        self._delete.clicked.connect(lambda: presenter.ask_to_delete(is_asking=True))
        self._no.clicked.connect(lambda: presenter.ask_to_delete(is_asking=False))
        self._yes.clicked.connect(lambda: tasks.start(presenter.delete(), tr("Delete")))
        self._may_edit = False
        self._lay_out()

    def refresh(self, *, may_edit: bool) -> None:
        """Show it as it stands."""
        presenter, draft = self._presenter, self._presenter.draft
        self._may_edit = may_edit
        show_list(self._list, presenter.rows(), draft.id if draft is not None else None)
        self._add.setEnabled(may_edit)
        is_open = draft is not None
        self._editor.setVisible(is_open)
        self._hint.setVisible(not is_open)
        self._said.setText(presenter.said)
        self._said.setVisible(bool(presenter.said))
        self._message.say(presenter.message)
        if draft is None:
            return
        self._title.setText(presenter.title)
        show_text(self._name, draft.name)
        row = self._steps.currentRow()
        texts = [f"{number}. {text}" for number, text in enumerate(presenter.steps(), 1)]
        if [self._steps.item(at).text() for at in range(self._steps.count())] != texts:
            self._steps.clear()
            self._steps.addItems(texts)
            self._steps.setCurrentRow(min(row, len(texts) - 1))
        show_choices(self._controls, presenter.controls(), self._control)
        self._editor.setEnabled(may_edit)
        can_delete = may_edit and not presenter.is_new
        is_asking = presenter.asks_to_delete
        self._delete.setVisible(can_delete and not is_asking)
        self._yes.setText(tr("Delete {name}").format(name=draft.name))
        for button in (self._yes, self._no):
            button.setVisible(can_delete and is_asking)

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(LIST_PX)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._list, 1)
        left.addWidget(self._add)
        self._editor = QWidget()
        grid = QGridLayout(self._editor)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self._title, 0, 0, 1, 4)
        grid.addWidget(note(tr("Name")), 1, 0)
        grid.addWidget(self._name, 1, 1, 1, 3)
        grid.addWidget(self._steps, 2, 0, 1, 4)
        order = QHBoxLayout()
        for button in (self._up, self._down, self._off):
            order.addWidget(button)
        order.addStretch(1)
        grid.addLayout(order, 3, 0, 1, 4)
        grid.addWidget(self._controls, 4, 0, 1, 2)
        grid.addWidget(self._value, 4, 2)
        grid.addWidget(self._command, 4, 3)
        grid.addWidget(self._hold, 5, 0, 1, 3)
        grid.addWidget(self._hold_here, 5, 3)
        foot = QHBoxLayout()
        for button in (self._delete, self._yes, self._no):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._save)
        grid.addLayout(foot, 6, 0, 1, 4)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        for part in (self._hint, self._said, self._message):
            inside.addWidget(part)
        inside.addWidget(self._editor, 1)
        inside.addStretch(0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(side)
        layout.addWidget(card, 1)

    def _open(self, item: QListWidgetItem) -> None:
        sequence_id = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(sequence_id, UUID):
            self._presenter.open(sequence_id)

    def _choose_control(self, control_id: object) -> None:
        self._control = control_id if isinstance(control_id, UUID) else None
        self._value.clear()
        self._value.addItems([text for text, _ in self._presenter.values(self._control)])

    def _add_command(self) -> None:
        if self._control is not None:
            self._presenter.add_command(self._control, self._value.currentText())

    def _add_hold(self) -> None:
        text = self._hold.text()
        if text.strip():
            self._hold.clear()
        self._presenter.add_hold(text)

    def _move(self, by: int) -> None:
        row = self._presenter.move(self._steps.currentRow(), by)
        self.refresh(may_edit=self._may_edit)
        self._steps.setCurrentRow(row)
