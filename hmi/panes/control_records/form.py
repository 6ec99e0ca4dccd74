"""The form of one control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.commands import ControlKind, SafetyLevel
from hmi.domain.control_drafts import VALUE_MARK, ControlDraft
from hmi.domain.language import tr
from hmi.panes.control_records.presenter import KINDS, LEVELS, ControlRecordsPresenter
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, field, heading, note, show_checks, show_choices, show_text
from hmi.ui.theme import Theme

LIST_PX: Final = 56
NUMBER_PX: Final = 140
SHORT_LENGTH: Final = 12
TEXTS: Final = (
    ("name", tr("Name"), ""),
    ("low", tr("Lowest value"), ""),
    ("high", tr("Highest value"), ""),
    ("unit", tr("Unit"), ""),
    ("decimals", tr("Digits after the point"), tr("Empty: as many as the tag shows.")),
    ("tolerance", tr("Tolerance"), tr("How far off the readback may be.")),
    ("timeout_s", tr("Readback within, s"), ""),
    ("safe_value", tr("Safe value"), tr("Stop or close: never refused but for role and link.")),
    ("rate_s", tr("Time between commands, s"), ""),
    ("fresh_s", tr("Readback no older than, s"), tr("0: a link that is up is enough.")),
    ("step_most", tr("Largest change at once"), tr("0: no such limit.")),
    ("ramp_per_s", tr("Ramp, a second"), tr("0: the value is written at once.")),
    ("method_owner", tr("Object"), tr("Its address at the server.")),
    ("method", tr("Method"), tr("Its address at the server.")),
)
OF_METHODS: Final = frozenset({"method_owner", "method", "inputs"})
OF_RANGES: Final = frozenset({"unit", "decimals", "step_most", "ramp_per_s", "tolerance", "low", "high"})


class ControlForm(QWidget):
    """Shows the draft and tells each change; facts are the presenter's."""

    def __init__(self, presenter: ControlRecordsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._lines: dict[str, QLineEdit] = {}
        self._faults: dict[str, FaultLabel] = {}
        self._rows: dict[str, QWidget] = {}
        self._kind = choice(tr("Kind"), lambda kind: presenter.put(kind=ControlKind(str(kind))))  # Qt hands back a text
        self._asset = QComboBox()
        self._asset.setEditable(True)
        self._asset.setAccessibleName(tr("Equipment"))
        self._asset.setMinimumContentsLength(SHORT_LENGTH)
        self._asset.editTextChanged.connect(self._asset_typed)
        self._command = choice(tr("Written to"), lambda tag: presenter.put(command=tag))
        self._readback = choice(tr("Confirmed by"), lambda tag: presenter.put(readback=tag))
        self._level = choice(tr("Takes"), lambda level: presenter.put(level=SafetyLevel(str(level))))
        self._alone = QCheckBox(tr("May be given alone, with a reason and an alarm"))
        self._alone.toggled.connect(lambda is_on: presenter.put(is_alone_allowed=is_on))
        self._inputs = QPlainTextEdit()
        self._inputs.setAccessibleName(tr("Inputs"))
        self._inputs.setFixedHeight(LIST_PX)
        self._inputs.textChanged.connect(lambda: presenter.put(inputs=self._inputs.toPlainText()))
        self._permissives = ConditionList(tr("True to start"), lambda ids: presenter.put(permissives=ids))
        self._interlocks = ConditionList(tr("False to start"), lambda ids: presenter.put(interlocks=ids))
        self._is_showing = False
        self._lay_out()

    def refresh(self, draft: ControlDraft) -> None:
        """Show the draft as it stands."""
        self._is_showing = True
        self.blockSignals(True)
        presenter = self._presenter
        show_checks(self._alone, self._theme)
        for name, line in self._lines.items():
            show_text(line, str(getattr(draft, name)))
        show_choices(self._kind, [(text, kind) for kind, text in KINDS.items()], draft.kind)
        show_choices(self._level, [(text, level) for level, text in LEVELS.items()], draft.level)
        show_choices(self._command, presenter.command_tags(), draft.command)
        show_choices(self._readback, presenter.readback_tags(), draft.readback)
        self._show_asset(draft.asset)
        for box in (self._alone, self._inputs):
            box.blockSignals(True)
        self._alone.setChecked(draft.is_alone_allowed)
        self._alone.setEnabled(draft.level is SafetyLevel.SECOND_PERSON)
        if self._inputs.toPlainText() != draft.inputs:
            self._inputs.setPlainText(draft.inputs)
        for box in (self._alone, self._inputs):
            box.blockSignals(False)
        tags = presenter.condition_tags()
        self._permissives.show_tags(draft.permissives, presenter.condition_names(draft.permissives), tags)
        self._interlocks.show_tags(draft.interlocks, presenter.condition_names(draft.interlocks), tags)
        for name, label in self._faults.items():
            label.say(presenter.fault(name))
        is_method = draft.kind is ControlKind.METHOD
        is_ranged = draft.kind in (ControlKind.SETPOINT, ControlKind.VALVE)
        for name, row in self._rows.items():
            is_hidden = (name in OF_METHODS and not is_method) or (name in OF_RANGES and not is_ranged)
            self._layout.setRowVisible(row, not is_hidden and not (name == "command" and is_method))
        self.blockSignals(False)
        self._is_showing = False

    def first_field(self) -> QWidget:
        """Return where one begins to type."""
        return self._lines["name"]

    def _lay_out(self) -> None:
        layout = self._layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setVerticalSpacing(8)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        texts = {name: (label, hint) for name, label, hint in TEXTS}
        self._add_line("name", *texts["name"])
        self._add("kind", tr("Kind"), self._kind)
        self._add("asset", tr("Equipment"), self._asset, tr("Choose, or write a new name."))
        layout.addRow(heading(tr("How it is operated")))
        self._add("command", tr("Written to"), self._command)
        self._add("readback", tr("Confirmed by"), self._readback, tr("Only this confirms a command."))
        for name in ("method_owner", "method"):
            self._add_line(name, *texts[name])
        hint = tr("One a line; {mark} stands for the commanded value.").format(mark=VALUE_MARK)
        self._add("inputs", tr("Inputs"), self._inputs, hint)
        for name in ("low", "high", "unit", "decimals", "tolerance", "timeout_s"):
            self._add_line(name, *texts[name])
        layout.addRow(heading(tr("What makes it safe")))
        self._add("level", tr("Takes"), self._level)
        self._add("is_alone_allowed", "", self._alone)
        self._add_line("safe_value", *texts["safe_value"])
        self._add("permissives", tr("True to start"), self._permissives)
        self._add("interlocks", tr("False to start"), self._interlocks)
        for name in ("rate_s", "fresh_s", "step_most", "ramp_per_s"):
            self._add_line(name, *texts[name])

    def _add_line(self, name: str, label: str, hint: str) -> None:
        line = self._lines[name] = field(label, lambda text: self._presenter.put(**{name: text}))
        if name not in ("name", "method_owner", "method"):
            line.setFixedWidth(NUMBER_PX)
        self._add(name, label, line, hint)

    def _add(self, name: str, label: str, widget: QWidget, hint: str = "") -> None:
        row = QWidget()
        inside = QVBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        is_short = widget.maximumWidth() == NUMBER_PX
        inside.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if is_short else Qt.AlignmentFlag(0))
        if hint:
            inside.addWidget(note(hint))
        fault = self._faults[name] = FaultLabel()
        inside.addWidget(fault)
        self._rows[name] = row
        self._layout.addRow(label, row)

    def _asset_typed(self, text: str) -> None:
        if not self._is_showing:
            self._presenter.put(asset=text)

    def _show_asset(self, name: str) -> None:
        self._asset.blockSignals(True)
        names = list(self._presenter.assets())
        if [self._asset.itemText(row) for row in range(self._asset.count())] != names:
            self._asset.clear()
            self._asset.addItems(names)
        if self._asset.currentText() != name:
            self._asset.setEditText(name)
        self._asset.blockSignals(False)


class ConditionList(QWidget):
    """Tags that a start hangs on, with one to add and one to take off."""

    def __init__(self, name: str, changed: Callable[[tuple[UUID, ...]], None]) -> None:
        super().__init__()
        self._changed = changed
        self._ids: tuple[UUID, ...] = ()
        self._list = QListWidget()
        self._list.setAccessibleName(name)
        self._list.setFixedHeight(LIST_PX)
        self._choice = choice(tr("Add to: {name}").format(name=name), self._add)
        self._choice.setPlaceholderText(tr("Add…"))
        self._remove = QPushButton(tr("Take off"))
        self._remove.setAutoDefault(False)
        self._remove.setAccessibleName(tr("Take off from: {name}").format(name=name))
        self._remove.clicked.connect(self._take_off)
        buttons = QHBoxLayout()
        buttons.addWidget(self._choice, 1)
        buttons.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._list)
        layout.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_tags(self, ids: tuple[UUID, ...], names: tuple[str, ...], tags: tuple[tuple[str, UUID], ...]) -> None:
        """Show the tags, and those that can be added."""
        self._ids = ids
        if [self._list.item(row).text() for row in range(self._list.count())] != list(names):
            self._list.clear()
            self._list.addItems(list(names))
        show_choices(self._choice, [each for each in tags if each[1] not in ids], None)
        self._remove.setEnabled(bool(ids))

    def _add(self, tag_id: object) -> None:
        if isinstance(tag_id, UUID) and tag_id not in self._ids:
            self._changed((*self._ids, tag_id))

    def _take_off(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._ids):
            self._changed(tuple(each for at, each in enumerate(self._ids) if at != row))
