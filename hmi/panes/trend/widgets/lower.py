"""What stands under the charts, one page at a time: pens, figures, values, events of the active chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.overlay import EventRow, event_row
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.value_rows import value_rows
from hmi.panes.trend.widgets.figure_table import FigureTable, figure_columns
from hmi.panes.trend.widgets.pen_table import HEADER_PX, ROW_PX, PenTable
from hmi.panes.trend.widgets.plain_table import PlainTable
from hmi.panes.trend.widgets.text_model import TextColumn, TextModel
from hmi.panes.trend.widgets.value_model import ValueModel
from hmi.ui.theme import Theme

PAGES: Final = ("Pens", "Figures", "Values", "Events")
VALUE_TIME_PX: Final = 180
VALUE_PX: Final = 150


class Lower(QWidget):
    """`note_asked` when a note is to be written, `event_chosen` carries an event, `time_chosen` a UTC time in µs."""

    note_asked = Signal()
    event_chosen = Signal(object)
    time_chosen = Signal(object)

    def __init__(self, presenter: Callable[[], TrendPresenter], theme: Theme, now_us: Callable[[], int]) -> None:
        super().__init__()
        self._presenter = presenter
        self._now_us = now_us
        self.pens = PenTable(presenter, theme)
        self.figures = TextModel(figure_columns(theme))
        self.values = ValueModel(theme)
        self.events: TextModel[EventRow] = TextModel(_event_columns())
        self.figure_table = FigureTable(self.figures)
        self.value_table = PlainTable(self.values, tr("Values"))
        self.event_table = PlainTable(self.events, tr("Events"))
        self.value_table.setSortingEnabled(True)
        self.value_table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr("Under the chart"))
        self.tabs.setDrawBase(False)
        self.between = QPushButton(tr("A … B only"))
        self.between.setCheckable(True)
        self.between.setToolTip(tr("Figures from cursor to cursor instead of the whole visible stretch"))
        self.note = QPushButton(tr("Add note…"))
        self.note.setToolTip(tr("At the cursor (N)"))
        self.stack = QStackedWidget()
        for page, table in zip(PAGES, (self.pens, self.figure_table, self.value_table, self.event_table), strict=True):
            self.tabs.addTab(tr(page))
            self.stack.addWidget(table)
        self._lay_out()
        self.tabs.currentChanged.connect(self._turn)
        self.between.clicked.connect(self.refresh)
        self.note.clicked.connect(self.note_asked)
        self.event_table.row_entered.connect(self._choose_event)
        self.value_table.row_entered.connect(lambda row: self.time_chosen.emit(self.values.time_at(row)))
        self._turn(0)

    @property
    def is_heavy(self) -> bool:
        """Whether the page on top reads every reading that is known."""
        return self.stack.currentIndex() in (1, 2)

    def refresh(self) -> None:
        """Show the page that is on top as it is now."""
        presenter, page = self._presenter(), self.stack.currentIndex()
        if page == 0:
            self.pens.refresh()
        elif page == 1:
            is_possible = presenter.cursors.stretch_us is not None
            self.between.setEnabled(is_possible)
            self.figure_table.show_rows(presenter.statistics(self.between.isChecked() and is_possible))
        elif page == 2:
            pens = (*presenter.pens, *presenter.comparison.follow(presenter.pens))
            self.values.show_rows(value_rows(pens, presenter.window, self._now_us()))
            if self.value_table.columnWidth(0) != VALUE_TIME_PX:
                self.value_table.setColumnWidth(0, VALUE_TIME_PX)
        else:
            self.events.show_rows([event_row(each) for each in presenter.overlay.events(presenter.window)])

    def height_of(self, rows: int) -> int:
        """Return the height in pixels at which so many rows can be seen."""
        return self.tabs.sizeHint().height() + HEADER_PX + rows * ROW_PX + 6

    def restyle(self) -> None:
        """Take another look."""
        self.pens.restyle()
        self.figures.columns = figure_columns(self.pens.theme)

    def turn(self) -> None:
        """Turn to the next page."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + 1) % len(PAGES))

    def _turn(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        self.between.setVisible(page == 1)
        self.note.setVisible(page == 3)
        self.refresh()

    def _choose_event(self, row: int) -> None:
        presenter = self._presenter()
        events = presenter.overlay.events(presenter.window)
        if row < len(events):
            self.event_chosen.emit(events[row])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.between)
        head.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)
        self.value_table.horizontalHeader().setStretchLastSection(False)
        self.value_table.horizontalHeader().setDefaultSectionSize(VALUE_PX)
        for number, event in enumerate(self.events.columns):
            self.event_table.setColumnWidth(number, event.width_px)


def _event_columns() -> tuple[TextColumn[EventRow], ...]:
    return (
        TextColumn(tr("Time"), lambda row: row.time, is_number=False, width_px=150),
        TextColumn(tr("Kind"), lambda row: row.kind, is_number=False, width_px=90),
        TextColumn(tr("What"), lambda row: row.title, is_number=False, width_px=280),
        TextColumn(tr("Detail"), lambda row: row.detail, is_number=False, width_px=240),
        TextColumn(tr("Who"), lambda row: row.user, is_number=False, width_px=120),
    )
