"""The map itself: one widget that paints its layers and keeps what they are painted from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from hmi.domain.language import tr
from hmi.panes.map.base_layer import BaseLayer
from hmi.panes.map.chrome import paint_areas, paint_chrome
from hmi.panes.map.lettering import MapLettering
from hmi.panes.map.marker_layer import MarkerLayer
from hmi.panes.map.pipe_layer import paint_pipes
from hmi.panes.map.plan import MARGIN_PX, Grouping, Plan, make_grouping, make_plan
from hmi.panes.map.presenter import MapChange, MapPresenter
from hmi.panes.map.projection import MAX_ZOOM, Viewport
from hmi.panes.map.sheet import Sheet
from hmi.panes.map.sprites import Sprites
from hmi.ui.theme import Theme

FLASH_MS: Final = 500
VALUES_MS: Final = 250
"""Live values repaint the map at most this often; alarms, links and the selection do so at once."""
FIT_PADDING_PX: Final = 84
EDGE_PX: Final = 24
"""A station nearer to the edge than this counts as off screen."""
ALONE_ZOOM: Final = 12.0


class MapCanvas(QWidget):
    """Shows the presenter's stations. view_changed: after every move, zoom and change of size."""

    view_changed = Signal()

    def __init__(self, presenter: MapPresenter, theme: Theme, fail: Callable[[Exception], None]) -> None:
        """fail: gets what painting raises."""
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._fail = fail
        self._has_failed = False
        self.base = BaseLayer()
        self._lettering = MapLettering()
        self._markers = MarkerLayer(presenter)
        self._sprites: Sprites | None = None
        self._look: tuple[str, float] | None = None
        self._grouping: Grouping | None = None
        self._plan: Plan | None = None
        self.view = Viewport()
        self._is_fitted = True
        self._is_lit = True
        self._flash = QTimer(self, interval=FLASH_MS)
        self._flash.timeout.connect(self._beat)
        self._pause = QTimer(self, interval=VALUES_MS, singleShot=True)
        self._pause.timeout.connect(self._show_values)
        self._has_new_values = False
        self._ahead = QTimer(self, interval=0, singleShot=True)
        self._ahead.timeout.connect(self._prepare)
        self.shows_focus = False
        self.setMinimumSize(320, 240)
        self.setAccessibleName(tr("Map of stations"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # ── the view ──────────────────────────────────────────────────────────────────────────────────────────────────

    def show_view(self, view: Viewport, *, is_fitted: bool = False) -> None:
        """Show another view. is_fitted: it goes on fitting all stations while nobody moves it."""
        self._is_fitted = is_fitted
        self.view = view
        self.view_changed.emit()
        self.update()

    def fit_all(self) -> None:
        """Show all stations."""
        padding = min(FIT_PADDING_PX, self.width() * 0.12, self.height() * 0.14)
        self.show_view(self.view.fitted(self._presenter.places.positions, padding), is_fitted=True)

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        """Zoom some levels around a pixel, or around the middle."""
        middle = at or QPointF(self.width() / 2, self.height() / 2)
        self.show_view(self.view.zoomed(steps, middle.x(), middle.y()))

    def show_station(self, row: int) -> None:
        """Bring a station to the middle, near enough to stand alone where that is possible."""
        x, y = self._presenter.places.positions[row]
        zoom = max(self.view.zoom, ALONE_ZOOM)
        while zoom < MAX_ZOOM and self._shares_marker(row, zoom):
            zoom += 1
        self.show_view(self.view.centred(float(x), float(y), zoom))

    def take(self, change: MapChange) -> None:
        """Show what changed."""
        if change & MapChange.STATIONS:
            self._grouping = self._plan = None
            if self._is_fitted:
                self.fit_all()
        if change & MapChange.SELECTION:
            self._follow_selection()
        if change & ~MapChange.VALUES:
            self.update()
        elif change & MapChange.VALUES and self.isVisible():
            self._has_new_values = True
            if not self._pause.isActive():
                self._show_values()

    def is_inside(self, row: int) -> bool:
        """Return whether a station is in sight."""
        x, y = self.view.to_screen(self._presenter.places.positions[row : row + 1])[0]
        return bool(EDGE_PX <= x <= self.width() - EDGE_PX and EDGE_PX <= y <= self.height() - EDGE_PX)

    def plan(self) -> Plan:
        """Return the plan of the present view."""
        if self._grouping is None or self._grouping.zoom != self.view.zoom:
            self._grouping = make_grouping(self._presenter.places.positions, self.view.zoom)
            self._plan = None
        if self._plan is None or not self._plan.holds_for(self.view):
            self._plan = self._make_plan(self._grouping)
        return self._plan

    def _make_plan(self, grouping: Grouping) -> Plan:
        return make_plan(self.view, grouping, self._presenter.places, self._lettering)

    def _shares_marker(self, row: int, zoom: float) -> bool:
        grouping = make_grouping(self._presenter.places.positions, zoom)
        return len(grouping.members[grouping.of_row[row]]) > 1

    def _follow_selection(self) -> None:
        row = self._presenter.selected
        self.setAccessibleDescription(self._presenter.sentence(row) if row >= 0 else "")
        # A hidden map may have no size yet; it follows when it is shown.
        if row >= 0 and self.isVisible() and not self.is_inside(row):
            x, y = self._presenter.places.positions[row]
            self.show_view(self.view.centred(float(x), float(y)))

    # ── painting ──────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._has_failed:
            return
        try:
            self._paint()
        except Exception as error:  # noqa: BLE001  # failure wall: an error that leaves a paint event ends the program
            self._has_failed = True
            # The wall takes this widget away, which must not happen while it is being painted.
            QTimer.singleShot(0, lambda failed=error: self._fail(failed))

    def _paint(self) -> None:
        tokens, scale = self._theme.tokens, self.devicePixelRatioF()
        sprites, plan = self._sprites_for(scale), self.plan()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.base.paint(painter, tokens, self.view, scale)
            sheet = Sheet(painter, tokens, self.view, plan, self._lettering)
            paint_areas(sheet, self._presenter.places.areas)
            paint_pipes(sheet, self._presenter.pipes)
            self._markers.paint(sheet, sprites, is_lit=self._is_lit)
            paint_chrome(sheet)
            if self.shows_focus:
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        self._keep_flashing(plan)
        self._ahead.start()

    def _prepare(self) -> None:
        """Make anew what the view is about to leave, one thing at a time, so that no frame of a pan waits for both."""
        if self._plan is None or self.base.prepare(self._theme.tokens, self.view, self.devicePixelRatioF()):
            return
        if not self._plan.holds_for(self.view, MARGIN_PX / 2):
            self._plan = self._make_plan(self._plan.grouping)
            self.update()

    def _sprites_for(self, scale: float) -> Sprites:
        look = self._theme.tokens.name, scale
        if self._sprites is None or self._look != look:
            self._look = look
            self._sprites = Sprites(self._theme.tokens, scale, self._lettering)
        return self._sprites

    def _keep_flashing(self, plan: Plan) -> None:
        """Let the flash run only while something in sight flashes."""
        if self.isVisible() and self._markers.flashes(plan, self.view):
            if not self._flash.isActive():
                self._flash.start()
        elif self._flash.isActive():
            self._flash.stop()
            self._is_lit = True

    def _beat(self) -> None:
        self._is_lit = not self._is_lit
        self.update()

    def _show_values(self) -> None:
        if self._has_new_values:
            self._has_new_values = False
            self._pause.start()
            self.update()

    # ── size and sight ────────────────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.view = self.view.resized(self.width(), self.height())
        if self._is_fitted:
            self.fit_all()
        else:
            self.view_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_selection()

    def hideEvent(self, event: QHideEvent) -> None:
        for timer in (self._flash, self._pause, self._ahead):
            timer.stop()
        self._is_lit = True
        self._has_new_values = False
        super().hideEvent(event)
