"""The map pane: the canvas, and over it the search field, the buttons, the legend and a line for what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.map.base_data import MAP_FOLDER, Detail, MapDataError, read_base, read_names
from hmi.panes.map.base_layer import NEAR_ZOOM
from hmi.panes.map.legend import Legend
from hmi.panes.map.presenter import MapChange, MapPresenter
from hmi.panes.map.saved_view import restored, saved
from hmi.panes.map.spot_bar import SpotBar
from hmi.panes.map.steered_map import SteeredMap
from hmi.ui.label import Label, tip
from hmi.ui.pane import PaneContext
from hmi.ui.pane_facts import all_of

TARGET_PX = 30
SEARCH_PX = 210


class MapView(QWidget):
    """Shows the map. folder: where the base lies."""

    def __init__(self, context: PaneContext, folder: Path = MAP_FOLDER) -> None:
        super().__init__()
        self._context = context
        self._folder = folder
        self._asked: set[Detail] = set()
        # Set when Qt has deleted this widget: a file that is read by then has nobody to be shown to.
        self._is_gone = Event()
        self._presenter = MapPresenter(context.mirror, context.navigator)
        self.canvas = SteeredMap(self._presenter, context.theme, context.fail)
        self._search = self._make_search()
        self._notice = Label()
        self._notice.setObjectName("card")
        self._notice.setContentsMargins(8, 4, 8, 4)
        self._notice.hide()
        self._legend = Legend(self.canvas)
        self._legend.hide()
        self._spot = SpotBar(self.canvas)
        self._spot.middle_wanted.connect(self._take_middle)
        self._spot.cancelled.connect(context.navigator.drop_spot)
        self.canvas.spot_chosen.connect(context.navigator.give_spot)
        self.canvas.spot_refused.connect(context.navigator.drop_spot)
        self._lay_out()
        self.canvas.view_changed.connect(self._read_what_is_near)
        remove = all_of(
            self._presenter.listen(context.listen, self._take),
            context.theme.listen(self._look_changed),
            context.navigator.on_spot(self._spot_wish_changed),
            self._is_gone.set,
        )
        self.destroyed.connect(remove)
        self._read("50m")

    def state(self) -> dict[str, float]:
        """Return what is shown, to be kept for the next session."""
        return saved(self.canvas.view)

    def restore(self, state: Mapping[str, object]) -> None:
        """Show what was kept; rubbish is passed over."""
        view = restored(self.canvas.view, state)
        if view is not None:
            self.canvas.show_view(view)

    # ── making ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.canvas)
        # The controls lie on the map: what is between them belongs to the map's own gestures.
        over = QVBoxLayout(self.canvas)
        over.setContentsMargins(10, 10, 10, 30)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._search)
        top.addStretch()
        self._legend_button = self._button(tr("Legend"), tr("Show the legend"), self._toggle_legend)
        self._legend_button.setCheckable(True)
        for button in (
            self._button("−", tr("Zoom out"), lambda: self.canvas.zoom_by(-1)),
            self._button("+", tr("Zoom in"), lambda: self.canvas.zoom_by(1)),
            self._button(tr("Fit all"), tr("Show all stations"), self.canvas.fit_all),
            self._legend_button,
        ):
            top.addWidget(button)
        over.addLayout(top)
        over.addWidget(self._spot)
        over.addWidget(self._notice, alignment=Qt.AlignmentFlag.AlignLeft)
        over.addStretch()
        over.addWidget(self._legend, alignment=Qt.AlignmentFlag.AlignRight)

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setPlaceholderText(tr("Find a station"))
        search.setAccessibleName(tr("Find a station on the map"))
        search.setClearButtonEnabled(True)
        search.setFixedWidth(SEARCH_PX)
        search.setMinimumHeight(TARGET_PX)
        search.textEdited.connect(self._find)
        search.returnPressed.connect(self._go_to_found)
        return search

    def _button(self, text: str, name: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(tip(name))
        button.setMinimumSize(TARGET_PX, TARGET_PX)
        button.clicked.connect(lambda _checked=False: act())
        return button

    # ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _find(self, text: str) -> None:
        row = self._presenter.find(text)
        if row >= 0 and row != self._presenter.selected:
            self._presenter.select(row)
        self._say(tr("No station has this name.") if text.strip() and row < 0 else "")

    def _go_to_found(self) -> None:
        row = self._presenter.find(self._search.text())
        if row >= 0:
            self.canvas.show_station(row)
            self.canvas.setFocus()

    # ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, change: MapChange) -> None:
        self.canvas.take(change)
        if change & MapChange.STATIONS and self._legend.isVisible():
            self._fill_legend()

    def _look_changed(self) -> None:
        self.canvas.update()
        if self._legend.isVisible():
            self._fill_legend()

    def _toggle_legend(self) -> None:
        if self._legend_button.isChecked():
            self._fill_legend()
        self._legend.setVisible(self._legend_button.isChecked())

    def _fill_legend(self) -> None:
        self._legend.show_for(self._context.theme.tokens, {place.kind for place in self._presenter.places.stations})

    def _say(self, sentence: str) -> None:
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))

    # ── choosing a spot ───────────────────────────────────────────────────────────────────────────────────────────

    def _spot_wish_changed(self) -> None:
        wish = self._context.navigator.spot_wish
        self.canvas.is_choosing = wish is not None
        self._spot.show_for(wish.name if wish is not None else "")
        if wish is not None:
            self.canvas.setCursor(Qt.CursorShape.CrossCursor)
            self.canvas.setFocus()
        else:
            self.canvas.unsetCursor()

    def _take_middle(self) -> None:
        self.canvas.choose(QPointF(self.canvas.view.width / 2, self.canvas.view.height / 2))

    # ── the base ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_what_is_near(self) -> None:
        if self.canvas.view.zoom >= NEAR_ZOOM:
            self._read("10m")

    def _read(self, detail: Detail) -> None:
        if detail not in self._asked:
            self._asked.add(detail)
            self._context.tasks.start(self._read_in_thread(detail), tr("Reading the map"))

    async def _read_in_thread(self, detail: Detail) -> None:
        try:
            data = await asyncio.to_thread(read_base, self._folder, detail)
            names = await asyncio.to_thread(read_names, self._folder) if detail == "50m" else None
        except MapDataError as error:
            if not self._is_gone.is_set():
                self._say(tr("The map file {name} cannot be read; stations are shown without it.").format(name=error))
            return
        if not self._is_gone.is_set():
            self.canvas.base.add(detail, data)
            if names is not None:
                self.canvas.base.add_names(names)
            self.canvas.update()
