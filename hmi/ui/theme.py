"""Colours and the style of the window, light and dark (ISA-101: grey ground, saturated colour for the abnormal only).

Every pair of text and ground has a contrast of at least 4.5:1, every symbol at least 3:1; a test computes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from hmi.domain.alarms import Priority


@dataclass(frozen=True, slots=True)
class Tokens:
    """One look: every colour that may be used, by what it is for."""

    name: str
    ground: str
    panel: str
    card: str
    text: str
    second: str
    outline: str
    live: str
    off: str
    on: str
    band: str
    focus: str
    manual: str
    water: str
    land: str
    border: str
    priority_fill: tuple[str, str, str, str]
    priority_text: tuple[str, str, str, str]
    bad_fill: str
    bad_text: str
    hidden: str
    pens: tuple[str, ...]

    def fill(self, priority: Priority) -> QColor:
        """Return the fill of a priority's symbol."""
        return QColor(self.priority_fill[priority - 1])

    def alarm_text(self, priority: Priority) -> QColor:
        """Return the colour of text that stands for a priority."""
        return QColor(self.priority_text[priority - 1])


LIGHT: Final = Tokens(
    name="light",
    ground="#D6D8DA",
    panel="#E4E6E8",
    card="#F2F3F4",
    text="#1F2429",
    second="#4A5259",
    outline="#5B6369",
    live="#14375E",
    off="#6F777E",
    on="#FFFFFF",
    band="#B9C4CE",
    focus="#1F5FBF",
    manual="#00666B",
    water="#C9D1D7",
    land="#E7E8E6",
    border="#A9AFB4",
    priority_fill=("#D0021B", "#F28C00", "#F7D917", "#7B3FB5"),
    priority_text=("#B3001B", "#9E3D00", "#6B5200", "#6B2FA0"),
    bad_fill="#C2185B",
    bad_text="#A0007A",
    hidden="#8E959B",
    pens=("#0B5394", "#8C3B00", "#3D6B1F", "#6A3D9A", "#00707A", "#9C1C5A", "#5B5B00", "#333333"),
)

DARK: Final = Tokens(
    name="dark",
    ground="#22272B",
    panel="#2B3136",
    card="#343B41",
    text="#E6E9EB",
    second="#B4BCC3",
    outline="#98A1A9",
    live="#BFDDF7",
    off="#6C757D",
    on="#DDE2E6",
    band="#46535F",
    focus="#6FB1FF",
    manual="#4FD1D6",
    water="#1B2126",
    land="#30373C",
    border="#4C555C",
    priority_fill=("#FF5A5F", "#FF9F40", "#F2D13D", "#C79BF2"),
    priority_text=("#FF8287", "#FF9F40", "#F2D13D", "#C79BF2"),
    bad_fill="#FF7AD9",
    bad_text="#FF7AD9",
    hidden="#8E959B",
    pens=("#6FB1FF", "#FFB36B", "#9AD36A", "#C9A6FF", "#4FD1D6", "#FF9CC8", "#D8D45A", "#E6E9EB"),
)

THEMES: Final = {"light": LIGHT, "dark": DARK}
FONT_POINTS: Final = 10


class Theme:
    """The look in use; views read `tokens` when they paint and listen for a change."""

    def __init__(self, app: QApplication, name: str = "light") -> None:
        self._app = app
        self._listeners: list[Callable[[], None]] = []
        self.tokens = LIGHT
        app.setStyle("Fusion")
        font = QFont(app.font())
        font.setPointSize(FONT_POINTS)
        app.setFont(font)
        self.use(name)

    def use(self, name: str) -> None:
        """Change the look of everything now. Raises KeyError for a name that is not in THEMES."""
        self.tokens = THEMES[name]
        # setColorScheme does nothing on bare X11 and offscreen, so the palette is set by hand.
        self._app.setPalette(_palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))
        for listener in list(self._listeners):
            listener()

    def toggle(self) -> None:
        """Change between light and dark."""
        self.use("dark" if self.tokens is LIGHT else "light")

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener after each change; return what removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for colour_role, colour in (
        (role.Window, tokens.ground),
        (role.WindowText, tokens.text),
        (role.Base, tokens.card),
        (role.AlternateBase, tokens.panel),
        (role.Text, tokens.text),
        (role.Button, tokens.panel),
        (role.ButtonText, tokens.text),
        (role.ToolTipBase, tokens.card),
        (role.ToolTipText, tokens.text),
        (role.PlaceholderText, tokens.second),
        (role.Highlight, tokens.focus),
        (role.HighlightedText, "#FFFFFF" if tokens is LIGHT else "#10161B"),
        (role.Link, tokens.focus),
        (role.Mid, tokens.outline),
        (role.Dark, tokens.outline),
        (role.Light, tokens.card),
    ):
        palette.setColor(colour_role, QColor(colour))
    for colour_role in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(tokens.off))
    return palette


def style_sheet(t: Tokens) -> str:
    """Return the style sheet of a look; object and property names are those that views set."""
    return f"""
    QWidget {{ color: {t.text}; }}
    QMainWindow, QDialog, QWidget#ground {{ background: {t.ground}; }}
    QFrame#panel, QWidget#panel {{ background: {t.panel}; }}
    QFrame#card {{ background: {t.card}; border: 1px solid {t.border}; border-radius: 4px; }}
    QLabel {{ background: transparent; }}
    QLabel[kind="second"] {{ color: {t.second}; }}
    QLabel[kind="title"] {{ font-weight: 600; font-size: 12pt; }}
    QLabel[kind="heading"] {{ font-weight: 600; }}
    QLabel[kind="live"] {{ color: {t.live}; font-weight: 700; }}
    QLabel[kind="bad"] {{ color: {t.bad_text}; font-weight: 700; }}
    QLabel[kind="manual"] {{ color: {t.manual}; font-weight: 600; }}
    QPushButton, QToolButton {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px; padding: 5px 12px; min-height: 18px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {t.outline}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.band}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {t.focus}; padding: 4px 11px; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {t.off}; background: {t.panel}; }}
    QPushButton:checked, QToolButton:checked {{ background: {t.band}; border-color: {t.outline}; }}
    QPushButton[kind="flat"], QToolButton[kind="flat"] {{ background: transparent; border-color: transparent; }}
    QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover {{ border-color: {t.outline}; }}
    QPushButton[kind="workspace"] {{
        background: transparent; border: none; border-bottom: 3px solid transparent; border-radius: 0;
        padding: 6px 12px; }}
    QPushButton[kind="workspace"]:checked {{ border-bottom-color: {t.focus}; background: {t.band}; }}
    QPushButton[kind="workspace"]:focus {{ background: {t.band}; }}
    QPushButton[kind="step"] {{
        background: transparent; border: none; border-left: 3px solid transparent; border-radius: 0;
        padding: 8px 10px; text-align: left; }}
    QPushButton[kind="step"]:checked {{ border-left-color: {t.focus}; background: {t.band}; font-weight: 600; }}
    QPushButton[kind="step"]:focus {{ background: {t.band}; }}
    QPushButton[kind="step"]:disabled {{ color: {t.off}; }}
    QPushButton[kind="cell"] {{ text-align: left; padding: 1px 8px; }}
    QPushButton[kind="primary"] {{ font-weight: 600; border: 2px solid {t.outline}; padding: 4px 14px; }}
    QPushButton[kind="primary"]:focus {{ border-color: {t.focus}; padding: 4px 14px; }}
    QPushButton[kind="operate"] {{ font-weight: 600; border: 2px solid {t.outline}; }}
    QLineEdit, QPlainTextEdit {{
        background: {t.card}; border: 1px solid {t.outline}; border-radius: 4px; padding: 4px 6px;
        selection-background-color: {t.focus}; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {t.focus}; padding: 3px 5px; }}
    QTableView, QTreeView, QListView {{
        background: {t.card}; alternate-background-color: {t.panel}; border: 1px solid {t.border};
        gridline-color: {t.border}; outline: none;
        selection-background-color: {t.band}; selection-color: {t.text}; }}
    QTableView::item:focus, QTreeView::item:focus {{ border: 1px solid {t.focus}; }}
    QHeaderView::section {{
        background: {t.panel}; color: {t.second}; border: none; border-bottom: 1px solid {t.border};
        border-right: 1px solid {t.border}; padding: 4px 6px; font-weight: 600; }}
    QScrollArea, QAbstractScrollArea#plain {{ background: transparent; border: none; }}
    QDockWidget {{ titlebar-close-icon: none; font-weight: 600; }}
    QDockWidget::title {{ background: {t.panel}; padding: 6px 8px; border-bottom: 1px solid {t.border}; }}
    QMainWindow::separator {{ background: {t.ground}; width: 5px; height: 5px; }}
    QSplitter::handle {{ background: {t.ground}; }}
    QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.outline}; padding: 4px; }}
    QMenu {{ background: {t.card}; border: 1px solid {t.outline}; }}
    QMenu::item {{ padding: 5px 24px; }}
    QMenu::item:selected {{ background: {t.band}; }}
    QCheckBox {{ spacing: 6px; }}
    QScrollBar:vertical {{ background: {t.panel}; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: {t.panel}; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {t.off}; border-radius: 4px; margin: 2px; min-height: 24px; min-width: 24px; }}
    QAbstractScrollArea::corner {{ background: {t.panel}; border: none; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
    """
