"""The page of one export: tags on the left, time and format on the right."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.export_flow import PRESETS, ExportFlow
from hmi.panes.archive.words import DECIMALS, FORMATS, PRECISIONS, SHAPES, WIDTHS
from hmi.storage.exchange.sheet import ExportFormat
from hmi.ui.cards import card, choice, labelled
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_choices, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

TIMES: Final = ((tr("This machine's zone, with offset"), True), (tr("UTC"), False))


class ExportPage(QWidget):
    """Shows the flow; a file is named when Export is pressed."""

    export_pressed = Signal()
    left = Signal()
    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._flow: ExportFlow | None = None
        self._title = Label(tr("Export readings"))
        self._title.setProperty("kind", "title")
        self._search = field(tr("Search tags"), self._searched)
        self._search.setPlaceholderText(tr("Part of a station's or a tag's name"))
        self._tags = QListWidget()
        self._tags.setAccessibleName(tr("Tags; Space chooses one"))
        self._tags.setSpacing(2)
        self._tags.itemChanged.connect(self._ticked)
        self._tags_fault = FaultLabel()
        self._start = field(tr("From"), lambda _: self._typed())
        self._end = field(tr("To"), lambda _: self._typed())
        self._span_fault = FaultLabel()
        self._width = choice(tr("Rows"), partial(self._choose, "width_s"))
        self._format = choice(tr("Format"), partial(self._choose, "format"))
        self._times = choice(tr("Times are written in"), partial(self._choose, "is_local"))
        self._shape = choice(tr("Table"), partial(self._choose, "is_wide"))
        self._precision = choice(tr("Digits"), partial(self._choose, "is_full"))
        self._decimal = choice(tr("Decimal sign"), partial(self._choose, "decimal"))
        self._words = note()
        self._fault = FaultLabel()
        self._leave = push(tr("Cancel"), self.left.emit)
        self._export = push(tr("Export…"), self.export_pressed.emit, is_primary=True)
        self._lay_out()

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._search

    def refresh(self, flow: ExportFlow) -> None:
        """Show the flow."""
        self._flow = flow
        show_checks(self._tags, self._theme)
        show_text(self._search, flow.search)
        self._show_tags(flow)
        show_text(self._start, flow.start_text)
        show_text(self._end, flow.end_text)
        self._tags_fault.say(flow.tags_fault)
        self._span_fault.say(flow.span_fault)
        show_choices(self._width, WIDTHS, flow.width_s)
        show_choices(self._format, FORMATS, flow.format)
        show_choices(self._times, TIMES, flow.is_local)
        show_choices(self._decimal, DECIMALS, flow.decimal)
        show_choices(self._shape, SHAPES, flow.is_wide)
        show_choices(self._precision, PRECISIONS, flow.is_full)
        self._shape_holder.setVisible(flow.has_columns)
        self._precision_holder.setVisible(flow.format is not ExportFormat.PARQUET)
        self._decimal_holder.setVisible(flow.format is ExportFormat.CSV)
        self._words.setText(flow.words)
        self._fault.say(flow.message)
        self._export.setEnabled(flow.can_start)

    def _lay_out(self) -> None:
        tags, left = card(tr("Tags"))
        left.addWidget(self._search)
        left.addWidget(self._tags, 1)
        left.addWidget(self._tags_fault)
        time, right = card(tr("Time"))
        presets = QGridLayout()
        for place, (text, hours) in enumerate(PRESETS):
            presets.addWidget(push(text, partial(self._preset, hours)), place // 2, place % 2)
        right.addLayout(presets)
        span = QHBoxLayout()
        span.addWidget(labelled(tr("From"), self._start))
        span.addWidget(labelled(tr("To"), self._end))
        right.addLayout(span)
        right.addWidget(self._span_fault)
        form, below = card(tr("File"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        self._decimal_holder = labelled(tr("Decimal sign"), self._decimal)
        grid.addWidget(labelled(tr("Rows"), self._width), 0, 0)
        grid.addWidget(labelled(tr("Format"), self._format), 0, 1)
        grid.addWidget(labelled(tr("Times are written in"), self._times), 1, 0)
        self._shape_holder = labelled(tr("Table"), self._shape)
        self._precision_holder = labelled(tr("Digits"), self._precision)
        grid.addWidget(self._precision_holder, 1, 1)
        grid.addWidget(self._shape_holder, 2, 0)
        grid.addWidget(self._decimal_holder, 2, 1)
        below.addLayout(grid)
        below.addWidget(self._words)
        side = QVBoxLayout()
        side.addWidget(time)
        side.addWidget(form)
        side.addStretch(1)
        columns = QHBoxLayout()
        columns.addWidget(tags, 1)
        columns.addLayout(side, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._fault, 1)
        foot.addStretch(0)
        foot.addWidget(self._leave)
        foot.addWidget(self._export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addLayout(columns, 1)
        layout.addLayout(foot)

    def _show_tags(self, flow: ExportFlow) -> None:
        wanted = flow.tags()
        shown = [self._tags.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self._tags.count())]
        with QSignalBlocker(self._tags):
            if sorted(shown) != sorted(index for index, _ in wanted):
                self._tags.clear()
                for index, name in wanted:
                    item = QListWidgetItem(name)
                    item.setData(Qt.ItemDataRole.UserRole, index)
                    self._tags.addItem(item)
            for row in range(self._tags.count()):
                item = self._tags.item(row)
                is_chosen = item.data(Qt.ItemDataRole.UserRole) in flow.chosen
                item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)

    def _searched(self, text: str) -> None:
        if self._flow is not None:
            self._flow.search = text
            self._show_tags(self._flow)

    def _ticked(self, item: QListWidgetItem) -> None:
        if self._flow is not None:
            is_chosen = item.checkState() == Qt.CheckState.Checked
            self._flow.choose(item.data(Qt.ItemDataRole.UserRole), is_chosen)
            self.changed.emit()

    def _typed(self) -> None:
        if self._flow is not None:
            self._flow.type_span(self._start.text(), self._end.text())
            self.changed.emit()

    def _preset(self, hours: int) -> None:
        if self._flow is not None:
            self._flow.preset(hours)
            self.changed.emit()

    def _choose(self, name: str, value: object) -> None:
        if self._flow is not None:
            setattr(self._flow, name, value)
            self.changed.emit()
