"""The two rows above the charts: pens and what is shown of them; time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.panes.trend.widgets.pen_search import PenSearch
from hmi.ui.label import tip

DAY_S: Final = 86_400
PRESETS_S: Final = ((600, "10 min"), (3600, "1 h"), (28_800, "8 h"), (DAY_S, "24 h"), (7 * DAY_S, "7 d"))
MORE_S: Final = (
    (60, "1 min"),
    (300, "5 min"),
    (900, "15 min"),
    (1800, "30 min"),
    (7200, "2 h"),
    (14_400, "4 h"),
    (43_200, "12 h"),
    (2 * DAY_S, "2 d"),
    (14 * DAY_S, "14 d"),
    (30 * DAY_S, "30 d"),
    (90 * DAY_S, "90 d"),
    (182 * DAY_S, "6 months"),
    (365 * DAY_S, "1 year"),
)
COMPACT: Final = (
    "QPushButton { padding: 4px 7px; } QPushButton:focus { padding: 3px 6px; }"
    " QPushButton::menu-indicator { width: 0; }"
)


class Toolbar(QWidget):
    """Search field, menus, presets and steps. Its menus are filled by `fill` just before they open."""

    span_chosen = Signal(object)
    stepped = Signal(int)
    range_asked = Signal()
    back_pressed = Signal()
    boxing_toggled = Signal(bool)
    live_toggled = Signal()
    keys_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setStyleSheet(COMPACT)
        self.search = PenSearch()
        self.search.setMinimumWidth(110)
        self.search.setMaximumWidth(420)
        self.groups = _menu_button(tr("Groups"), tr("Saved groups of pens"))
        self.compare = _menu_button(tr("Compare"), tr("The same pens of an earlier period"))
        self.show_menu = _menu_button(tr("Show"), tr("Limits, bands, alarms, commands, notes"))
        self.charts = _menu_button(tr("Charts"), tr("One, two or four charts"))
        self.export = _menu_button(tr("Export"), tr("What is visible, as CSV, picture or PDF (Ctrl+E)"))
        self.menus = (self.groups, self.compare, self.show_menu, self.charts, self.export)
        self.keys = _button("?", tr("The keys (?)"), self.keys_asked.emit)
        self.keys.setAccessibleName(tr("List of keys"))
        self.before = _button("◀", tr("Stretch of the same length before (Page Up)"), lambda: self.stepped.emit(-1))
        self.after = _button("▶", tr("Stretch of the same length after (Page Down)"), lambda: self.stepped.emit(1))
        self.before.setAccessibleName(tr("Stretch before"))
        self.after.setAccessibleName(tr("Stretch after"))
        self._presets = QButtonGroup(self)
        self.more = _menu_button(tr("More"), tr("Other lengths, from 1 min to 1 year"))
        self.range = _button(tr("From–to…"), tr("Calendar, today, this week… (D)"), self.range_asked.emit)
        self.back = _button(tr("Back"), tr("What was shown before the last zoom or move (Backspace)"), None)
        self.back.clicked.connect(self.back_pressed)
        self.boxing = _button(tr("Zoom"), tr("Drag a rectangle to zoom to it (Z, or Shift+drag)"), None)
        self.boxing.setCheckable(True)
        self.boxing.clicked.connect(self.boxing_toggled)
        self.live = _button(tr("Paused – go live"), tr("Key L or Space"), self.live_toggled.emit)
        # As wide as its longer text: what stands beside it must not move when it changes.
        self.live.setFixedWidth(self.live.sizeHint().width() + 8)
        self._fill_more()
        self._lay_out()

    def fill(self, button: QPushButton, fill: Callable[[QMenu], None]) -> None:
        """Let a menu be made anew each time that it opens."""
        menu = button.menu()

        def make() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(make)

    def show_window(self, span_us: int, is_live: bool, can_go_back: bool, is_boxing: bool) -> None:
        """Show what is set."""
        self._presets.setExclusive(False)
        for button in self._presets.buttons():
            button.setChecked(self._presets.id(button) * SECOND_US == span_us)
        self.back.setEnabled(can_go_back)
        self.boxing.setChecked(is_boxing)
        self.after.setEnabled(not is_live)
        self.live.setText(tr("Pause") if is_live else tr("Paused – go live"))
        kind = "" if is_live else "operate"
        if kind != self.live.property("kind"):
            self.live.setProperty("kind", kind)
            # A style sheet looks at properties only when it is applied anew.
            self.live.style().unpolish(self.live)
            self.live.style().polish(self.live)

    def _fill_more(self) -> None:
        for span_s, label in MORE_S:
            action = self.more.menu().addAction(tr(label))
            action.triggered.connect(lambda _checked=False, span_us=span_s * SECOND_US: self.span_chosen.emit(span_us))

    def _lay_out(self) -> None:
        pens, times = QHBoxLayout(), QHBoxLayout()
        for row in (pens, times):
            row.setSpacing(4)
        pens.addWidget(self.search, 100)
        pens.addStretch(1)
        for widget in (*self.menus, self.keys):
            pens.addWidget(widget)
        times.addWidget(self.before)
        for span_s, label in PRESETS_S:
            button = QPushButton(tr(label))
            button.setCheckable(True)
            button.setAccessibleName(tr("Show {span}").format(span=tr(label)))
            button.clicked.connect(lambda _checked, span_us=span_s * SECOND_US: self.span_chosen.emit(span_us))
            self._presets.addButton(button, span_s)
            times.addWidget(button)
        for widget in (self.more, self.after, self.range, self.boxing, self.back):
            times.addWidget(widget)
        times.addStretch(1)
        times.addWidget(self.live)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(pens)
        layout.addLayout(times)


def add_choice(
    menu: QMenu, text: str, is_checked: bool, chosen: Callable[[bool], object], *, is_enabled: bool = True
) -> QAction:
    """Add a line with a mark to a menu."""
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(is_checked)
    action.setEnabled(is_enabled)

    def choose(is_checked: bool) -> None:
        chosen(is_checked)  # Qt would call a partial with fewer arguments

    action.triggered.connect(choose)
    return action


def _button(text: str, words: str, pressed: Callable[[], object] | None) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip(words))
    if pressed is not None:
        button.clicked.connect(lambda _checked=False: pressed())
    return button


def _menu_button(text: str, words: str) -> QPushButton:
    button = QPushButton(f"{text} ▾")
    button.setToolTip(tip(words))
    button.setAccessibleName(text)
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    button.setMenu(menu)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
