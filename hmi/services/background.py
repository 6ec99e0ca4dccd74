"""Work that goes on for as long as the program runs: a bug in it is logged and shown, and it is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

AGAIN_S: Final = 1.0

_log = structlog.get_logger(__name__)


async def keep_running(work: Callable[[], Awaitable[None]], name: str, tell: Callable[[str], None]) -> None:
    """Run endless work until cancelled; after a failure tell it once and begin anew a second later."""
    has_told = False
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001  # failure wall: alarms, journal and figures must outlive one bad turn
            _log.exception("background work failed", work=name)
            if not has_told:
                tell(f"A part of the program failed and was taken up again: {name}. The log has the details.")
            has_told = True
        await asyncio.sleep(AGAIN_S)
