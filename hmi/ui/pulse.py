"""The window's heartbeat: pulls the port, measures how late it does, and gives the flash its beat."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from hmi.services.lateness import Lateness
from hmi.services.mirror import Mirror
from hmi.services.port import Port
from hmi.ui.timers import every

PULL_MS: Final = 100
FLASH_MS: Final = 500


class Pulse(QObject):
    """Pulls a frame every 100 ms, and at once when the services say that something is urgent."""

    urgent = Signal()
    flashed = Signal(bool)

    def __init__(self, port: Port, mirror: Mirror, on_pulled: Callable[[], None]) -> None:
        super().__init__()
        self._port = port
        self._mirror = mirror
        self._on_pulled = on_pulled
        self._is_lit = True
        self._is_wanted = False
        self._due = 0.0
        self.lateness = Lateness()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PULL_MS)
        self._timer.timeout.connect(self._tick)
        self._flash = every(self, FLASH_MS, self._beat)
        # Emitted on the I/O thread; the queued connection brings it here.
        self.urgent.connect(self._pull, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin."""
        self._port.on_urgent(self._wake)
        self._due = time.perf_counter() + PULL_MS / 1000
        self._timer.start()
        self._flash.start()

    def stop(self) -> None:
        """End; nothing is pulled afterwards."""
        self._port.on_urgent(lambda: None)
        self._timer.stop()
        self._flash.stop()

    def _wake(self) -> None:
        """Ask for a pull, on the I/O thread; many askings before it are one."""
        if not self._is_wanted:
            self._is_wanted = True
            self.urgent.emit()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.lateness.add((now - self._due) * 1000)
        self._pull()
        # Qt keeps a precise timer on its grid, but for a beat that was missed: then its grid begins anew from there.
        step = PULL_MS / 1000
        self._due = self._due + step if now - self._due < step else now + step

    def _pull(self) -> None:
        self._is_wanted = False
        self._mirror.take(self._port.pull())
        self._on_pulled()

    def _beat(self) -> None:
        self._is_lit = not self._is_lit
        self.flashed.emit(self._is_lit)
