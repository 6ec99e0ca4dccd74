"""Whether every part of this installation loads and works: run on every build, and when something is odd."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def selftest() -> int:
    """Run every check, print a line each, and return 0 when all passed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    failures = 0
    for name, check in (
        ("drivers", _drivers),
        ("stores", _stores),
        ("keyring", _keyring),
        ("window", _window),
        ("map data", _map_data),
    ):
        try:
            detail = check()
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a part is what this is to find out
            failures += 1
            detail = f"FAILED: {type(error).__name__}: {error}"
        sys.stdout.write(f"{name}: {detail}\n")
    return 1 if failures else 0


def _drivers() -> str:
    from drivers.registry import DRIVERS

    return ", ".join(driver.label for driver in DRIVERS)


def _stores() -> str:
    from hmi.storage.history.live_file import open_file
    from hmi.storage.journal.journal import Journal
    from hmi.storage.local.database import open_database

    with tempfile.TemporaryDirectory() as folder:
        open_file(Path(folder) / "live.duckdb").close()
        open_database(Path(folder) / "roams.db").dispose()
        Journal(Path(folder) / "journal.db").close()
    return "history, configuration and journal open"


def _keyring() -> str:
    from hmi.config.secrets.backends import present_refusal

    return present_refusal() or "passwords can be kept"


def _window() -> str:
    from PySide6.QtWidgets import QApplication

    from hmi.shell.main_window import MainWindow
    from hmi.ui.navigator import Navigator
    from hmi.ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("no application for windows")
    Theme(app)
    window = MainWindow(Navigator())
    window.show()
    app.processEvents()
    size = window.grab().size()
    window.close()
    return f"drawn, {size.width()} × {size.height()} on {QApplication.platformName()}"


def _map_data() -> str:
    folder = Path(__file__).resolve().parents[2] / "resources" / "map"
    files = sorted(path.name for path in folder.glob("*.npz"))
    if not files:
        raise FileNotFoundError(f"no map data in {folder}")
    return ", ".join(files)
