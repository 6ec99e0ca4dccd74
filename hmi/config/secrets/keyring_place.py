"""The system's keyring, whose calls may block, prompt or hang: each on a thread of its own, with a timeout."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from hmi.config.secrets.backends import SERVICE, look_again, present_refusal
from hmi.config.secrets.places import NoPlaceError, PlaceError
from hmi.domain.language import tr

TIMEOUT_S: Final = 5.0

T = TypeVar("T")


class KeyringPlace:
    """Every call raises PlaceError in words, within TIMEOUT_S. On the I/O thread."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._is_busy = False

    async def refusal(self, *, looks_again: bool = False) -> str:
        """Return why no secret can be kept here, empty when one can; that it is locked shows only when it is asked."""
        try:
            return await self._run(look_again if looks_again else present_refusal)
        except PlaceError as error:
            return str(error)

    async def read(self, name: str) -> str | None:
        """Return a secret, None when there is none of that name."""

        def read() -> str | None:
            import keyring

            _require_safe()
            return keyring.get_password(SERVICE, name)

        return await self._run(read)

    async def write(self, name: str, secret: str) -> None:
        """Keep a secret."""

        def write() -> None:
            import keyring

            _require_safe()
            keyring.set_password(SERVICE, name, secret)

        await self._run(write, secret)

    async def delete(self, name: str) -> None:
        """Forget a secret; one that is not there is forgotten already."""

        def delete() -> None:
            import keyring

            _require_safe()
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)

        await self._run(delete)

    async def _run(self, function: Callable[[], T], secret: str = "") -> T:
        try:
            return await self._run_on_thread(function)
        except PlaceError:
            raise
        except TimeoutError:
            raise PlaceError(tr("The keyring does not answer.")) from None
        except Exception as error:  # noqa: BLE001  # backends raise what they like
            said = str(error) or type(error).__name__
            said = said.replace(secret, "•••") if secret else said
            # Without its cause: whoever logs that one has the secret in the trace's own lines.
            raise PlaceError(tr("The keyring refused: {reason}.").format(reason=said.rstrip("."))) from None

    async def _run_on_thread(self, function: Callable[[], T]) -> T:
        """Call on a daemon thread, one after another: a prompt that nobody answers must not keep the program going."""
        async with asyncio.timeout(TIMEOUT_S), self._turn:
            if self._is_busy:
                raise TimeoutError  # the last call still hangs; one hanging thread is enough
            loop = asyncio.get_running_loop()
            future: asyncio.Future[T] = loop.create_future()

            def work() -> None:
                try:
                    settle, outcome = future.set_result, function()
                except Exception as error:  # noqa: BLE001  # handed to the waiting coroutine
                    settle, outcome = future.set_exception, error  # type: ignore[assignment]  # the other half
                self._is_busy = False
                with contextlib.suppress(RuntimeError):  # the loop may have ended while the keyring slept
                    loop.call_soon_threadsafe(lambda: None if future.done() else settle(outcome))

            self._is_busy = True
            threading.Thread(target=work, name="keyring", daemon=True).start()
            return await future


def _require_safe() -> None:
    if refusal := present_refusal():
        raise NoPlaceError(refusal)
