"""A thread for calls that may hang, as those on a network share do."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from hmi.domain.language import tr

TIMEOUT_S: Final = 10.0

T = TypeVar("T")


class AnchorError(Exception):
    """A place does not take, or does not tell, what it should; in words."""


class OwnThread:
    """Runs calls that may hang, as on a network share, one at a time; the program ends without waiting for one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.is_busy = False

    async def run(self, function: Callable[[], T], within_s: float = TIMEOUT_S) -> T:
        """Return what the function does. Raises AnchorError, also when it has not ended in time."""
        if self.is_busy:
            raise AnchorError(tr("It does not answer."))
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(error: Exception | None, answer: T | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(answer)  # type: ignore[arg-type]  # there is one when there is no error

        def work() -> None:
            try:
                outcome: tuple[Exception | None, T | None] = (None, function())
            except Exception as error:  # noqa: BLE001  # handed to the waiting coroutine
                outcome = (error, None)
            self.is_busy = False
            with contextlib.suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(settle, *outcome)

        self.is_busy = True
        threading.Thread(target=work, name=self._name, daemon=True).start()
        try:
            async with asyncio.timeout(within_s):
                return await future
        except TimeoutError:
            raise AnchorError(tr("It does not answer.")) from None
        except OSError as error:
            raise AnchorError(f"{error.strerror or error}.") from error
