"""What a file's columns are: one reading a row with the tag's name in it, or one column a tag."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QTableWidget, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.import_flow import ImportFlow
from hmi.panes.archive.scale_fields import ScaleFields
from hmi.panes.archive.words import QUALITY_CODES
from hmi.storage.exchange.mapping import NONE, ColumnUse, Form
from hmi.ui.cards import card, choice, fit_columns, labelled, show_rows, table
from hmi.ui.form_parts import show_choices

COLUMNS: Final = (tr("Column"), tr("Tag"), tr("In unit"), tr("×"), tr("+"))
WIDTHS_PX: Final = (90, 0, 116, 56, 56)
NAME_PX: Final = (90, 170)
COLUMN, TAG, UNIT, SCALE, OFFSET = range(5)
FORMS: Final = (
    (tr("A column names the tag of each row"), Form.LONG),
    (tr("Each tag has a column"), Form.WIDE),
)


class ColumnsForm(QFrame):
    """Tells each change by its name in the plan; a wide file's columns by their number."""

    def __init__(
        self,
        change: Callable[[str, Any], None],
        use_column: Callable[[int, int], None],
        use_unit: Callable[[int, str], None],
        use_scale: Callable[[int, float, float], None],
    ) -> None:
        super().__init__()
        self._use_column = use_column
        self._use_unit = use_unit
        self._use_scale = use_scale
        frame, inside = card(tr("What its columns are"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        self._scales: dict[int, ScaleFields] = {}
        self._boxes: dict[str, QComboBox] = {}
        self._holders: dict[str, QWidget] = {}
        for name, text in (
            ("form", tr("Form")),
            ("time_column", tr("Time")),
            ("clock_column", tr("Time of day")),
            ("tag_column", tr("Tag's name")),
            ("value_column", tr("Value")),
            ("unit_column", tr("Unit of each row")),
            ("quality_column", tr("Quality")),
            ("quality_code", tr("Quality is written as")),
            ("tag", tr("Tag of all rows")),
        ):
            self._boxes[name] = choice(text, partial(change, name))
            self._holders[name] = labelled(text, self._boxes[name])
        self._long_scale = ScaleFields(tr("of all values"), partial(self._use_scale, NONE))
        self._scale_holders = [labelled(tr("Multiplied by"), self._long_scale.scale)]
        self._scale_holders.append(labelled(tr("Plus"), self._long_scale.offset))
        for holder in (*self._holders.values(), *self._scale_holders):
            holder.setParent(frame)
            holder.hide()
        self._grid = grid
        self._placed: list[QWidget] = []
        inside.addLayout(grid)
        self._table = table(tr("Columns and their tags"), COLUMNS, WIDTHS_PX)
        self._table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        inside.addWidget(self._table, 1)
        inside.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame, 1)

    def refresh(self, flow: ImportFlow) -> None:
        """Show the plan."""
        plan = flow.plan
        if plan is None:
            return
        show_choices(self._boxes["form"], FORMS, plan.form)
        show_choices(self._boxes["time_column"], flow.columns(), plan.time_column)
        show_choices(self._boxes["clock_column"], flow.clocks(), plan.clock_column)
        show_choices(self._boxes["tag_column"], flow.columns(tr("None")), plan.tag_column)
        show_choices(self._boxes["value_column"], flow.columns(), plan.value_column)
        show_choices(self._boxes["tag"], flow.tags(), plan.tag)
        show_choices(self._boxes["unit_column"], flow.columns(tr("None")), plan.unit_column)
        show_choices(self._boxes["quality_column"], flow.columns(tr("None")), plan.quality_column)
        show_choices(self._boxes["quality_code"], QUALITY_CODES, plan.quality_code)
        hidden = {"tag_column", "value_column", "unit_column", "tag"} if flow.is_wide else set()
        if plan.tag_column != NONE:
            hidden.add("tag")
        if plan.quality_column == NONE:
            hidden.add("quality_code")
        shown = [holder for name, holder in self._holders.items() if name not in hidden]
        self._place(shown if flow.is_wide else [*shown, *self._scale_holders])
        self._long_scale.show_numbers(plan.scale, plan.offset)
        self._table.setVisible(flow.is_wide)
        if flow.is_wide:
            self._show_columns(flow)

    def _place(self, holders: list[QWidget]) -> None:
        """Show fields two a row, without a hole where one is not needed."""
        if holders == self._placed:
            return
        for holder in (*self._holders.values(), *self._scale_holders):
            self._grid.removeWidget(holder)
            holder.setVisible(False)
        for place, holder in enumerate(holders):
            self._grid.addWidget(holder, place // 2, place % 2)
            holder.setVisible(True)
        self._placed = holders

    def _show_columns(self, flow: ImportFlow) -> None:
        plan = flow.plan
        columns = [
            each for each in flow.columns() if plan is not None and each[1] not in (plan.time_column, plan.clock_column)
        ]
        show_rows(self._table, [(name, "", "", "", "") for name, _ in columns])
        fit_columns(self._table, {COLUMN: NAME_PX})
        tags = flow.tags()
        for row, (name, column) in enumerate(columns):
            number = int(str(column))
            use = flow.use_of(number)
            box = self._box(row, TAG, number, tr("Tag of {column}").format(column=name))
            show_choices(box, tags, use.tag if use is not None else NONE)
            unit = self._box(row, UNIT, number, tr("Unit of {column}").format(column=name))
            unit.setEnabled(use is not None)
            show_choices(unit, flow.units(use) if use is not None else [("–", "")], use.unit if use is not None else "")
            self._show_scale(row, number, name, use)

    def _show_scale(self, row: int, column: int, name: str, use: ColumnUse | None) -> None:
        fields = self._scales.get(column)
        if fields is None or self._table.cellWidget(row, SCALE) is not fields.scale:
            fields = self._scales[column] = ScaleFields(name, partial(self._use_scale, column))
            self._table.setCellWidget(row, SCALE, fields.scale)
            self._table.setCellWidget(row, OFFSET, fields.offset)
        fields.scale.setEnabled(use is not None)
        fields.offset.setEnabled(use is not None)
        fields.show_numbers(use.scale if use is not None else 1.0, use.offset if use is not None else 0.0)

    def _box(self, row: int, place: int, column: int, name: str) -> QComboBox:
        """Return the box of a cell, made anew when another column stands there."""
        present = self._table.cellWidget(row, place)
        if isinstance(present, QComboBox) and present.property("column") == column:
            present.setAccessibleName(name)
            return present
        box = choice(name, partial(self._chosen, place, column))
        box.setProperty("column", column)
        self._table.setCellWidget(row, place, box)
        return box

    def _chosen(self, place: int, column: int, data: object) -> None:
        if place == TAG:
            self._use_column(column, int(str(data)))
        else:
            self._use_unit(column, str(data))
