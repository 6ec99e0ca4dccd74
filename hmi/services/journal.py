"""The journal thread: durable commits, awaited from the I/O thread one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class JournalThread:
    """Runs blocking calls on one thread, in order; what it runs are the journal's and the configuration's functions."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="journal")

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result, or raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    def stop(self) -> None:
        """Finish what was begun and end. Blocks."""
        self._executor.shutdown(wait=True)
