"""Work that goes on for as long as the program runs, and work that must not stop in its middle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

AGAIN_S: Final = 1.0

Result = TypeVar("Result")

_log = structlog.get_logger(__name__)


class CarriedThrough:
    """Work that is done to its end once it was begun: who goes away in the middle leaves nothing half done."""

    def __init__(self) -> None:
        self._works: set[asyncio.Task[Any]] = set()

    @property
    def is_any(self) -> bool:
        """Whether something is being done."""
        return bool(self._works)

    async def do(self, work: Coroutine[Any, Any, Result], name: str) -> Result:
        """Do it and return its result; whoever waits may be cancelled, and the work is not."""
        task = asyncio.create_task(work, name=name)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        return await asyncio.shield(task)

    async def wait(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._works, return_exceptions=True)


async def keep_running(work: Callable[[], Awaitable[None]], name: str, tell: Callable[[str], None]) -> None:
    """Run endless work until cancelled; a bug in it is logged and told once, and it begins anew a second later."""
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
