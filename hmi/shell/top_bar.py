"""The top bar: where we are, the way back, links in words, clock, user, theme."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton

from hmi.domain.language import tr
from hmi.shell.user_button import UserButton
from hmi.ui.label import Label, tip
from hmi.ui.timers import every

CLOCK_MS: Final = 1000


class TopBar(QFrame):
    """Says what it is told; emits what is pressed."""

    back_pressed = Signal()
    home_pressed = Signal()
    go_to_pressed = Signal()
    theme_pressed = Signal()
    inbox_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._back = _button("←", tr("Back (Alt+Left)"), self.back_pressed)
        self._back.setShortcut("Alt+Left")
        self._home = _button("⌂", tr("Home (Alt+Home)"), self.home_pressed)
        self._home.setShortcut("Alt+Home")
        self._breadcrumb = Label("Roams")
        self._breadcrumb.setProperty("kind", "heading")
        self._go_to = QPushButton(tr("Go to…   Ctrl+K"))
        self._go_to.setShortcut("Ctrl+K")
        self._go_to.setAccessibleName(tr("Go to a station or a tag"))
        self._go_to.clicked.connect(self.go_to_pressed)
        self._link_icon = Label()
        self._link = Label(tr("Starting"))
        self._clock = Label()
        self.user = UserButton()
        self._inbox = _button("", tr("Inbox"), self.inbox_pressed)
        self._inbox.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._inbox.setIconSize(QSize(18, 18))
        self._theme = _button("◐", tr("Light or dark"), self.theme_pressed)
        self._lay_out()
        self._timer = every(self, CLOCK_MS, self._tick)
        self._timer.start()
        self._tick()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(14)
        layout.addWidget(self._back)
        layout.addWidget(self._home)
        layout.addWidget(self._breadcrumb)
        self._breadcrumb.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.setStretchFactor(self._breadcrumb, 1)
        layout.addWidget(self._go_to)
        for widget in (self._link_icon, self._link, self._inbox, self.user, self._clock, self._theme):
            layout.addWidget(widget)
            layout.setAlignment(widget, Qt.AlignmentFlag.AlignVCenter)

    def show_place(self, breadcrumb: str, can_go_back: bool) -> None:
        """Show where we are."""
        self._breadcrumb.setText(breadcrumb)
        self._back.setEnabled(can_go_back)

    def show_links(self, words: str, kind: str) -> None:
        """Show the links in words; kind is empty, or "bad" when one is down."""
        self._link.setText(words)
        if self._link.property("kind") != kind:
            self._link.setProperty("kind", kind)
            self._link.style().unpolish(self._link)
            self._link.style().polish(self._link)

    def show_unread(self, count: str, bell: QIcon) -> None:
        """Show how many alarms the user has missed; an empty text for none."""
        name = tr("Inbox: {count} alarms missed").format(count=count) if count else tr("Inbox: nothing missed")
        self._inbox.setIcon(bell)
        self._inbox.setText(count)
        self._inbox.setAccessibleName(name)
        self._inbox.setToolTip(tip(name))

    def _tick(self) -> None:
        now = datetime.now(UTC).astimezone()
        self._clock.setText(now.strftime("%Y-%m-%d  %H:%M:%S %Z"))


def _button(glyph: str, name: str, signal: SignalInstance) -> QToolButton:
    button = QToolButton()
    button.setText(glyph)
    button.setAccessibleName(name)
    button.setToolTip(tip(name))
    button.setProperty("kind", "flat")
    button.clicked.connect(signal)
    return button
