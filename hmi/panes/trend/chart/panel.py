"""One chart on the board: the chart itself, what its window and cursors are, and its message."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.trend.chart.chart import Chart
from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.ticks import local, zone_text
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.ui.label import Label, tip
from hmi.ui.tag_drag import tags_of
from hmi.ui.theme import Theme
from hmi.ui.words import duration_text

TENTHS_BELOW_US: Final = 300 * SECOND_US
SIDE_PX: Final = 10
RANGE_SHARE: Final = 0.6
"""Of a chart's width that its window's ends may take beside a message."""

HINT: Final = "Add a pen: select a value in the faceplate, type its name above, or drag it here."
SHORT_HINT: Final = "Add a pen: type its name above."


class ChartPanel(QFrame):
    """`activated` when it was clicked or has the focus; `axis_asked` carries the key of an axis."""

    activated = Signal()
    axis_asked = Signal(str)
    resized = Signal()

    def __init__(self, presenter: TrendPresenter, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self.presenter = presenter
        self._theme = theme
        self.chart = Chart(theme)
        self.chart.setAccessibleName(tr("Trend chart"))
        self.range = Label()
        self.range.setProperty("kind", "second")
        self.range.setMinimumWidth(1)  # beside each other, charts are as wide as each other
        self.message = Label()
        # A long sentence is cut rather than the pane widened; the tool tip has all of it.
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.message.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.hint = Label()
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.chart.setAcceptDrops(False)  # what is dropped on the chart comes here
        self.chart.viewport().setAcceptDrops(False)
        self.chart.installEventFilter(self)
        self.chart.viewport().installEventFilter(self)

    def repaint_chart(self) -> None:
        """Draw everything as it is now."""
        presenter = self.presenter
        picture = presenter.draw(self.chart.columns, self.chart.rows, self.chart.most_axes)
        self.chart.show_picture(picture)
        places = {Cursor.A: presenter.cursors.a_us, Cursor.B: presenter.cursors.b_us}
        self.chart.cursors.show(
            {
                cursor: (at_us, f"{cursor} {moment_text(at_us, picture.window)}")
                for cursor, at_us in places.items()
                if at_us is not None
            }
        )
        self.chart.events.show_marks(self._theme.tokens, presenter.overlay.marks(picture.window))
        self._show_range()
        self._say(presenter.message)
        self.hint.setVisible(not len(presenter.pens))
        self._place_hint()

    def show_active(self, is_active: bool) -> None:
        """Mark it as the one that keys and buttons mean; only where there are several."""
        style = f"QFrame#card {{ border: 2px solid {self._theme.tokens.focus}; }}" if is_active else ""
        if style != self.styleSheet():
            self.setStyleSheet(style)

    def restyle(self) -> None:
        """Take the colours of the look in use."""
        self.chart.restyle()
        self.setStyleSheet("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn):
            self.activated.emit()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if tags_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.activated.emit()
        for tag in tags_of(event.mimeData()):
            self.presenter.open(tag)

    def _lay_out(self) -> None:
        self.hint.setParent(self.chart)
        self.hint.setProperty("kind", "second")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(8, 2, 8, 0)
        line.setSpacing(10)
        line.addWidget(self.range)
        line.addWidget(self.message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.chart, 1)

    def _connect(self) -> None:
        presenter, chart = self.presenter, self.chart
        chart.panned.connect(lambda share: presenter.travel.pan(round(share * presenter.window.span_us)))
        chart.zoomed.connect(presenter.travel.zoom)
        chart.clicked.connect(self._put_cursor)
        chart.double_clicked.connect(presenter.travel.fit)
        chart.boxed.connect(lambda left, right, low, high: presenter.zoom_box((left, right), (low, high)))
        chart.axis_wheeled.connect(presenter.zoom_axis)
        chart.axis_freed.connect(lambda key: presenter.travel.set_range(key, None))
        chart.axis_asked.connect(self.axis_asked)
        chart.cursor_dragged.connect(lambda cursor, at_us: presenter.set_cursor(at_us, cursor))
        chart.events.chosen.connect(presenter.show_event)
        chart.resized.connect(self.resized)

    def _show_range(self) -> None:
        """Show the window's ends as long as they fit, and leave the message its share."""
        window = self.presenter.picture.window
        distance = distance_text(self.presenter.cursors.distance_us)
        room = (self.width() - 2 * SIDE_PX) * (RANGE_SHARE if self.presenter.message else 1.0)
        metrics = QFontMetrics(self.range.font())
        texts = [range_text(window) + distance, short_range_text(window) + distance, short_range_text(window)]
        self.range.setText(next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1]))
        self.range.setToolTip(tip(texts[0]))

    def _place_hint(self) -> None:
        """Put the hint inside the frame that the lines would be in, the short one where that is narrow."""
        inside = self.chart.lines_rect.adjusted(8, 4, -8, -4)
        is_narrow = QFontMetrics(self.hint.font()).horizontalAdvance(tr(HINT)) > inside.width()
        self.hint.setText(tr(SHORT_HINT if is_narrow else HINT))
        self.hint.setGeometry(inside)

    def _put_cursor(self, share: float, is_shifted: bool) -> None:
        window = self.presenter.window
        cursor = Cursor.B if is_shifted else None
        self.presenter.set_cursor(window.start_us + round(share * window.span_us), cursor)
        self.chart.setFocus()

    def _say(self, sentence: str) -> None:
        room = max(1, self.message.width())
        cut = QFontMetrics(self.message.font()).elidedText(sentence, Qt.TextElideMode.ElideRight, room)
        self.message.setText(cut)
        self.message.setToolTip(tip(sentence))
        self.message.setAccessibleName(sentence)


def range_text(window: TimeWindow) -> str:
    """Return the window's ends in local time, with the zone."""
    start, end = local(window.start_us), local(window.end_us)
    end_text = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} – {end_text}  {zone_text(window.end_us)}"


def short_range_text(window: TimeWindow) -> str:
    """Return the window's ends where there is little room: no year, and seconds only where they matter."""
    start, end = local(window.start_us), local(window.end_us)
    clock = "%H:%M:%S" if window.span_us < TENTHS_BELOW_US else "%H:%M"
    day = "" if start.date() == end.date() else f"{end.day} {end:%b} "
    return f"{start.day} {start:%b} {start:{clock}} – {day}{end:{clock}}  {zone_text(window.end_us)}"


def distance_text(distance_us: int | None) -> str:
    """Return how far B is from A in time; nothing without both."""
    if distance_us is None:
        return ""
    sign = "\u2212" if distance_us < 0 else ""
    seconds = abs(distance_us) / SECOND_US
    length = f"{seconds:.1f} s" if seconds < 60 else duration_text(seconds)
    return f"    B \u2212 A: {sign}{length}"


def moment_text(time_us: int, window: TimeWindow) -> str:
    """Return a moment in local time, with tenths where the window is short and the date where it is long."""
    moment = local(time_us)
    text = f"{moment:%H:%M:%S}"
    if window.span_us < TENTHS_BELOW_US:
        text += f".{moment.microsecond // 100_000}"
    is_one_day = local(window.start_us).date() == local(window.end_us).date()
    return text if is_one_day else f"{moment.day} {moment:%b} {text}"
