"""The symbols: alarm priority, bad quality, link state, kind of station. The same ones everywhere, drawn as paths.

A meaning is never colour alone: every alarm symbol has its own shape and number (ISA-101, 5.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from drivers.api import LinkState
from hmi.domain.alarms import UNACKNOWLEDGED_STATES, AlarmState, Priority
from hmi.domain.plant import StationKind
from hmi.ui.theme import Tokens

OUTLINE: Final = 1.5
HIDDEN_LETTERS: Final = {AlarmState.SHLVD: "S", AlarmState.DSUPR: "D", AlarmState.OOSRV: "O"}
RING: Final = 2.0
"""Width of an acknowledged alarm's coloured ring, where there is room for it."""


def draw_alarm(
    painter: QPainter, tokens: Tokens, at: QRectF, priority: Priority, state: AlarmState, *, is_lit: bool = True
) -> None:
    """Draw an alarm's symbol: filled while unacknowledged, hollow when acknowledged.

    A hidden alarm (shelved, suppressed by design, out of service) is grey with its letter S, D or O. is_lit: False in
    the dark half of a flash; only unacknowledged symbols flash.
    """
    if state in HIDDEN_LETTERS:
        _draw_hidden(painter, tokens, at, priority, HIDDEN_LETTERS[state])
        return
    is_unacknowledged = state in UNACKNOWLEDGED_STATES
    fill = tokens.fill(priority)
    path = _priority_path(priority, at)
    # A coloured ring alone, yellow above all, has too little contrast with a light ground: the dark edge stays.
    ring = min(RING, at.width() * 0.11)
    width = OUTLINE if is_unacknowledged else ring + OUTLINE
    painter.setPen(QPen(QColor(tokens.text), width, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(fill if is_unacknowledged and is_lit else QColor(tokens.card))
    painter.drawPath(path)
    if not is_unacknowledged:
        painter.strokePath(path, QPen(fill, ring, j=Qt.PenJoinStyle.RoundJoin))
    glyph = QColor("#FFFFFF" if priority in (Priority.CRITICAL, Priority.LOW) else "#1F2429")
    if tokens.name == "dark":
        glyph = QColor("#10161B")
    if not (is_unacknowledged and is_lit):
        glyph = QColor(tokens.text)
    _draw_glyph(painter, _glyph_box(priority, at), str(int(priority)), glyph)


def _draw_hidden(painter: QPainter, tokens: Tokens, at: QRectF, priority: Priority, letter: str) -> None:
    painter.setPen(QPen(QColor(tokens.hidden), RING, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(tokens.card))
    painter.drawPath(_priority_path(priority, at))
    _draw_glyph(painter, _glyph_box(priority, at), letter, QColor(tokens.text))


def draw_bad_quality(painter: QPainter, tokens: Tokens, at: QRectF) -> None:
    """Draw the diamond with a question mark: the value beside it is not to be trusted."""
    painter.setPen(QPen(QColor(tokens.text), OUTLINE))
    painter.setBrush(QColor(tokens.bad_fill))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(at.center().x(), at.top()),
                QPointF(at.right(), at.center().y()),
                QPointF(at.center().x(), at.bottom()),
                QPointF(at.left(), at.center().y()),
            ]
        )
    )
    _draw_glyph(painter, at, "?", QColor("#FFFFFF" if tokens.name == "light" else "#10161B"))


def draw_link(painter: QPainter, tokens: Tokens, at: QRectF, state: LinkState) -> None:
    """Draw a link's state: a whole ring up, a broken one while connecting, a crossed one down, a dash disabled."""
    width = min(2.0, max(1.3, at.width() * 0.15))
    if state in (LinkState.UP, LinkState.DEGRADED):
        painter.setPen(QPen(QColor(tokens.outline), width))
        painter.setBrush(QColor(tokens.on) if state is LinkState.UP else QColor(tokens.band))
        painter.drawEllipse(at)
        return
    colour = QColor(tokens.bad_fill if state is LinkState.DOWN else tokens.outline)
    style = Qt.PenStyle.DotLine if state is LinkState.CONNECTING else Qt.PenStyle.SolidLine
    painter.setPen(QPen(colour, width, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at)
    if state is LinkState.DOWN:
        inner = at.adjusted(at.width() * 0.2, at.height() * 0.2, -at.width() * 0.2, -at.height() * 0.2)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif state is LinkState.DISABLED:
        painter.drawLine(QPointF(at.left(), at.center().y()), QPointF(at.right(), at.center().y()))


def draw_station(painter: QPainter, tokens: Tokens, at: QRectF, kind: StationKind) -> None:
    """Draw a station kind's sign in outline colour inside a square."""
    painter.save()
    painter.translate(at.left(), at.top())
    painter.scale(at.width(), at.height())
    pen = QPen(QColor(tokens.text), 0.08)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_station_path(kind))
    painter.restore()


def draw_bell(painter: QPainter, tokens: Tokens, at: QRectF) -> None:
    """Draw a bell: what called while nobody looked."""
    painter.save()
    painter.translate(at.left(), at.top())
    painter.scale(at.width(), at.height())
    pen = QPen(QColor(tokens.text), 0.1, j=Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(0.12, 0.74))
    path.cubicTo(0.3, 0.62, 0.18, 0.16, 0.5, 0.12)
    path.cubicTo(0.82, 0.16, 0.7, 0.62, 0.88, 0.74)
    path.closeSubpath()
    painter.drawPath(path)
    painter.drawArc(QRectF(0.38, 0.74, 0.24, 0.2), 180 * 16, 180 * 16)
    painter.restore()


def icon(draw: Callable[[QPainter, QRectF], None], size: int = 18, scale: float = 2.0) -> QIcon:
    """Return an icon from a drawing, `scale` times finer than its nominal size for dense screens."""
    picture = pixmap(draw, QSize(size, size), scale)
    found = QIcon(picture)
    # Qt would tint it on a selected row, and a tinted alarm symbol looks like another one.
    found.addPixmap(picture, QIcon.Mode.Selected)
    return found


def pixmap(draw: Callable[[QPainter, QRectF], None], size: QSize, scale: float = 2.0) -> QPixmap:
    """Return a picture of a drawing on nothing."""
    picture = QPixmap(size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter, QRectF(1.5, 1.5, size.width() - 3, size.height() - 3))
    painter.end()
    return picture


@lru_cache(maxsize=512)
def alarm_icon(tokens: Tokens, priority: Priority, state: AlarmState, is_lit: bool = True, size: int = 18) -> QIcon:
    """Return an alarm's symbol as an icon."""
    return icon(lambda painter, at: draw_alarm(painter, tokens, at, priority, state, is_lit=is_lit), size)


@lru_cache(maxsize=64)
def link_icon(tokens: Tokens, state: LinkState, size: int = 14) -> QIcon:
    """Return a link state's symbol as an icon."""
    return icon(lambda painter, at: draw_link(painter, tokens, at, state), size)


@lru_cache(maxsize=64)
def station_icon(tokens: Tokens, kind: StationKind, size: int = 20) -> QIcon:
    """Return a station kind's sign as an icon."""
    return icon(lambda painter, at: draw_station(painter, tokens, at, kind), size)


@lru_cache(maxsize=4)
def bell_icon(tokens: Tokens, size: int = 18) -> QIcon:
    """Return the bell as an icon."""
    return icon(lambda painter, at: draw_bell(painter, tokens, at), size)


@lru_cache(maxsize=16)
def quality_icon(tokens: Tokens, size: int = 16) -> QIcon:
    """Return the bad-quality diamond as an icon."""
    return icon(lambda painter, at: draw_bad_quality(painter, tokens, at), size)


def _draw_glyph(painter: QPainter, at: QRectF, glyph: str, colour: QColor) -> None:
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(max(7, round(at.height() * 0.72)))
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(at, Qt.AlignmentFlag.AlignCenter, glyph)


def _priority_path(priority: Priority, at: QRectF) -> QPainterPath:
    path = QPainterPath()
    if priority is Priority.LOW:
        path.addEllipse(at)
        return path
    if priority is Priority.CRITICAL:
        path.addRect(at)
        return path
    # A triangle looks smaller than a square of its size.
    at = at.adjusted(-at.width() * 0.04, -at.height() * 0.04, at.width() * 0.04, at.height() * 0.04)
    if priority is Priority.HIGH:
        path.addPolygon(QPolygonF([QPointF(at.center().x(), at.top()), at.bottomRight(), at.bottomLeft()]))
    else:
        path.addPolygon(QPolygonF([at.topLeft(), at.topRight(), QPointF(at.center().x(), at.bottom())]))
    path.closeSubpath()
    return path


def _glyph_box(priority: Priority, at: QRectF) -> QRectF:
    """Return where a shape has room for its number: a triangle's is off its middle."""
    shift = {Priority.HIGH: 0.28, Priority.MEDIUM: -0.06}.get(priority)
    if shift is None:
        return at
    return QRectF(at.left(), at.top() + at.height() * shift, at.width(), at.height() * 0.78)


def _polyline(path: QPainterPath, points: Sequence[tuple[float, float]]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


@lru_cache(maxsize=32)
def _station_path(kind: StationKind) -> QPainterPath:
    """Return a sign in a square of side one."""
    path = QPainterPath()
    _SIGNS.get(kind, _other)(path)
    return path


def _borehole(path: QPainterPath) -> None:
    _polyline(path, [(0.1, 0.42), (0.34, 0.42), (0.34, 0.94)])
    _polyline(path, [(0.9, 0.42), (0.66, 0.42), (0.66, 0.94)])
    _polyline(path, [(0.5, 0.84), (0.5, 0.08)])
    _polyline(path, [(0.32, 0.26), (0.5, 0.08), (0.68, 0.26)])


def _solar_borehole(path: QPainterPath) -> None:
    path.addEllipse(QRectF(0.1, 0.12, 0.24, 0.24))
    for x, y, dx, dy in (
        (0.22, 0.02, 0, -0.02),
        (0.0, 0.24, -0.02, 0),
        (0.22, 0.46, 0, 0.04),
        (0.06, 0.4, -0.03, 0.03),
    ):
        _polyline(path, [(x, y), (x + dx, y + dy)])
    _polyline(path, [(0.38, 0.54), (0.52, 0.54), (0.52, 0.96)])
    _polyline(path, [(1.0, 0.54), (0.86, 0.54), (0.86, 0.96)])
    _polyline(path, [(0.69, 0.88), (0.69, 0.2)])
    _polyline(path, [(0.54, 0.36), (0.69, 0.2), (0.84, 0.36)])


def _treatment(path: QPainterPath) -> None:
    path.addRect(QRectF(0.08, 0.3, 0.84, 0.6))
    _polyline(path, [(0.36, 0.3), (0.36, 0.9)])
    _polyline(path, [(0.64, 0.3), (0.64, 0.9)])
    _polyline(path, [(0.08, 0.46), (0.92, 0.46)])
    _polyline(path, [(0.2, 0.14), (0.2, 0.24)])
    _polyline(path, [(0.5, 0.14), (0.5, 0.24)])
    _polyline(path, [(0.8, 0.14), (0.8, 0.24)])


def _booster(path: QPainterPath) -> None:
    path.addEllipse(QRectF(0.12, 0.12, 0.76, 0.76))
    _polyline(path, [(0.34, 0.18), (0.87, 0.5), (0.34, 0.82)])
    _polyline(path, [(-0.02, 0.5), (0.12, 0.5)])
    _polyline(path, [(0.88, 0.5), (1.02, 0.5)])


def _elevated_reservoir(path: QPainterPath) -> None:
    path.addRect(QRectF(0.18, 0.08, 0.64, 0.42))
    _polyline(path, [(0.18, 0.28), (0.82, 0.28)])
    _polyline(path, [(0.3, 0.5), (0.22, 0.94)])
    _polyline(path, [(0.7, 0.5), (0.78, 0.94)])
    _polyline(path, [(0.26, 0.74), (0.74, 0.74)])


def _ground_reservoir(path: QPainterPath) -> None:
    _polyline(path, [(0.08, 0.36), (0.08, 0.86), (0.92, 0.86), (0.92, 0.36)])
    _polyline(path, [(0.02, 0.36), (0.5, 0.14), (0.98, 0.36)])
    _polyline(path, [(0.08, 0.56), (0.3, 0.5), (0.5, 0.56), (0.7, 0.5), (0.92, 0.56)])


def _chlorination(path: QPainterPath) -> None:
    path.moveTo(0.5, 0.06)
    path.cubicTo(0.72, 0.38, 0.84, 0.52, 0.84, 0.66)
    path.cubicTo(0.84, 1.0, 0.16, 1.0, 0.16, 0.66)
    path.cubicTo(0.16, 0.52, 0.28, 0.38, 0.5, 0.06)
    _polyline(path, [(0.5, 0.48), (0.5, 0.8)])
    _polyline(path, [(0.34, 0.64), (0.66, 0.64)])


def _press(path: QPainterPath) -> None:
    _polyline(path, [(0.12, 0.94), (0.12, 0.08), (0.88, 0.08), (0.88, 0.94)])
    _polyline(path, [(0.02, 0.94), (0.98, 0.94)])
    path.addRect(QRectF(0.28, 0.46, 0.44, 0.14))
    _polyline(path, [(0.5, 0.08), (0.5, 0.46)])
    path.addRect(QRectF(0.28, 0.76, 0.44, 0.18))


def _packaging(path: QPainterPath) -> None:
    path.addRect(QRectF(0.28, 0.2, 0.44, 0.4))
    _polyline(path, [(0.28, 0.34), (0.72, 0.34)])
    _polyline(path, [(0.5, 0.2), (0.5, 0.34)])
    _polyline(path, [(0.04, 0.68), (0.96, 0.68)])
    path.addEllipse(QRectF(0.14, 0.72, 0.18, 0.18))
    path.addEllipse(QRectF(0.41, 0.72, 0.18, 0.18))
    path.addEllipse(QRectF(0.68, 0.72, 0.18, 0.18))


def _other(path: QPainterPath) -> None:
    path.addRect(QRectF(0.2, 0.2, 0.6, 0.6))


_SIGNS: Final[dict[StationKind, Callable[[QPainterPath], None]]] = {
    StationKind.BOREHOLE: _borehole,
    StationKind.SOLAR_BOREHOLE: _solar_borehole,
    StationKind.TREATMENT: _treatment,
    StationKind.BOOSTER: _booster,
    StationKind.ELEVATED_RESERVOIR: _elevated_reservoir,
    StationKind.GROUND_RESERVOIR: _ground_reservoir,
    StationKind.CHLORINATION: _chlorination,
    StationKind.PRESS: _press,
    StationKind.PACKAGING: _packaging,
    StationKind.OTHER: _other,
}
