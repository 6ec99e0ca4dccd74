"""The trend's widgets, its pace and its keys."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.chart.chart import ZOOM, Chart
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.ticks import local, zone_text
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.panes.trend.widgets.pen_table import PenTable
from hmi.panes.trend.widgets.toolbar import Toolbar
from hmi.ui.pane import PaneContext

LIVE_MS: Final = 500
FAST_LIVE_MS: Final = 100
"""The pace of the 10 Hz option."""

SETTLE_MS: Final = 150
"""History is asked for again when zooming and panning has paused this long."""

TENTHS_BELOW_US: Final = 300 * SECOND_US
KEY_PAN: Final = 0.1
KEY_CURSOR_PX: Final = 2


class TrendView(QWidget):
    """Shows the trend. Nothing is drawn while it is hidden; live values are kept all the same."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = TrendPresenter(
            context.mirror, context.port, context.navigator, lambda: time.time_ns() // 1000
        )
        self._choices_version = -1
        self._chart = Chart(context.theme)
        self._chart.setAccessibleName(tr("Trend chart"))
        self._toolbar = Toolbar()
        self._table = PenTable(self._presenter, context.theme)
        self._range = QLabel()
        self._range.setProperty("kind", "second")
        self._message = QLabel()
        # A long sentence is cut rather than the pane widened; the tool tip has all of it.
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._hint = QLabel(tr("Add a pen: select a value in the faceplate, or type a station or tag above."))
        self._live = _timer(self, LIVE_MS, self._beat)
        self._soon = _timer(self, 0, self._repaint, is_single=True)
        self._settle = _timer(self, SETTLE_MS, self._load_due, is_single=True)
        self._lay_out()
        self._connect()
        removers = [self._presenter.listen(context.listen, self._changed), context.theme.listen(self._restyle)]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def state(self) -> dict[str, object]:
        """Return pens and span, to be kept for the next time."""
        return self._presenter.state()

    def restore(self, state: dict[str, object]) -> None:
        """Take up a state; what does not fit is passed over."""
        self._presenter.restore(state)

    def set_pace(self, interval_ms: int) -> None:
        """Draw live values this often: LIVE_MS or FAST_LIVE_MS."""
        self._live.setInterval(interval_ms)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._live.start()
        self._soon.start()
        self._settle.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for timer in (self._live, self._soon, self._settle):
            timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._table.fit_height(self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        presenter, key = self._presenter, event.key()
        has_cursor = presenter.cursor_us is not None
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        direction = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        if key == Qt.Key.Key_Space or (key == Qt.Key.Key_L and not presenter.window.is_live):
            self._toggle_live()
        elif key == Qt.Key.Key_L:
            return  # it is live already, and L only ever leads there
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            presenter.zoom_in_place(1 / ZOOM)
        elif key == Qt.Key.Key_Minus:
            presenter.zoom_in_place(ZOOM)
        elif direction and has_cursor and not is_shifted:
            presenter.move_cursor(direction * round(KEY_CURSOR_PX * presenter.window.span_us / self._chart.columns))
        elif direction:
            presenter.pan(direction * round(KEY_PAN * presenter.window.span_us))
        elif key == Qt.Key.Key_Escape and has_cursor:
            presenter.set_cursor(None)
        elif key == Qt.Key.Key_Escape and presenter.emphasised is not None:
            presenter.emphasise(None)
        elif key == Qt.Key.Key_Delete and presenter.emphasised is not None:
            presenter.remove(presenter.emphasised)
        else:
            super().keyPressEvent(event)

    # ── laid out ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self._chart)
        self._hint.setParent(self._chart)
        self._hint.setProperty("kind", "second")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(4, 0, 4, 0)
        line.addWidget(self._range)
        line.addWidget(self._message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(5)
        layout.addWidget(self._toolbar)
        layout.addWidget(card, 1)
        layout.addLayout(line)
        layout.addWidget(self._table)

    def _connect(self) -> None:
        presenter, chart, toolbar = self._presenter, self._chart, self._toolbar
        toolbar.tag_chosen.connect(presenter.open)
        toolbar.span_chosen.connect(presenter.set_span)
        toolbar.went_to.connect(presenter.go_to)
        toolbar.full_range_toggled.connect(presenter.set_full_range)
        toolbar.live_toggled.connect(self._toggle_live)
        chart.panned.connect(lambda share: presenter.pan(round(share * presenter.window.span_us)))
        chart.zoomed.connect(presenter.zoom)
        chart.clicked.connect(self._put_cursor)
        chart.resized.connect(self._changed)

    # ── pace ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _changed(self) -> None:
        """Draw soon, once for many changes, and ask for history when they have paused."""
        if self.isVisible():
            self._soon.start()
            self._settle.start()

    def _beat(self) -> None:
        if self._presenter.window.is_live:
            self._repaint()
        else:
            self._table.refresh()
        if not self._settle.isActive():
            self._load_due()

    def _load_due(self) -> None:
        columns = self._chart.columns
        for pen in self._presenter.due(columns):
            self._context.tasks.start(self._presenter.load(pen, columns), tr("Trend history"))

    def _repaint(self) -> None:
        presenter = self._presenter
        picture = presenter.draw(self._chart.columns, self._chart.rows)
        self._chart.show_picture(picture)
        self._chart.show_cursor(presenter.cursor_us, _moment_text(presenter.cursor_us, picture.window))
        self._table.refresh()
        window = picture.window
        self._toolbar.show_window(window.span_us, window.is_live, window.end_us, presenter.is_full_range)
        self._range.setText(_range_text(window))
        self._say(presenter.message)
        self._hint.setVisible(not len(presenter.pens))
        self._hint.setGeometry(self._chart.rect().adjusted(24, 24, -24, -24))
        if presenter.catalogue_version != self._choices_version:
            self._choices_version = presenter.catalogue_version
            self._toolbar.search.set_choices(presenter.choices())

    def _say(self, sentence: str) -> None:
        room = max(1, self._message.width())
        cut = QFontMetrics(self._message.font()).elidedText(sentence, Qt.TextElideMode.ElideRight, room)
        self._message.setText(cut)
        self._message.setToolTip(sentence)
        self._message.setAccessibleName(sentence)

    def _restyle(self) -> None:
        self._chart.restyle()
        self._table.restyle()
        self._changed()

    def _toggle_live(self) -> None:
        if self._presenter.window.is_live:
            self._presenter.pause()
        else:
            self._presenter.go_live()

    def _put_cursor(self, share: float) -> None:
        window = self._presenter.window
        self._presenter.set_cursor(window.start_us + round(share * window.span_us))
        self._chart.setFocus()


def _range_text(window: TimeWindow) -> str:
    """Return the window's ends in local time, with the zone."""
    start, end = local(window.start_us), local(window.end_us)
    end_text = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} – {end_text}  {zone_text(window.end_us)}"


def _moment_text(time_us: int | None, window: TimeWindow) -> str:
    """Return a moment in local time, with tenths where the window is short and the date where it is long."""
    if time_us is None:
        return ""
    moment = local(time_us)
    text = f"{moment:%H:%M:%S}"
    if window.span_us < TENTHS_BELOW_US:
        text += f".{moment.microsecond // 100_000}"
    is_one_day = local(window.start_us).date() == local(window.end_us).date()
    return text if is_one_day else f"{moment.day} {moment:%b} {text}"


def _timer(parent: QWidget, interval_ms: int, slot: object, *, is_single: bool = False) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.setSingleShot(is_single)
    timer.timeout.connect(slot)
    return timer
