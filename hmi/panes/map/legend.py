"""The legend: every sign that is on the map, with its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from drivers.api import LinkState
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.domain.plant import StationKind
from hmi.ui.label import Label
from hmi.ui.symbols import draw_alarm, draw_bad_quality, draw_link, draw_station, pixmap
from hmi.ui.theme import Tokens
from hmi.ui.words import link_text

SIGN: Final = QSize(22, 22)
PIPE: Final = QSize(34, 22)

Draw = Callable[[QPainter, QRectF], None]


class Legend(QFrame):
    """Shows the signs in two columns; `show_for` makes it anew for a look and the kinds that the plant has."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Legend of the map"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 14, 10)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)

    def show_for(self, tokens: Tokens, kinds: Iterable[StationKind]) -> None:
        """Fill the legend."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._column(0, [(tr("Stations"), None), *_stations(tokens, kinds), (tr("Pipes"), None), *_pipes(tokens)])
        self._column(2, [(tr("Alarms"), None), *_alarms(tokens), (tr("Links"), None), *_links(tokens)])

    def _column(self, column: int, rows: Iterable[tuple[str, tuple[Draw, QSize] | None]]) -> None:
        for row, (text, sign) in enumerate(rows):
            label = Label(text)
            if sign is None:
                label.setProperty("kind", "heading")
                self._grid.addWidget(label, row, column, 1, 2)
                continue
            picture = Label()
            picture.setPixmap(pixmap(*sign))
            self._grid.addWidget(picture, row, column, Qt.AlignmentFlag.AlignCenter)
            self._grid.addWidget(label, row, column + 1)


def _stations(tokens: Tokens, kinds: Iterable[StationKind]) -> list[tuple[str, tuple[Draw, QSize]]]:
    present = set(kinds)

    def sign(kind: StationKind) -> Draw:
        return lambda painter, at: draw_station(painter, tokens, at, kind)

    return [(kind_text(kind), (sign(kind), SIGN)) for kind in StationKind if kind in present]


def _alarms(tokens: Tokens) -> list[tuple[str, tuple[Draw, QSize]]]:
    names = (tr("Critical"), tr("High"), tr("Medium"), tr("Low"))

    def sign(priority: Priority, state: AlarmState) -> Draw:
        return lambda painter, at: draw_alarm(painter, tokens, at.adjusted(2, 2, -2, -2), priority, state)

    rows = [(name, (sign(priority, AlarmState.UNACK), SIGN)) for name, priority in zip(names, Priority, strict=True)]
    return [
        *rows,
        (tr("Acknowledged: hollow"), (sign(Priority.HIGH, AlarmState.ACKED), SIGN)),
        (tr("Not to be trusted"), (lambda painter, at: draw_bad_quality(painter, tokens, at), SIGN)),
    ]


def _links(tokens: Tokens) -> list[tuple[str, tuple[Draw, QSize]]]:
    def sign(state: LinkState) -> Draw:
        return lambda painter, at: draw_link(painter, tokens, at.adjusted(4, 4, -4, -4), state)

    order = (LinkState.UP, LinkState.DEGRADED, LinkState.CONNECTING, LinkState.DOWN, LinkState.DISABLED)
    return [(link_text(state), (sign(state), SIGN)) for state in order]


def _pipes(tokens: Tokens) -> list[tuple[str, tuple[Draw, QSize]]]:
    def line(*strokes: tuple[str, float, Qt.PenStyle]) -> Draw:
        def draw(painter: QPainter, at: QRectF) -> None:
            y = at.center().y()
            for colour, width, style in strokes:
                painter.setPen(QPen(QColor(colour), width, style))
                painter.drawLine(QPointF(at.left(), y), QPointF(at.right(), y))

        return draw

    solid = Qt.PenStyle.SolidLine
    return [
        (tr("Flowing"), (line((tokens.outline, 6.4, solid), (tokens.on, 4, solid)), PIPE)),
        (tr("Not flowing"), (line((tokens.off, 1.8, solid)), PIPE)),
        (tr("Flow not known"), (line((tokens.off, 1.8, Qt.PenStyle.DashLine)), PIPE)),
    ]


def kind_text(kind: StationKind) -> str:
    """Return what a kind of station is called."""
    return {
        StationKind.BOREHOLE: tr("Borehole"),
        StationKind.SOLAR_BOREHOLE: tr("Solar borehole"),
        StationKind.TREATMENT: tr("Treatment works"),
        StationKind.BOOSTER: tr("Booster"),
        StationKind.ELEVATED_RESERVOIR: tr("Water tower"),
        StationKind.GROUND_RESERVOIR: tr("Ground reservoir"),
        StationKind.CHLORINATION: tr("Chlorination"),
        StationKind.PRESS: tr("Press"),
        StationKind.PACKAGING: tr("Packaging line"),
        StationKind.OTHER: tr("Other station"),
    }[kind]
