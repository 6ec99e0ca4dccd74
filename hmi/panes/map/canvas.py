"""The map itself: one widget that paints its layers and turns gestures and keys into moves of the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from hmi.domain.language import tr
from hmi.panes.map.base_layer import BaseLayer
from hmi.panes.map.chrome import paint_areas, paint_chrome
from hmi.panes.map.lettering import MapLettering
from hmi.panes.map.marker_layer import MarkerLayer, hit
from hmi.panes.map.menus import group_menu, station_menu
from hmi.panes.map.pipe_layer import paint_pipes
from hmi.panes.map.plan import Grouping, Plan, make_grouping, make_plan
from hmi.panes.map.presenter import MapChange, MapPresenter
from hmi.panes.map.projection import MAX_ZOOM, Viewport
from hmi.panes.map.sprites import Sprites
from hmi.ui.theme import Theme

FLASH_MS: Final = 500
VALUES_MS: Final = 250
"""Live values repaint the map at most this often; alarms, links and the selection do so at once."""
FIT_PADDING_PX: Final = 84
WHEEL_STEP: Final = 0.5
KEY_PAN_PX: Final = 80
EDGE_PX: Final = 24
"""A station nearer to the edge than this counts as off screen."""
ALONE_ZOOM: Final = 12.0
MEMBERS_LISTED: Final = 24


class MapCanvas(QWidget):
    """Shows the presenter's stations. view_changed: after every move, zoom and change of size."""

    view_changed = Signal()

    def __init__(self, presenter: MapPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self.base = BaseLayer()
        self._lettering = MapLettering()
        self._markers = MarkerLayer(presenter, self._lettering)
        self._sprites: Sprites | None = None
        self._look: tuple[str, float] | None = None
        self._grouping: Grouping | None = None
        self._plan: Plan | None = None
        self.view = Viewport()
        self._is_fitted = True
        self._pressed_at: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._clicked = -1
        self._is_lit = True
        self._flash = QTimer(self, interval=FLASH_MS)
        self._flash.timeout.connect(self._beat)
        self._pause = QTimer(self, interval=VALUES_MS, singleShot=True)
        self._pause.timeout.connect(self._show_values)
        self._has_new_values = False
        self._keys = self._make_keys()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        self.show_view(self.view.fitted(self._presenter.positions, padding), is_fitted=True)

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        """Zoom some levels around a pixel, or around the middle."""
        middle = at or QPointF(self.width() / 2, self.height() / 2)
        self.show_view(self.view.zoomed(steps, middle.x(), middle.y()))

    def show_station(self, row: int) -> None:
        """Bring a station to the middle, near enough to stand alone where that is possible."""
        x, y = self._presenter.positions[row]
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
        elif change & MapChange.VALUES:
            self._has_new_values = True
            if not self._pause.isActive():
                self._show_values()

    def _shares_marker(self, row: int, zoom: float) -> bool:
        grouping = make_grouping(self._presenter.positions, zoom)
        return len(grouping.members[grouping.of_row[row]]) > 1

    def _follow_selection(self) -> None:
        row = self._presenter.selected
        self.setAccessibleDescription(self._presenter.sentence(row) if row >= 0 else "")
        # Before the first layout the window is a pixel wide, and the first fit will hold every station.
        if row >= 0 and self.isVisible() and not self._is_inside(row):
            x, y = self._presenter.positions[row]
            self.show_view(self.view.centred(float(x), float(y)))

    def _is_inside(self, row: int) -> bool:
        x, y = self.view.to_screen(self._presenter.positions[row : row + 1])[0]
        return bool(EDGE_PX <= x <= self.width() - EDGE_PX and EDGE_PX <= y <= self.height() - EDGE_PX)

    # ── painting ──────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, scale = self._theme.tokens, self.devicePixelRatioF()
        sprites, plan = self._sprites_for(scale), self._plan_for()
        presenter, view = self._presenter, self.view
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.base.paint(painter, tokens, view, scale)
            paint_areas(painter, tokens, view, plan, presenter.areas, self._lettering)
            paint_pipes(painter, tokens, view, plan, presenter.paths, presenter.pipes, self._lettering)
            self._markers.paint(painter, tokens, view, plan, sprites, self._is_lit)
            paint_chrome(painter, tokens, view, self._lettering.unit)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        self._keep_flashing(plan)

    def _sprites_for(self, scale: float) -> Sprites:
        look = self._theme.tokens.name, scale
        if self._sprites is None or self._look != look:
            self._look = look
            self._sprites = Sprites(self._theme.tokens, scale, self._lettering)
        return self._sprites

    def _plan_for(self) -> Plan:
        presenter = self._presenter
        if self._grouping is None or self._grouping.zoom != self.view.zoom:
            self._grouping = make_grouping(presenter.positions, self.view.zoom)
            self._plan = None
        if self._plan is None or not self._plan.holds_for(self.view):
            self._plan = make_plan(
                self.view, self._grouping, presenter.places, presenter.paths, presenter.areas, self._lettering
            )
        return self._plan

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view = self.view.resized(self.width(), self.height())
        if self._is_fitted:
            self.fit_all()
        else:
            self.view_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_selection()

    def hideEvent(self, event: QHideEvent) -> None:
        self._flash.stop()
        self._is_lit = True
        super().hideEvent(event)

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(event.angleDelta().y() / 120 * WHEEL_STEP, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()
            self._dragged_from = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        if self._dragged_from is None:
            moved = (event.position() - self._pressed_at).manhattanLength()
            if moved < QApplication.startDragDistance():
                return
            self._dragged_from = self._pressed_at
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        by = event.position() - self._dragged_from
        self._dragged_from = event.position()
        self.show_view(self.view.moved(by.x(), by.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed_at is not None and self._dragged_from is None
        self._pressed_at = self._dragged_from = None
        self.unsetCursor()
        if was_click and event.button() is Qt.MouseButton.LeftButton:
            self._click(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        members = self._members_at(event.position())
        # The first click of the two may have zoomed into a group: what lies there now was not meant.
        if len(members) == 1 and members[0] == self._clicked:
            self._presenter.open_control(members[0])
        elif not members and self._clicked == -1:
            self.zoom_by(1, event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        members = self._members_at(QPointF(event.pos()))
        selected = self._presenter.selected
        if event.reason() is QContextMenuEvent.Reason.Keyboard and selected >= 0:
            members = (selected,)
        self._menu(members, event.globalPos())

    def _click(self, at: QPointF) -> None:
        members = self._members_at(at)
        self._clicked = members[0] if len(members) == 1 else -2 if members else -1
        if len(members) == 1:
            self._presenter.select(members[0])
        elif members:
            self._open_group(members, at)

    def _open_group(self, members: tuple[int, ...], at: QPointF) -> None:
        """Zoom in to a group; where its stations stand on one spot, list them."""
        closer = self.view.fitted(self._presenter.positions[list(members)], FIT_PADDING_PX)
        if closer.zoom > self.view.zoom + 0.2:
            self.show_view(closer)
        elif self.view.zoom < MAX_ZOOM - 1 and self._is_spread(members):
            self.zoom_by(2, at)
        else:
            self._menu(members, self.mapToGlobal(at.toPoint()))

    def _is_spread(self, members: tuple[int, ...]) -> bool:
        extent = np.ptp(self._presenter.positions[list(members)], axis=0).max()
        return bool(extent * 2.0 ** (MAX_ZOOM - self.view.zoom) * self.view.scale > EDGE_PX)

    def _menu(self, members: tuple[int, ...], at: QPoint) -> None:
        if not members:
            return
        make = station_menu(self, self._presenter, members[0]) if len(members) == 1 else None
        menu = make or group_menu(self, self._presenter, members[:MEMBERS_LISTED])
        menu.popup(at)

    def _members_at(self, at: QPointF) -> tuple[int, ...]:
        plan = self._plan_for()
        number = hit(plan, self.view, at.x(), at.y())
        return plan.grouping.members[number] if number >= 0 else ()

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _make_keys(self) -> dict[int, Callable[[], None]]:
        key = Qt.Key
        step = KEY_PAN_PX
        return {
            key.Key_Left: lambda: self._pan(step, 0),
            key.Key_Right: lambda: self._pan(-step, 0),
            key.Key_Up: lambda: self._pan(0, step),
            key.Key_Down: lambda: self._pan(0, -step),
            key.Key_Plus: lambda: self.zoom_by(WHEEL_STEP),
            key.Key_Equal: lambda: self.zoom_by(WHEEL_STEP),
            key.Key_Minus: lambda: self.zoom_by(-WHEEL_STEP),
            key.Key_F: self.fit_all,
            key.Key_Home: self.fit_all,
            key.Key_N: lambda: self._step(1),
            key.Key_P: lambda: self._step(-1),
            key.Key_Return: self._open_selected,
            key.Key_Enter: self._open_selected,
            key.Key_Escape: lambda: self._presenter.select(-1),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys.get(event.key())
        if act is None or event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        else:
            act()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Go to the next station in sight; after the last one the focus leaves, so that Tab is never a trap."""
        if self.hasFocus():
            selected, step = self._presenter.selected, 1 if next else -1
            rows = [row for row in range(len(self._presenter.places)) if self._is_inside(row)]
            later = [row for row in rows[::step] if selected < 0 or (row - selected) * step > 0]
            if later:
                self._presenter.select(later[0])
                return True
        return super().focusNextPrevChild(next)

    def _pan(self, dx: float, dy: float) -> None:
        self.show_view(self.view.moved(dx, dy))

    def _step(self, by: int) -> None:
        count = len(self._presenter.places)
        if count:
            selected = self._presenter.selected
            self._presenter.select((selected + by) % count if selected >= 0 else 0 if by > 0 else count - 1)

    def _open_selected(self) -> None:
        if self._presenter.selected >= 0:
            self._presenter.open_control(self._presenter.selected)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            members = self._members_at(QPointF(event.pos()))
            lines = [self._presenter.sentence(row) for row in members[:MEMBERS_LISTED]]
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)
