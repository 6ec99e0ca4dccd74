"""The log: structured lines of JSON, written by a thread of its own to files that rotate; secrets are blotted out."""

from __future__ import annotations

import atexit
import logging
import logging.handlers
import queue
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog
from structlog.typing import Processor

from hmi.config.log_repeats import RepeatLimit
from hmi.config.redaction import BLOT, SECRET_WORDS

FILE_NAME: Final = "roams.log"
FILE_BYTES: Final = 5_000_000
FILES_KEPT: Final = 5
QUEUE_LINES: Final = 10_000

_limits: list[RepeatLimit] = []


def withheld() -> int:
    """Return how many lines that repeated were counted and not written since the start."""
    return sum(limit.withheld for limit in _limits)


def start_logging(folder: Path) -> None:
    """Send structlog's and the libraries' lines to `roams.log` in the folder; a full queue drops lines, never waits."""
    file = logging.handlers.RotatingFileHandler(
        folder / FILE_NAME, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # here, where the exception is; the file's thread has none
        blot_secrets,
    ]
    file.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    lines: queue.Queue[logging.LogRecord] = queue.Queue(QUEUE_LINES)
    root = logging.getLogger()
    handler = _DroppingQueueHandler(lines)
    repeats = RepeatLimit(handler.enqueue)
    handler.addFilter(repeats)
    _limits[:] = [repeats]
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # The library's own lines: one a request at INFO, and a traceback a second while a server is away.
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)  # it calls a peer's error message fatal
    listener = logging.handlers.QueueListener(lines, file, respect_handler_level=True)
    listener.start()
    atexit.register(listener.stop)
    atexit.register(repeats.sweep, is_end=True)  # the last registered is the first called
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _DroppingQueueHandler(logging.handlers.QueueHandler):
    _lost = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record  # structlog's event stays a mapping until the file's formatter renders it

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            if self._lost:
                text = f"{self._lost} lines were lost: more came than could be written"
                self.queue.put_nowait(logging.LogRecord(__name__, logging.WARNING, "", 0, text, (), None))
                self._lost = 0
            self.queue.put_nowait(record)
        except queue.Full:
            self._lost += 1  # a log must never stop a plant


def blot_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that names a secret."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = BLOT
    return event
