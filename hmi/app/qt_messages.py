"""What Qt says: into the log, and what it calls fatal into a crash file, since the program is gone after it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import structlog
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from hmi.config.crashes import write_text

LEVELS: Final = {
    QtMsgType.QtDebugMsg: "debug",
    QtMsgType.QtInfoMsg: "info",
    QtMsgType.QtWarningMsg: "warning",
    QtMsgType.QtCriticalMsg: "error",
    QtMsgType.QtFatalMsg: "critical",
}

_log = structlog.get_logger(__name__)


def take_qt_messages(crashes: Path) -> None:
    """Take what Qt says from now on, from any thread; it still goes to the terminal too."""

    def take(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        getattr(_log, LEVELS.get(kind, "warning"))("Qt", text=text, category=context.category or "")
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n")
        if kind is QtMsgType.QtFatalMsg:
            where = f"{context.file}:{context.line} {context.function}" if context.file else ""
            write_text(crashes, "qt", f"Qt: {text}\n{where}\n")

    qInstallMessageHandler(take)


def leave_qt_messages() -> None:
    """Let Qt say what it says to the terminal only."""
    qInstallMessageHandler(None)
