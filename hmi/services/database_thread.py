"""The threads of the SQLite files: durable commits, awaited from the I/O thread one after another.

Each file has its own, so that an alarm, an acknowledgement or a command's intent, which go to journal.db, never wait
for a change of a large configuration.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class DatabaseThread:
    """Runs blocking calls on one thread, in order: the functions of one file. name: of the file or its contents."""

    def __init__(self, name: str = "journal") -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result, or raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    def stop(self) -> None:
        """Finish what was begun and end. Blocks."""
        self._executor.shutdown(wait=True)
