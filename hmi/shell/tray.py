"""The icon in the system tray: the worst unacknowledged alarm and how many there are, and notices on the desktop.

There is no way to quit here: nobody should end the recording by a slip. Where there is no tray, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.services.port import DesktopNotice
from hmi.ui.alarm_words import PRIORITY_NAMES
from hmi.ui.symbols import draw_alarm, pixmap
from hmi.ui.theme import Theme, Tokens
from hmi.ui.timers import every

Counts = Mapping[Priority, tuple[int, int]]
"""How many alarms of each priority are unacknowledged, and how many stand at all."""

LOOK_MS: Final = 10_000
"""How often it is looked for a tray that was not there when the program began: a desktop takes its time."""
SHOWN_MS: Final = 15_000
SIZES_PX: Final = (16, 22, 32, 64)
MOST_COUNT: Final = 9
"""In the icon; the tooltip has all figures."""
_URGENCY: Final = {
    Priority.CRITICAL: QSystemTrayIcon.MessageIcon.Critical,
    Priority.HIGH: QSystemTrayIcon.MessageIcon.Warning,
}


class Tray(QObject):
    """`show_pressed`, `silence_pressed`; `notice_pressed` with the notice that was clicked."""

    show_pressed = Signal()
    silence_pressed = Signal()
    notice_pressed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._is_available = is_available
        self._icon: QSystemTrayIcon | None = None
        self._shown: tuple[object, ...] = ()
        self._counts: Counts = dict.fromkeys(Priority, (0, 0))
        self._told: DesktopNotice | None = None
        self.menu = QMenu(window)
        self.menu.addAction(tr("Show window"), self.show_pressed.emit)
        self._silence = self.menu.addAction(tr("Silence the sound"), self.silence_pressed.emit)
        self._silence.setEnabled(False)
        self._looking = every(self, LOOK_MS, self._look)
        self._looking.start()
        self._stop_listening = theme.listen(self._refresh)
        self._look()

    @property
    def is_there(self) -> bool:
        """Whether there is a tray with the icon in it."""
        return self._icon is not None

    def show_alarms(self, counts: Counts, *, is_sounding: bool) -> None:
        """Show the alarms that stand, and offer to silence their sound."""
        self._counts = dict(counts)
        self._silence.setEnabled(is_sounding)
        self._refresh()

    def tell(self, notices: Sequence[DesktopNotice]) -> bool:
        """Show notices on the desktop, many as one, the most urgent named; return whether that can be done here."""
        if self._icon is None or not notices or not self._icon.supportsMessages():
            return False
        first = self._told = min(notices, key=lambda notice: notice.priority)
        more = tr("and {count} more").format(count=len(notices) - 1) if len(notices) > 1 else ""
        text = "\n".join(part for part in (first.text, more) if part)
        urgency = _URGENCY.get(first.priority, QSystemTrayIcon.MessageIcon.Information)
        self._icon.showMessage(first.title, text, urgency, SHOWN_MS)
        return True

    def close(self) -> None:
        """Take the icon away."""
        self._looking.stop()
        self._stop_listening()
        if self._icon is not None:
            self._icon.hide()
            self._icon = None

    def _look(self) -> None:
        if not self._is_available():
            return
        self._looking.stop()
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self._notice_clicked)
        self._refresh()
        self._icon.show()

    def _refresh(self) -> None:
        """Draw what has changed; thousands of alarms may come a second and look the same here."""
        tokens, words = self._theme.tokens, tooltip_of(self._counts)
        priority, fresh = worst_of(self._counts)
        shown = (tokens.name, priority, min(fresh, MOST_COUNT + 1), words)
        if self._icon is None or shown == self._shown:
            return
        if shown[:3] != self._shown[:3]:
            self._icon.setIcon(tray_icon(tokens, priority, shown[2]))
        self._icon.setToolTip(words)
        self._shown = shown

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.show_pressed.emit()

    def _notice_clicked(self) -> None:
        if self._told is not None:
            self.notice_pressed.emit(self._told)


def worst_of(counts: Counts) -> tuple[Priority | None, int]:
    """Return the worst priority that has unacknowledged alarms, and how many of every priority there are."""
    fresh = {priority: count for priority, (count, _) in counts.items() if count}
    return (min(fresh) if fresh else None), sum(fresh.values())


def tooltip_of(counts: Counts) -> str:
    """Return the counts in words."""
    standing = sum(count for _, count in counts.values())
    fresh = [
        f"{count:,} {tr(PRIORITY_NAMES[priority]).lower()}" for priority, (count, _) in sorted(counts.items()) if count
    ]
    if not fresh:
        words = tr("Roams: no unacknowledged alarms")
    else:
        words = tr("Roams: unacknowledged {list}").format(list=", ".join(fresh))
    return words + (tr("; {count:,} stand").format(count=standing) if standing else "")


@lru_cache(maxsize=64)
def tray_icon(tokens: Tokens, priority: Priority | None, count: int) -> QIcon:
    """Return the symbol of a priority with a number on it; a quiet sign for None."""
    found = QIcon()
    for size in SIZES_PX:
        found.addPixmap(pixmap(lambda painter, at: _draw(painter, tokens, at, priority, count), QSize(size, size), 1.0))
    return found


def _draw(painter: QPainter, tokens: Tokens, at: QRectF, priority: Priority | None, count: int) -> None:
    if priority is None:
        painter.setPen(QPen(QColor(tokens.outline), max(1.0, at.width() * 0.06)))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(at, at.width() * 0.2, at.width() * 0.2)
        _write(painter, at, "R", QColor(tokens.text), 0.7)
        return
    # The number of alarms stands on a plate of its own: the priority's and it must not be taken for one figure.
    draw_alarm(painter, tokens, QRectF(at.topLeft(), at.size() * 0.72), priority, AlarmState.UNACK)
    text = str(count) if count <= MOST_COUNT else f"{MOST_COUNT}+"
    width, height = at.width() * (0.44 if count <= MOST_COUNT else 0.58), at.height() * 0.46
    plate = QRectF(at.right() - width, at.bottom() - height, width, height)
    painter.setPen(QPen(QColor(tokens.text), max(1.0, at.width() * 0.04)))
    painter.setBrush(QColor(tokens.card))
    painter.drawRoundedRect(plate, plate.height() * 0.3, plate.height() * 0.3)
    _write(painter, plate, text, QColor(tokens.text), 0.82)


def _write(painter: QPainter, at: QRectF, text: str, colour: QColor, share: float) -> None:
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(max(6, round(at.height() * share)))
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(at, Qt.AlignmentFlag.AlignCenter, text)
