"""The trend pane: toolbar, charts, tables under them, and the pace at which they are drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.board import Board, Layout
from hmi.panes.trend.chart.chart import Chart
from hmi.panes.trend.chart.panel import ChartPanel
from hmi.panes.trend.groups import Groups
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.widgets.axis_panel import AxisPanel
from hmi.panes.trend.widgets.exporting import Exporting
from hmi.panes.trend.widgets.key_hand import CONTROL, NONE, SHIFT, KeyHand
from hmi.panes.trend.widgets.key_list import KeyList
from hmi.panes.trend.widgets.lower import Lower
from hmi.panes.trend.widgets.menus import Menus
from hmi.panes.trend.widgets.range_panel import RangePanel
from hmi.panes.trend.widgets.text_panel import TextPanel
from hmi.panes.trend.widgets.toolbar import Toolbar
from hmi.services.port import MOST_NOTE
from hmi.ui.pane import PaneContext

P = ParamSpec("P")
R = TypeVar("R")

LIVE_MS: Final = 500
FAST_LIVE_MS: Final = 100
"""The pace of the 10 Hz option."""

SETTLE_MS: Final = 150
"""History is asked for again when zooming and panning has paused this long."""

HEAVY_MS: Final = 2000
"""Figures and values are made anew this often while live: they read every reading that is known."""

ROWS_BY_HEIGHT: Final = ((640, 3), (800, 4), (960, 6))
MOST_ROWS: Final = 8
"""Rows under the chart by the height of the pane, until a person moves the bar between them."""


class TrendView(QWidget):
    """Shows the trends. Nothing is drawn while it is hidden; live values are kept all the same."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._board = Board(context.mirror, context.port, context.navigator, _now_us)
        self._choices_version = -1
        self._layout_shown: Layout | None = None
        self._toolbar = Toolbar()
        self._panels = [ChartPanel(chart, context.theme) for chart in self._board.charts]
        self._lower = Lower(lambda: self._board.active, context.theme, _now_us)
        self._charts = QWidget()
        self._grid = QGridLayout(self._charts)
        self._groups = Groups(context.port, self._changed)
        self._menus = Menus(self, self._toolbar, self._board, self._groups, self._start)
        self._exporting = Exporting(self, self._toolbar, self._board, self._panels, context.theme, self._start)
        self._range_panel = RangePanel(self, self._on_active(TrendPresenter.show_typed))
        self._axis_panel = AxisPanel(
            self,
            self._on_active(TrendPresenter.set_range),
            self._on_active(TrendPresenter.type_range),
        )
        self._note_panel = TextPanel(self, tr("Note"), "Write", 380)
        self._keys = KeyHand(lambda: self._board.active, lambda: self._chart.columns)
        self._live = _timer(self, LIVE_MS, self._beat)
        self._soon = _timer(self, 0, self._repaint, is_single=True)
        self._settle = _timer(self, SETTLE_MS, self._load_due, is_single=True)
        self._heavy_due_us = 0
        self._lower_px: int | None = None
        self._lay_out()
        self._key_list = KeyList(self)
        self._connect()
        removers = [self._board.listen(context.listen, self._changed), context.theme.listen(self._restyle)]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def state(self) -> dict[str, object]:
        """Return charts and layout, to be kept for the next time."""
        return self._board.state()

    def restore(self, state: dict[str, object]) -> None:
        """Take up a state; what does not fit is passed over."""
        self._board.restore(state)

    def set_pace(self, interval_ms: int) -> None:
        """Draw live values this often: LIVE_MS or FAST_LIVE_MS."""
        self._live.setInterval(interval_ms)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._live.start()
        self._soon.start()
        self._settle.start(0)
        if not self._groups.groups:
            self._start(self._groups.load(), tr("Saved groups"), self._presenter.say)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for timer in (self._live, self._soon, self._settle):
            timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def _on_active(self, method: Callable[Concatenate[TrendPresenter, P], R]) -> Callable[P, R]:
        """Return a method of whichever chart is the active one when it is called."""

        def call(*arguments: P.args, **named: P.kwargs) -> R:
            return method(self._presenter, *arguments, **named)

        return call

    @property
    def _presenter(self) -> TrendPresenter:
        return self._board.active

    @property
    def _panel(self) -> ChartPanel:
        return next(panel for panel in self._panels if panel.presenter is self._board.active)

    @property
    def _chart(self) -> Chart:
        return self._panel.chart

    # ── laid out ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(5)
        for panel in self._panels:
            panel.setParent(self._charts)  # or it would be a window of its own when it is shown
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._charts)
        self._splitter.addWidget(self._lower)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.splitterMoved.connect(self._take_split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(5)
        layout.addWidget(self._toolbar)
        layout.addWidget(self._splitter, 1)
        self.setFocusProxy(self._panels[0].chart)
        self._arrange()

    def _split(self) -> None:
        """Give the tables their share of the height."""
        if self._lower_px is None:
            rows = next((rows for below, rows in ROWS_BY_HEIGHT if self.height() < below), MOST_ROWS)
            lower_px = self._lower.height_of(rows)
        else:
            lower_px = self._lower_px
        whole = max(2, self._splitter.height() - self._splitter.handleWidth())
        lower_px = min(lower_px, whole - 1)
        self._splitter.setSizes([whole - lower_px, lower_px])

    def _take_split(self) -> None:
        self._lower_px = self._splitter.sizes()[1]

    def _arrange(self) -> None:
        """Put the charts where the layout wants them."""
        layout = self._board.layout
        if layout is self._layout_shown:
            return
        self._layout_shown = layout
        for panel in self._panels:
            self._grid.removeWidget(panel)
        across = 1 if layout in (Layout.ONE, Layout.BELOW) else 2
        for number, panel in enumerate(self._panels[: len(self._board.shown)]):
            self._grid.addWidget(panel, number // across, number % across)
        for panel in self._panels:
            panel.setVisible(panel.presenter in self._board.shown)
        for place in range(2):
            self._grid.setColumnStretch(place, 1 if place < across else 0)
            self._grid.setRowStretch(place, 1 if place * across < len(self._board.shown) else 0)

    def _connect(self) -> None:
        toolbar, lower, keys = self._toolbar, self._lower, self._keys
        toolbar.search.chosen.connect(self._on_active(TrendPresenter.open))
        toolbar.search.said.connect(self._on_active(TrendPresenter.say))
        toolbar.span_chosen.connect(self._on_active(TrendPresenter.set_span))
        toolbar.stepped.connect(self._on_active(TrendPresenter.step))
        toolbar.range_asked.connect(self._ask_range)
        toolbar.back_pressed.connect(self._go_back)
        toolbar.boxing_toggled.connect(self._set_boxing)
        toolbar.live_toggled.connect(keys.toggle_live)
        toolbar.keys_asked.connect(lambda: self._key_list.show_over(self))
        self._range_panel.named.connect(self._on_active(TrendPresenter.show_named))
        self._note_panel.given.connect(self._write_note)
        lower.note_asked.connect(self._ask_note)
        lower.event_chosen.connect(self._on_active(TrendPresenter.show_event))
        lower.time_chosen.connect(self._on_active(TrendPresenter.set_cursor))
        lower.pens.range_asked.connect(self._ask_axis_of_pen)
        for panel in self._panels:
            panel.activated.connect(lambda panel=panel: self._board.activate(panel.presenter))
            panel.axis_asked.connect(self._ask_axis)
            panel.resized.connect(self._changed)
        self._connect_keys()

    def _connect_keys(self) -> None:
        add, key = self._keys.add, Qt.Key
        add(key.Key_D, NONE, self._ask_range)
        add(key.Key_N, NONE, self._ask_note)
        add(key.Key_R, NONE, self._ask_axis_of_pen)
        add(key.Key_V, NONE, self._lower.turn)
        add(key.Key_Z, NONE, lambda: self._set_boxing(not self._chart.is_boxing))
        add(key.Key_C, NONE, self._next_chart)
        add(key.Key_F, CONTROL, self._toolbar.search.setFocus)
        add(key.Key_E, CONTROL, self._toolbar.export.showMenu)
        for modifiers in (NONE, SHIFT):
            add(key.Key_Question, modifiers, lambda: self._key_list.show_over(self))

    # ── pace ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _changed(self) -> None:
        """Draw soon, once for many changes, and ask for history when they have paused."""
        self._heavy_due_us = 0
        if self.isVisible():
            self._soon.start()
            self._settle.start()

    def _beat(self) -> None:
        if any(chart.window.is_live for chart in self._board.shown):
            self._repaint()
        else:
            self._refresh_lower()
        if not self._settle.isActive():
            self._load_due()

    def _load_due(self) -> None:
        for panel in self._panels[: len(self._board.shown)]:
            presenter, columns = panel.presenter, panel.chart.columns
            for pen in presenter.due(columns):
                self._context.tasks.start(presenter.load(pen, columns), tr("Trend history"))
            if presenter.is_overlay_due():
                self._context.tasks.start(presenter.load_overlay(), tr("Events of the trend"))

    def _repaint(self) -> None:
        self._arrange()
        shown = self._panels[: len(self._board.shown)]
        for panel in shown:
            panel.repaint_chart()
            panel.show_active(len(shown) > 1 and panel.presenter is self._presenter)
        self._refresh_lower()
        presenter = self._presenter
        window = presenter.picture.window
        can_go_back = presenter.travel.can_go_back
        self._toolbar.show_window(window.span_us, window.is_live, can_go_back, self._chart.is_boxing)
        if presenter.catalogue_version != self._choices_version:
            self._choices_version = presenter.catalogue_version
            self._toolbar.search.set_choices(presenter.choices())

    def _refresh_lower(self) -> None:
        """Refresh the table on top: pens and events each time, what reads every reading more rarely."""
        now_us = _now_us()
        if self._lower.is_heavy and now_us < self._heavy_due_us:
            return
        self._heavy_due_us = now_us + HEAVY_MS * 1000
        self._lower.refresh()

    def _restyle(self) -> None:
        for panel in self._panels:
            panel.restyle()
        self._lower.restyle()
        self._changed()

    # ── small panels ──────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, work: Coroutine[Any, Any, object], name: str, refused: Callable[[str], None]) -> None:
        self._context.tasks.start(work, name, refused)

    def _ask_range(self) -> None:
        self._range_panel.ask(self._toolbar.range, self._presenter.window)

    def _ask_axis(self, key: str) -> None:
        axis = next((axis for axis in self._presenter.picture.axes if axis.key == key), None)
        if axis is not None:
            self._axis_panel.ask(self._toolbar.before, axis)

    def _ask_axis_of_pen(self, number: int = 0) -> None:
        pen = self._presenter.pens.by_number(number) or self._presenter.chosen_pen
        axes = self._presenter.picture.axes
        axis = next((axis for axis in axes if pen is not None and pen.number in axis.numbers), None)
        if axis is not None:
            self._ask_axis(axis.key)

    def _ask_note(self) -> None:
        place = self._presenter.note_place
        if place is None:
            self._presenter.say(tr("Add a pen first: a note belongs to a tag and its station."))
            return
        at_us, tag = place
        title = tr("Note at {moment:%Y-%m-%d %H:%M:%S} to {tag}").format(moment=local(at_us), tag=tag.name)
        self._note_panel.ask(self._lower.tabs, title, most=MOST_NOTE)

    def _write_note(self, text: str) -> None:
        async def write() -> None:
            await self._presenter.add_note(text)
            self._note_panel.hide()

        self._start(write(), tr("Note"), self._note_panel.refuse)

    def _set_boxing(self, is_boxing: bool) -> None:
        for panel in self._panels:
            panel.chart.is_boxing = is_boxing
        self._changed()

    def _go_back(self) -> None:
        self._presenter.travel.back()

    def _next_chart(self) -> None:
        self._board.activate_next()
        self._chart.setFocus()


def _now_us() -> int:
    return time.time_ns() // 1000


def _timer(parent: QWidget, interval_ms: int, slot: object, *, is_single: bool = False) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.setSingleShot(is_single)
    timer.timeout.connect(slot)
    return timer
