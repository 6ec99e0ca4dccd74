"""The main window: top bar, banner, tree, workspaces and faceplate, laid out; shown before anything is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.shell.top_bar import TopBar
from hmi.ui.label import Label, tip
from hmi.ui.navigator import Navigator, Workspace

TREE_PX: Final = 260
FACEPLATE_PX: Final = 348
FIRST_SIZE: Final = QSize(1600, 900)


class MainWindow(QMainWindow):
    """The frame. Panes are handed in by `set_banner`, `add_workspace`, `set_tree` and `set_faceplate`."""

    def __init__(self, navigator: Navigator) -> None:
        super().__init__()
        self.setWindowTitle("Roams")
        self.setMinimumSize(1024, 600)
        self._navigator = navigator
        self._on_close: Callable[[], None] = lambda: None
        self.top_bar = TopBar()
        self.top_bar.back_pressed.connect(navigator.back)
        self.top_bar.home_pressed.connect(navigator.home)
        self._banner = QVBoxLayout()
        self._banner.setContentsMargins(0, 0, 0, 0)
        self._tabs = QHBoxLayout()
        self._tabs.setContentsMargins(8, 0, 8, 0)
        self._tabs.setSpacing(0)
        self._tab_group = QButtonGroup(self)
        self._tab_group.setExclusive(True)
        self._stack = QStackedWidget()
        self._pages: dict[Workspace, tuple[QWidget, QPushButton]] = {}
        self._starting = Label(tr("Starting…"))
        self._starting.setProperty("kind", "title")
        self._starting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._starting)
        self._tree = self._dock(tr("Stations"), "stations", Qt.DockWidgetArea.LeftDockWidgetArea)
        self._faceplate = self._dock(tr("Faceplate"), "faceplate", Qt.DockWidgetArea.RightDockWidgetArea)
        self._lay_out()
        self.resize(FIRST_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize()))
        QShortcut(QKeySequence("F11"), self, self.toggle_full_screen)
        self.addAction(self.top_bar.user.lock_action)  # its key works while its menu is closed, too
        navigator.on_place(lambda place: self.show_workspace(place.workspace))

    def on_close(self, listener: Callable[[], None]) -> None:
        """Call the listener once when the window is closed."""
        self._on_close = listener

    def set_banner(self, banner: QWidget) -> None:
        """Put the alarm banner under the top bar, over the whole width, on every workspace."""
        self._banner.addWidget(banner)

    def set_sign_in(self, strip: QWidget) -> None:
        """Put the strip in which people sign in below the banner, on every workspace."""
        self._banner.addWidget(strip)

    def set_vault_bar(self, bar: QWidget) -> None:
        """Put the bar that asks for the vault's passphrase below the banner, on every workspace."""
        self._banner.addWidget(bar)

    def set_crash_bar(self, bar: QWidget) -> None:
        """Put the bar that tells of an unexpected end below the banner, on every workspace."""
        self._banner.addWidget(bar)

    def set_tree(self, tree: QWidget) -> None:
        """Put the station tree on the left."""
        tree.setMinimumWidth(TREE_PX)
        self._tree.setWidget(tree)

    def set_faceplate(self, faceplate: QWidget) -> None:
        """Put the faceplate on the right."""
        faceplate.setMinimumWidth(FACEPLATE_PX)
        self._faceplate.setWidget(faceplate)

    def add_workspace(self, workspace: Workspace, label: str, page: QWidget) -> None:
        """Add a workspace with its tab; the first one replaces the starting page."""
        button = QPushButton(label)
        button.setProperty("kind", "workspace")
        button.setCheckable(True)
        button.setShortcut(f"Ctrl+{len(self._pages) + 1}")
        button.setToolTip(tip(f"{label} (Ctrl+{len(self._pages) + 1})"))
        button.clicked.connect(lambda: self._navigator.show(workspace))
        self._tab_group.addButton(button)
        self._tabs.insertWidget(len(self._pages), button)
        self._pages[workspace] = (page, button)
        self._stack.addWidget(page)

    def show_workspace(self, workspace: Workspace) -> None:
        """Bring a workspace to the centre."""
        if workspace in self._pages:
            page, button = self._pages[workspace]
            self._stack.setCurrentWidget(page)
            button.setChecked(True)

    def say_failure(self, sentence: str) -> None:
        """Show why the program cannot go on, in place of the workspaces."""
        self._starting.setText(sentence)
        self._starting.setWordWrap(True)
        self._starting.setContentsMargins(48, 48, 48, 48)
        self._stack.setCurrentWidget(self._starting)

    def bring_to_front(self) -> None:
        """Show the window above others, from minimised too."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop filling it."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def state(self) -> dict[str, str]:
        """Return size, place and docks as text."""
        return {
            "geometry": bytes(self.saveGeometry().toBase64().data()).decode(),
            "docks": bytes(self.saveState().toBase64().data()).decode(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Take up a state; anything that does not fit is passed over, and the window ends on a screen that is there."""
        geometry, docks = state.get("geometry"), state.get("docks")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        if isinstance(docks, str):
            self.restoreState(QByteArray.fromBase64(docks.encode()))
        screens = QGuiApplication.screens()
        if not any(screen.availableGeometry().intersects(self.frameGeometry()) for screen in screens):
            self.move(QGuiApplication.primaryScreen().availableGeometry().topLeft())

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self._on_close()

    def _lay_out(self) -> None:
        tabs = QFrame()
        tabs.setObjectName("panel")
        self._tabs.addStretch(1)
        tabs.setLayout(self._tabs)
        # The top bar and the banner are the menu widget: above the docks, over the whole width.
        head = QWidget()
        head.setObjectName("ground")
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(1)
        column.addWidget(self.top_bar)
        column.addLayout(self._banner)
        self.setMenuWidget(head)
        centre = QWidget()
        centre.setObjectName("ground")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(tabs)
        layout.addWidget(self._stack, 1)
        self.setCentralWidget(centre)

    def _dock(self, title: str, name: str, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self.addDockWidget(area, dock)
        return dock
