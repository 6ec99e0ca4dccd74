"""One window a profile: a second start asks the first to come to the front."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_MS: Final = 5000
"""Long enough for a first window that is still being built on a slow machine."""


def name_of(folder: Path) -> str:
    """Return the local socket's name for a profile; per user, since the socket lies in the user's own place."""
    return "roams-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]


def raise_running(folder: Path) -> bool:
    """Ask the instance on a profile to raise its window; return whether it said it did."""
    app = QCoreApplication.instance() or QCoreApplication([])
    socket = QLocalSocket(app)
    socket.connectToServer(name_of(folder))
    if not socket.waitForConnected(ANSWER_MS):
        return False
    has_answered = socket.waitForReadyRead(ANSWER_MS)
    socket.disconnectFromServer()
    return has_answered


class RaiseListener:
    """Listens for second starts and calls `raise_window`."""

    def __init__(self, folder: Path, raise_window: Callable[[], None]) -> None:
        self._raise_window = raise_window
        self._server = QLocalServer()
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(name_of(folder))  # one that a crash left behind; the lock says nobody runs
        self._server.listen(name_of(folder))
        self._server.newConnection.connect(self._asked)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _asked(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is None:
            return
        self._raise_window()
        socket.write(b"raised")
        socket.flush()
        socket.disconnected.connect(socket.deleteLater)
