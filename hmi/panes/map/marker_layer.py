"""All markers and their labels, painted in one pass from arrays."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hmi.panes.map.label_board import Rect
from hmi.panes.map.lettering import PAD_PX, MapLettering
from hmi.panes.map.marks import Status, together
from hmi.panes.map.paint_tools import see_through
from hmi.panes.map.plan import MARKER_PX, Grouping, Plan
from hmi.panes.map.presenter import MapPresenter
from hmi.panes.map.projection import Viewport
from hmi.panes.map.sprites import SPRITE_PX, Sprites
from hmi.ui.theme import Tokens

RING_PX: Final = MARKER_PX + 8
TARGET_PX: Final = MARKER_PX + 6
"""Side of what a click hits."""
COVER: Final = 0.72
"""How much of the ground a label covers, so that it can be read over pipes and coasts."""


class MarkerLayer:
    """Paints what the presenter says at the places of the plan."""

    def __init__(self, presenter: MapPresenter, lettering: MapLettering) -> None:
        self._presenter = presenter
        self._lettering = lettering
        self._grouping: Grouping | None = None
        self._known: tuple[Status, ...] = ()
        self._statuses: list[Status] = []

    def statuses(self, grouping: Grouping) -> list[Status]:
        """Return how each group stands."""
        if grouping is not self._grouping or self._presenter.statuses is not self._known:
            self._grouping, self._known = grouping, self._presenter.statuses
            self._statuses = [
                self._known[members[0]] if len(members) == 1 else together(self._known[row] for row in members)
                for members in grouping.members
            ]
        return self._statuses

    def flashes(self, plan: Plan, view: Viewport) -> bool:
        """Return whether a marker in the view has an alarm that nobody has acknowledged."""
        statuses = self.statuses(plan.grouping)
        return any(statuses[number].flashes for number, _x, _y in visible(plan, view))

    def paint(
        self, painter: QPainter, tokens: Tokens, view: Viewport, plan: Plan, sprites: Sprites, is_lit: bool
    ) -> None:
        """Paint the labels, then the markers over them, the selected one on top."""
        shown = visible(plan, view)
        statuses = self.statuses(plan.grouping)
        selected = self._presenter.selected
        chosen = int(plan.grouping.of_row[selected]) if selected >= 0 else -1
        shown.sort(key=lambda item: item[0] == chosen)
        for number, x, y in shown:
            self._paint_label(painter, tokens, plan, sprites, number, x, y, is_chosen=number == chosen)
        half = SPRITE_PX / 2
        for number, x, y in shown:
            members, status = plan.grouping.members[number], statuses[number]
            lit = is_lit or not status.flashes
            if number == chosen:
                _paint_ring(painter, tokens, x, y)
            picture = (
                sprites.station(self._presenter.places[members[0]].kind, status, lit)
                if len(members) == 1
                else sprites.group(len(members), status, lit)
            )
            painter.drawPixmap(QPointF(round(x) - half, round(y) - half), picture)

    def _paint_label(
        self,
        painter: QPainter,
        tokens: Tokens,
        plan: Plan,
        sprites: Sprites,
        number: int,
        x: float,
        y: float,
        *,
        is_chosen: bool,
    ) -> None:
        members = plan.grouping.members[number]
        room = plan.labels.get(number)
        if len(members) > 1:
            counts = self._statuses[number].counts
            if room is not None and any(counts):
                picture = sprites.counts(counts)
                width = picture.width() / picture.devicePixelRatio()
                left = room.x if room.x > 0 else room.x + room.width - width
                at = QRectF(x + left, y + room.y, width, room.height)
                _cover(painter, tokens, at)
                painter.drawPixmap(at.topLeft(), picture)
            return
        if room is None and not is_chosen:
            return
        row = members[0]
        forced = room is None
        if room is None:
            width, height = self._lettering.station_label(self._presenter.places[row])
            room = Rect(MARKER_PX / 2 + 8, -height / 2, width, height)
        self._paint_text(painter, tokens, room, x, y, row, is_over_pipe=number in plan.covers or forced)

    def _paint_text(
        self, painter: QPainter, tokens: Tokens, room: Rect, x: float, y: float, row: int, *, is_over_pipe: bool
    ) -> None:
        """Write name and value towards the marker: what is left of it ends beside it."""
        name, value = self._presenter.places[row].name, self._presenter.values[row]
        widths = (self._lettering.name.width(name), self._lettering.value_width(value) if value else 0.0)
        share = 0.0 if room.x > 0 else 1.0 if room.x + room.width < 0 else 0.5
        left, top = x + room.x, y + room.y
        inner = room.width - 2 * PAD_PX
        width = max(widths)
        if is_over_pipe:
            _cover(painter, tokens, QRectF(left + (inner - width) * share, top, width + 2 * PAD_PX, room.height))
        self._lettering.name.draw(painter, tokens.text, left + PAD_PX + (inner - widths[0]) * share, top, name)
        if value is not None:
            below = top + self._lettering.name.height - 1
            self._lettering.draw_value(painter, tokens, left + PAD_PX + (inner - widths[1]) * share, below, value)


def visible(plan: Plan, view: Viewport) -> list[tuple[int, float, float]]:
    """Return number and place of each marker that can be seen."""
    screen = view.to_screen(plan.grouping.middle)
    room = np.array([view.width, view.height]) / 2
    inside = (np.abs(screen - room) < room + SPRITE_PX * 3).all(axis=1)
    numbers = np.flatnonzero(inside)
    return list(zip(numbers.tolist(), screen[numbers, 0].tolist(), screen[numbers, 1].tolist(), strict=True))


def hit(plan: Plan, view: Viewport, px: float, py: float) -> int:
    """Return the marker under a pixel, −1 for none."""
    found = [
        (abs(x - px) + abs(y - py), number)
        for number, x, y in visible(plan, view)
        if max(abs(x - px), abs(y - py)) <= TARGET_PX / 2
    ]
    return min(found)[1] if found else -1


def _paint_ring(painter: QPainter, tokens: Tokens, x: float, y: float) -> None:
    painter.setPen(QPen(QColor(tokens.focus), 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(round(x) - RING_PX / 2, round(y) - RING_PX / 2, RING_PX, RING_PX), 9, 9)


def _cover(painter: QPainter, tokens: Tokens, at: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(see_through(tokens.land, COVER))
    painter.drawRoundedRect(at, 3, 3)
