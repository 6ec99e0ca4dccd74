"""The canvas with mouse and keys: gestures become moves of the view and wishes to the presenter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from hmi.panes.map.canvas import EDGE_PX, FIT_PADDING_PX, MapCanvas
from hmi.panes.map.marker_layer import hit
from hmi.panes.map.menus import group_menu, station_menu
from hmi.panes.map.presenter import MapPresenter
from hmi.panes.map.projection import MAX_ZOOM, to_degrees
from hmi.ui.label import tip
from hmi.ui.theme import Theme

WHEEL_STEP: Final = 0.5
KEY_PAN_PX: Final = 80
MEMBERS_LISTED: Final = 24
GROUND: Final = -1
GROUP: Final = -2
"""What the last click hit when it was not one station."""
BY_KEYBOARD: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class SteeredMap(MapCanvas):
    """The map that an operator moves. spot_chosen: latitude and longitude, while `is_choosing`."""

    spot_chosen = Signal(float, float)
    spot_refused = Signal()

    def __init__(self, presenter: MapPresenter, theme: Theme, fail: Callable[[Exception], None]) -> None:
        super().__init__(presenter, theme, fail)
        self._pressed_at: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._clicked = GROUND
        self.is_choosing = False
        self._keys = self._make_keys()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

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
            self._hint(event.position())
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
        if self.is_choosing:
            return
        members = self._members_at(event.position())
        # The first click of the two may have zoomed into a group: what lies there now was not meant.
        if len(members) == 1 and members[0] == self._clicked:
            self._presenter.open_control(members[0])
        elif not members and self._clicked == GROUND:
            self.zoom_by(1, event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        selected = self._presenter.selected
        if event.reason() is QContextMenuEvent.Reason.Keyboard and selected >= 0:
            self._menu((selected,), event.globalPos())
        else:
            self._menu(self._members_at(QPointF(event.pos())), event.globalPos())

    def choose(self, at: QPointF) -> None:
        """Hand over the spot that is shown there."""
        longitude, latitude = to_degrees(*self.view.at(at.x(), at.y()))
        self.spot_chosen.emit(latitude, (longitude + 180) % 360 - 180)

    def _click(self, at: QPointF) -> None:
        if self.is_choosing:
            self.choose(at)
            return
        members = self._members_at(at)
        self._clicked = members[0] if len(members) == 1 else GROUP if members else GROUND
        if len(members) == 1:
            self._presenter.select(members[0])
        elif members:
            self._open_group(members, at)

    def _open_group(self, members: tuple[int, ...], at: QPointF) -> None:
        """Zoom in to a group; where its stations stand on one spot, list them."""
        points = self._presenter.places.positions[list(members)]
        closer = self.view.fitted(points, FIT_PADDING_PX)
        most_px = float(np.ptp(points, axis=0).max()) * self.view.scale * 2 ** (MAX_ZOOM - self.view.zoom)
        if closer.zoom > self.view.zoom + WHEEL_STEP:
            self.show_view(closer)
        elif most_px > 2 * EDGE_PX:
            self.zoom_by(2, at)
        else:
            self._menu(members, self.mapToGlobal(at.toPoint()))

    def _menu(self, members: tuple[int, ...], at: QPoint) -> None:
        if len(members) == 1:
            station_menu(self, self._presenter, members[0]).popup(at)
        elif members:
            group_menu(self, self._presenter, members[:MEMBERS_LISTED]).popup(at)

    def _hint(self, at: QPointF) -> None:
        """Say what is under the mouse; the same is in the labels, the tree and the station's own page."""
        lines = [self._presenter.sentence(row) for row in self._members_at(at)[:MEMBERS_LISTED]]
        self.setToolTip(tip("\n".join(lines)))

    def _members_at(self, at: QPointF) -> tuple[int, ...]:
        plan = self.plan()
        number = hit(plan, self.view, at.x(), at.y())
        return plan.grouping.members[number] if number >= 0 else ()

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _make_keys(self) -> dict[int, Callable[[], None]]:
        key = Qt.Key
        return {
            key.Key_Left: lambda: self._pan(KEY_PAN_PX, 0),
            key.Key_Right: lambda: self._pan(-KEY_PAN_PX, 0),
            key.Key_Up: lambda: self._pan(0, KEY_PAN_PX),
            key.Key_Down: lambda: self._pan(0, -KEY_PAN_PX),
            key.Key_Plus: lambda: self.zoom_by(WHEEL_STEP),
            key.Key_Equal: lambda: self.zoom_by(WHEEL_STEP),
            key.Key_Minus: lambda: self.zoom_by(-WHEEL_STEP),
            key.Key_F: self.fit_all,
            key.Key_Home: self.fit_all,
            key.Key_N: lambda: self._step(1),
            key.Key_P: lambda: self._step(-1),
            key.Key_Return: self._open_selected,
            key.Key_Enter: self._open_selected,
            key.Key_Escape: self._escape,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys.get(event.key())
        if act is None or event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        else:
            act()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  # the name is Qt's
        """Go to the next station in sight; after the last one the focus leaves, so that Tab is never a trap."""
        if self.hasFocus():
            selected, step = self._presenter.selected, 1 if next else -1
            rows = [row for row in range(len(self._presenter.places.stations)) if self.is_inside(row)]
            later = [row for row in rows[::step] if selected < 0 or (row - selected) * step > 0]
            if later:
                self._presenter.select(later[0])
                return True
        return super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.shows_focus = event.reason() in BY_KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.shows_focus = False
        self.update()
        super().focusOutEvent(event)

    def _pan(self, dx: float, dy: float) -> None:
        self.show_view(self.view.moved(dx, dy))

    def _step(self, by: int) -> None:
        count = len(self._presenter.places.stations)
        if count:
            selected = self._presenter.selected
            self._presenter.select((selected + by) % count if selected >= 0 else 0 if by > 0 else count - 1)

    def _escape(self) -> None:
        if self.is_choosing:
            self.spot_refused.emit()
        else:
            self._presenter.select(-1)

    def _open_selected(self) -> None:
        if self.is_choosing:
            self.choose(QPointF(self.view.width / 2, self.view.height / 2))
        elif self._presenter.selected >= 0:
            self._presenter.open_control(self._presenter.selected)
