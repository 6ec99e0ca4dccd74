"""All markers and their labels, painted in one pass from arrays."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen

from hmi.panes.map.label_board import Rect
from hmi.panes.map.lettering import PAD_PX
from hmi.panes.map.marks import Status, together
from hmi.panes.map.paint_tools import see_through
from hmi.panes.map.plan import MARKER_PX, Grouping, Plan
from hmi.panes.map.presenter import MapPresenter
from hmi.panes.map.projection import Viewport
from hmi.panes.map.sheet import Sheet
from hmi.panes.map.sprites import SPRITE_PX, Sprites

RING_PX: Final = MARKER_PX + 8
TARGET_PX: Final = MARKER_PX + 6
"""Side of what a click hits."""
COVER: Final = 0.72
"""How much of the ground a label covers, so that it can be read over pipes and coasts."""


class MarkerLayer:
    """Paints what the presenter says at the places of the plan."""

    def __init__(self, presenter: MapPresenter) -> None:
        self._presenter = presenter
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

    def paint(self, sheet: Sheet, sprites: Sprites, *, is_lit: bool) -> None:
        """Paint the labels, then the markers over them, the selected one on top.

        is_lit: False in the dark half of a flash.
        """
        grouping = sheet.plan.grouping
        shown = visible(sheet.plan, sheet.view)
        statuses = self.statuses(grouping)
        selected = self._presenter.selected
        chosen = int(grouping.of_row[selected]) if selected >= 0 else -1
        shown.sort(key=lambda item: item[0] == chosen)
        for number, x, y in shown:
            members = grouping.members[number]
            if len(members) > 1:
                _paint_counts(sheet, sprites, statuses[number], number, x, y)
            elif number in sheet.plan.labels or number == chosen:
                self._paint_label(sheet, members[0], number, x, y)
        half = SPRITE_PX / 2
        for number, x, y in shown:
            members, status = grouping.members[number], statuses[number]
            lit = is_lit or not status.flashes
            if number == chosen:
                _paint_ring(sheet, x, y)
            kind = self._presenter.places.stations[members[0]].kind
            picture = (
                sprites.station(kind, status, lit) if len(members) == 1 else sprites.group(len(members), status, lit)
            )
            sheet.painter.drawPixmap(QPointF(round(x) - half, round(y) - half), picture)

    def _paint_label(self, sheet: Sheet, row: int, number: int, x: float, y: float) -> None:
        """Write name and value towards the marker: what is left of it ends beside it."""
        station, value = self._presenter.places.stations[row], self._presenter.values[row]
        lettering = sheet.lettering
        room = sheet.plan.labels.get(number)
        is_over_pipe = room is None or number in sheet.plan.covers
        if room is None:
            # The selected station has its name even where there is no room for it.
            width, height = lettering.station_label(station)
            room = Rect(MARKER_PX / 2 + 8, -height / 2, width, height)
        share = 0.0 if room.x > 0 else 1.0 if room.x + room.width < 0 else 0.5
        widths = lettering.name.width(station.name), lettering.value_width(value) if value else 0.0
        inner = room.width - 2 * PAD_PX
        left, top = x + room.x, y + room.y
        if is_over_pipe:
            width = max(widths)
            _cover(sheet, QRectF(left + (inner - width) * share, top, width + 2 * PAD_PX, room.height))
        name_left, value_left = (left + PAD_PX + (inner - width) * share for width in widths)
        lettering.name.draw(sheet.painter, sheet.tokens.text, name_left, top, station.name)
        if value is not None:
            lettering.draw_value(sheet.painter, sheet.tokens, value_left, top + lettering.name.height - 1, value)


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


def _paint_counts(sheet: Sheet, sprites: Sprites, status: Status, number: int, x: float, y: float) -> None:
    room = sheet.plan.labels.get(number)
    if room is None or not any(status.counts):
        return
    picture = sprites.counts(status)
    width = picture.width() / picture.devicePixelRatio()
    left = room.x if room.x > 0 else room.x + room.width - width
    at = QRectF(round(x + left), round(y + room.y), width, room.height)
    if number in sheet.plan.covers:
        _cover(sheet, at)
    sheet.painter.drawPixmap(at.topLeft(), picture)


def _paint_ring(sheet: Sheet, x: float, y: float) -> None:
    sheet.painter.setPen(QPen(QColor(sheet.tokens.focus), 3))
    sheet.painter.setBrush(Qt.BrushStyle.NoBrush)
    sheet.painter.drawRoundedRect(QRectF(round(x) - RING_PX / 2, round(y) - RING_PX / 2, RING_PX, RING_PX), 9, 9)


def _cover(sheet: Sheet, at: QRectF) -> None:
    sheet.painter.setPen(Qt.PenStyle.NoPen)
    sheet.painter.setBrush(see_through(sheet.tokens.land, COVER))
    sheet.painter.drawRoundedRect(at, 3, 3)
