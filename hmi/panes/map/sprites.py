"""Markers as small pictures, made once for each look: a frame then only copies them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.plant import StationKind
from hmi.panes.map.lettering import COUNT_PX, PAD_PX, MapLettering
from hmi.panes.map.marks import NO_COUNTS, AlarmMark, Status
from hmi.panes.map.plan import MARKER_PX
from hmi.ui.symbols import draw_alarm, draw_bad_quality, draw_link, draw_station
from hmi.ui.theme import Tokens

SPRITE_PX: Final = 58
"""Side of a marker's picture, its middle the place it stands for."""
CORNER_PX: Final = 13
"""From the middle to the middle of a corner's symbol, each way."""
SIGN_PX: Final = 21
ALARM_PX: Final = 17
COUNT_SIGN_PX: Final = 13
LINK_PX: Final = 10
DIAMOND_PX: Final = 15
ROUND_PX: Final = 6
COUNT_ASIDE: Final = QPointF(-2.5, 2)
"""Moves a group's number out from under the alarm's symbol."""
SPRITES_KEPT: Final = 3000
CUT_OFF_SHARE: Final = 0.4
"""How much of a station's sign is left when its link is down."""

_Key: TypeAlias = tuple[object, ...]


class Sprites:
    """Pictures of one look, at one fineness."""

    def __init__(self, tokens: Tokens, scale: float, lettering: MapLettering) -> None:
        self._tokens = tokens
        self._scale = scale
        self._lettering = lettering
        self._made: dict[_Key, QPixmap] = {}

    def station(self, kind: StationKind, status: Status, is_lit: bool) -> QPixmap:
        """Return a station's marker."""
        # Counts are not on the marker of one station; without them more stations look alike.
        look = replace(status, counts=NO_COUNTS, unacknowledged=NO_COUNTS)

        def draw(painter: QPainter) -> None:
            self._card(painter, look)
            painter.setOpacity(CUT_OFF_SHARE if look.is_cut_off else 1)
            draw_station(painter, self._tokens, _square(SIGN_PX), kind)
            painter.setOpacity(1)
            self._corners(painter, look, is_lit)

        return self._kept((kind, look, is_lit), SPRITE_PX, SPRITE_PX, draw)

    def group(self, count: int, status: Status, is_lit: bool) -> QPixmap:
        """Return the marker of so many stations."""
        look = replace(status, counts=NO_COUNTS, unacknowledged=NO_COUNTS)

        def draw(painter: QPainter) -> None:
            painter.setPen(QPen(QColor(self._tokens.outline), 1.2))
            painter.setBrush(QColor(self._tokens.panel))
            painter.drawRoundedRect(_square(MARKER_PX).translated(3, 3), ROUND_PX, ROUND_PX)
            self._card(painter, Status(), is_whole=True)
            painter.setFont(self._lettering.count.font)
            painter.setPen(QColor(self._tokens.text))
            aside = COUNT_ASIDE if look.alarm is not None else QPointF()
            painter.drawText(_square(MARKER_PX).translated(aside), Qt.AlignmentFlag.AlignCenter, str(count))
            self._corners(painter, look, is_lit)

        return self._kept((count, look, is_lit), SPRITE_PX, SPRITE_PX, draw)

    def counts(self, status: Status) -> QPixmap:
        """Return how many alarms of each priority stand, the most urgent two that there are."""
        shown = [
            (Priority(place), count, AlarmState.UNACK if waiting else AlarmState.ACKED)
            for place, (count, waiting) in enumerate(zip(status.counts, status.unacknowledged, strict=True), 1)
            if count
        ][:2]
        width, height = self._lettering.counts_label(len(shown))

        def draw(painter: QPainter) -> None:
            painter.translate(-width / 2, -height / 2)
            for place, (priority, count, state) in enumerate(shown):
                x = PAD_PX + place * COUNT_PX
                symbol = QRectF(x, (height - COUNT_SIGN_PX) / 2, COUNT_SIGN_PX, COUNT_SIGN_PX)
                draw_alarm(painter, self._tokens, symbol, priority, state)
                number = f"{count}" if count < 100 else "99+"
                self._lettering.number.draw(painter, self._tokens.text, x + COUNT_SIGN_PX + 3, 1, number)

        return self._kept(tuple(shown), round(width), round(height), draw)

    def _card(self, painter: QPainter, status: Status, *, is_whole: bool = False) -> None:
        is_dashed = status.is_cut_off and not is_whole
        pen = QPen(
            QColor(self._tokens.outline), 1.2, Qt.PenStyle.CustomDashLine if is_dashed else Qt.PenStyle.SolidLine
        )
        if is_dashed:
            pen.setDashPattern([3, 2.4])
        painter.setPen(pen)
        painter.setBrush(QColor(self._tokens.panel if is_dashed else self._tokens.card))
        painter.drawRoundedRect(_square(MARKER_PX), ROUND_PX, ROUND_PX)

    def _corners(self, painter: QPainter, status: Status, is_lit: bool) -> None:
        """Draw the link at the lower right, the alarm at the upper right, bad quality at the lower left."""
        link = _square(LINK_PX).translated(CORNER_PX, CORNER_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.card))
        painter.drawEllipse(link.adjusted(-2, -2, 2, 2))
        draw_link(painter, self._tokens, link, status.link)
        if status.is_cut_off:
            at = _square(DIAMOND_PX).translated(-CORNER_PX, CORNER_PX)
            draw_bad_quality(painter, self._tokens, at)
        if status.alarm is not None:
            self._alarm(painter, status.alarm, is_lit)

    def _alarm(self, painter: QPainter, alarm: AlarmMark, is_lit: bool) -> None:
        at = _square(ALARM_PX).translated(CORNER_PX, -CORNER_PX)
        draw_alarm(painter, self._tokens, at, alarm.priority, alarm.state, is_lit=is_lit)

    def _kept(self, key: _Key, width: int, height: int, draw: Callable[[QPainter], None]) -> QPixmap:
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= SPRITES_KEPT:
                self._made.clear()
            found = QPixmap(round(width * self._scale), round(height * self._scale))
            found.setDevicePixelRatio(self._scale)
            found.fill(Qt.GlobalColor.transparent)
            with QPainter(found) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(QPointF(width / 2, height / 2))
                draw(painter)
            self._made[key] = found
        return found


def _square(side: float) -> QRectF:
    """Return a square around the middle."""
    return QRectF(-side / 2, -side / 2, side, side)
