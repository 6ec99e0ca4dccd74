"""Something that is waited for and can be cancelled; no Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Work:
    """One thing at a time; beginning another ends the one before."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._task: asyncio.Task[Any] | None = None
        self.words = ""

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    @contextmanager
    def doing(self, words: str) -> Iterator[None]:
        """Say what the running task waits for, while it waits."""
        task = asyncio.current_task()
        if self._task is not task:
            self.cancel()
        self._task, self.words = task, words
        self._changed()
        try:
            yield
        finally:
            if self._task is task:
                self._task, self.words = None, ""
            self._changed()

    def cancel(self) -> None:
        """End the task that waits, if one does."""
        task, self._task = self._task, None
        if task is not None:
            self.words = ""
            task.cancel()
            self._changed()
