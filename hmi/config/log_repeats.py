"""Lines that repeat: a few are written, the rest counted, and the count is written. A dead device must not flood it."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60.0
LINES: Final = 5
"""Lines of one kind in a window that are written as they come."""
KINDS: Final = 1_000
"""Kinds that are remembered; the one that was silent longest is forgotten."""
KEY_CHARACTERS: Final = 300
NOT_COMPARED: Final = frozenset(
    {"event", "level", "logger", "timestamp", "exception", "trace", "exc_info", "stack_info"}
)

_NUMBER: Final = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass(slots=True)
class _Kind:
    since_s: float
    level: int
    logger: str
    seen: int = 0
    withheld: int = 0


class RepeatLimit(logging.Filter):
    """Lets through the first lines of a kind in each window. On any thread.

    Lines are of one kind when they differ in numbers only. tell: gets the line that says how many were withheld.
    """

    def __init__(self, tell: Callable[[logging.LogRecord], None], now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._tell = tell
        self._now = now
        self._kinds: OrderedDict[str, _Kind] = OrderedDict()
        self._swept_s = now()
        self._lock = threading.Lock()
        self.withheld = 0
        """Lines since the start that were counted and not written."""

    def filter(self, record: logging.LogRecord) -> bool:
        with self._lock:
            return self._is_let_through(record)

    def _is_let_through(self, record: logging.LogRecord) -> bool:
        now = self._now()
        if now - self._swept_s >= WINDOW_S:
            self._sweep(now)
        key = kind_of(record)
        kind = self._kinds.get(key)
        if kind is None or now - kind.since_s >= WINDOW_S:
            if kind is not None:
                self._say(key, kind)
            kind = self._kinds[key] = _Kind(now, record.levelno, record.name)
            while len(self._kinds) > KINDS:
                self._say(*self._kinds.popitem(last=False))
        self._kinds.move_to_end(key)
        kind.seen += 1
        if kind.seen <= LINES:
            return True
        kind.withheld += 1
        self.withheld += 1
        return False

    def sweep(self, *, is_end: bool = False) -> None:
        """Say what was withheld in the windows that are over; at the end in all of them."""
        with self._lock:
            self._sweep(self._now(), is_end=is_end)

    def _sweep(self, now: float, *, is_end: bool = False) -> None:
        self._swept_s = now
        for key, kind in list(self._kinds.items()):
            if is_end or now - kind.since_s >= WINDOW_S:
                del self._kinds[key]
                self._say(key, kind)

    def _say(self, key: str, kind: _Kind) -> None:
        if not kind.withheld:
            return
        text = f"{kind.withheld} more lines like: {key.partition(' ')[2]}"
        self._tell(logging.LogRecord(kind.logger, kind.level, "", 0, text, (), None))


def kind_of(record: logging.LogRecord) -> str:
    """Return what lines of one kind have in common, as text."""
    message = record.msg
    if isinstance(message, Mapping):
        rest = " ".join(f"{key}={value}" for key, value in message.items() if key not in NOT_COMPARED)
        text = f"{message.get('event', '')} {rest}"
    else:
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            text = str(message)
    return f"{record.name}/{record.levelno} {_NUMBER.sub('#', text[:KEY_CHARACTERS]).strip()}"
