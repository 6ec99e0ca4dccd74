"""The banner's widgets: three alarms, the counts per priority."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.panes.alarm_banner.presenter import AlarmBannerPresenter
from hmi.services.port import AlarmRow
from hmi.ui.form_parts import push
from hmi.ui.label import Label, tip
from hmi.ui.painting import painting
from hmi.ui.pane import PaneContext
from hmi.ui.symbols import draw_alarm
from hmi.ui.theme import Theme
from hmi.ui.timers import once
from hmi.ui.words import moment_text

LINES: Final = 3
READ_S: Final = 0.7
REFUSED_MS: Final = 12_000
MESSAGE_PX: Final = 260
LINE_PX: Final = 26
SYMBOL_PX: Final = 18


class AlarmBannerView(QFrame):
    """Shows the most urgent unacknowledged alarms."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._context = context
        self._presenter = AlarmBannerPresenter(context.mirror, context.port, context.navigator)
        self._lines = [_AlarmLine(context.theme) for _ in range(LINES)]
        self._counts = _Counts(context.theme)
        self._message = Label()
        self._message.setProperty("kind", "second")
        self._message.setProperty("kind", "bad")
        self._message.setWordWrap(True)
        self._message.setMaximumWidth(MESSAGE_PX)
        self._forget = once(self, REFUSED_MS, self._message.clear)
        self._flood = Label()
        self._flood.setProperty("kind", "bad")
        self._sound = Label()
        self._sound.setProperty("kind", "bad")
        self._silence = push(tr("Silence"), self._silence_sound)
        self._silence.setToolTip(tr("Quiet the sound; nothing is acknowledged (Ctrl+M)"))
        self._silence.setShortcut("Ctrl+M")
        self._lay_out()
        removers = [
            self._presenter.listen(context.listen, self._refresh),
            context.theme.listen(self._refresh),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def set_lit(self, is_lit: bool) -> None:
        """Take the flash's beat."""
        for line in self._lines:
            line.set_lit(is_lit)

    def _lay_out(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(0)
        for line in self._lines:
            line.opened.connect(self._presenter.open)
            line.acknowledged.connect(self._acknowledge)
            lines.addWidget(line)
        self._counts.clicked.connect(self._presenter.open_summary)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 10, 3)
        layout.setSpacing(12)
        layout.addLayout(lines, 1)
        layout.addWidget(self._message)
        side = QVBoxLayout()
        side.setSpacing(2)
        side.addWidget(self._flood)
        side.addWidget(self._sound)
        side.addWidget(self._silence)
        layout.addLayout(side)
        layout.addWidget(self._counts)

    def _refresh(self) -> None:
        rows = self._presenter.newest(LINES)
        for number, line in enumerate(self._lines):
            row = rows[number] if number < len(rows) else None
            line.show_row(row, row is not None and self._presenter.can_acknowledge(row))
        if not rows:
            self._lines[0].show_note(tr("No unacknowledged alarms"))
        self._counts.show_counts(self._presenter.counts())
        self._show_sound()

    def _show_sound(self) -> None:
        presenter = self._presenter
        self._flood.setText(presenter.flood_text)
        self._flood.setVisible(bool(presenter.flood_text))
        self._sound.setText(presenter.sound_text)
        self._sound.setToolTip(tip(presenter.sound_detail))
        self._sound.setVisible(bool(presenter.sound_text))
        self._silence.setEnabled(presenter.can_silence)

    def _silence_sound(self) -> None:
        self._context.tasks.start(self._presenter.silence(), tr("Silence"), self._refuse)

    def _acknowledge(self, row: AlarmRow) -> None:
        self._message.clear()
        self._context.tasks.start(self._presenter.acknowledge(row), tr("Acknowledge"), self._refuse)

    def _refuse(self, sentence: str) -> None:
        """Say why it was not done, long enough to be read whatever alarms come meanwhile."""
        self._message.setText(sentence)
        self._forget.start()


class _AlarmLine(QWidget):
    """One alarm: symbol, time, station, text, and its button."""

    opened = Signal(object)
    acknowledged = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row: AlarmRow | None = None
        self._note = ""
        self._since = 0.0
        self._is_lit = True
        self.setFixedHeight(LINE_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button = QPushButton(tr("Acknowledge"))
        self._button.setStyleSheet("padding: 0px 10px; min-height: 18px;")
        self._button.clicked.connect(self._pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.addStretch(1)
        layout.addWidget(self._button)

    def show_row(self, row: AlarmRow | None, can_acknowledge: bool) -> None:
        """Show an alarm, or nothing."""
        if (row.occurrence if row else None) != (self._row.occurrence if self._row else None):
            self._since = time.monotonic()
        self._row, self._note = row, ""
        self._button.setVisible(row is not None)
        self._button.setEnabled(can_acknowledge)
        self.setAccessibleName(f"{tr('Priority')} {int(row.priority)} {row.source} {row.text}" if row else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if row else Qt.CursorShape.ArrowCursor)
        self.update()

    def _pressed(self) -> None:
        """Acknowledge what has been there long enough to be read: rows move up when one goes or a worse one comes."""
        if self._row is not None and time.monotonic() - self._since >= READ_S:
            self.acknowledged.emit(self._row)

    def show_note(self, note: str) -> None:
        """Show a sentence instead of an alarm."""
        self._note = note
        self.update()

    def set_lit(self, is_lit: bool) -> None:
        """Show the light or the dark half of the flash."""
        self._is_lit = is_lit
        if self._row is not None:
            self.update(0, 0, SYMBOL_PX + 8, LINE_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        left = SYMBOL_PX + 10
        room = QRectF(left, 0, self._button.x() - left - 8 if self._row else self.width() - left, LINE_PX)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self._row is None:
            painter.setPen(QColor(tokens.second))
            painter.drawText(room, align, self._note)
            return
        row = self._row
        symbol = QRectF(2, (LINE_PX - SYMBOL_PX) / 2, SYMBOL_PX, SYMBOL_PX)
        draw_alarm(painter, tokens, symbol, row.priority, row.state, is_lit=self._is_lit)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.second))
        time = moment_text(row.occurrence.activated_us)
        painter.drawText(room, align, time)
        # Widths from the widest text of its kind, so that the columns of the three lines stand under one another.
        left += QFontMetrics(self.font()).horizontalAdvance("00:00:00") + 16
        bold = QFont(self.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(tokens.alarm_text(row.priority))
        text = f"{row.source}   {row.text}"
        if not row.is_active:
            text += "   " + tr("(gone)")
        space = int(room.right() - left)
        elided = QFontMetrics(bold).elidedText(text, Qt.TextElideMode.ElideRight, space)
        painter.drawText(QRectF(left, 0, space, LINE_PX), align, elided)


class _Counts(QPushButton):
    """How many alarms stand, a symbol and a number for each priority."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: dict[Priority, tuple[int, int]] = {}
        self.setProperty("kind", "flat")
        self.setFixedSize(QSize(4 * 62, LINES * LINE_PX - 12))

    def show_counts(self, counts: dict[Priority, tuple[int, int]]) -> None:
        """Show unacknowledged and standing per priority."""
        self._counts = counts
        words = [f"{tr('priority')} {int(p)}: {stand}" for p, (_, stand) in counts.items()]
        self.setAccessibleName(tr("Standing alarms, open the summary") + ", " + ", ".join(words))
        self.setToolTip(tr("Not acknowledged / standing. Click for the alarm summary."))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        width = self.width() / 4
        for number, (priority, (fresh, standing)) in enumerate(self._counts.items()):
            at = QRectF(number * width + 6, self.height() / 2 - 10, 20, 20)
            if standing:
                draw_alarm(painter, tokens, at, priority, AlarmState.UNACK if fresh else AlarmState.ACKED)
            else:
                painter.setPen(QPen(QColor(tokens.border), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawText(at, Qt.AlignmentFlag.AlignCenter, str(int(priority)))
            font = QFont(self.font())
            font.setBold(bool(fresh))
            painter.setFont(font)
            painter.setPen(QColor(tokens.text if standing else tokens.second))
            painter.drawText(
                QRectF(at.right() + 4, 0, width - 30, self.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                f"{fresh}/{standing}" if standing else "0",
            )
