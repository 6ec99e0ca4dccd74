"""Passwords: in the operating system's keyring, or in memory for this session; never in a file of ours.

Only backends that are known to keep secrets are used. `keyrings.alt`, where it is installed, makes a headless keyring
silently a plain-text file and storing succeeds, so every backend is judged by its module, a chainer by its members.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from keyring.backend import KeyringBackend

ALLOWED_MODULES: Final = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
TIMEOUT_S: Final = 5.0
SERVICE: Final = "Roams"

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def refused_backend(backend: KeyringBackend) -> str:
    """Return why a backend must not be used, or an empty string when it may."""
    from keyring.backends import chainer

    if isinstance(backend, chainer.ChainerBackend):
        members = list(backend.backends)
        reasons = [reason for member in members if (reason := refused_backend(member))]
        return reasons[0] if reasons else ("" if members else "There is no keyring.")
    module = type(backend).__module__
    if module in ALLOWED_MODULES:
        return ""
    if module == "keyring.backends.fail":
        return "There is no keyring."
    return f"The keyring backend {module} does not keep secrets safe."


class Secrets:
    """Passwords by name. Keyring calls may block or prompt, so they run on a thread of their own, with a timeout."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}
        self._turn = asyncio.Lock()
        self._is_busy = False

    def hold(self, name: str, secret: str) -> None:
        """Keep a secret for this session only."""
        self._session[name] = secret

    async def get(self, name: str) -> str | None:
        """Return a secret from the session or the keyring; None when there is none or the keyring does not open."""
        if name in self._session:
            return self._session[name]
        try:
            return await self._run(_read, name)
        except TimeoutError:
            _log.warning("keyring does not answer", timeout_s=TIMEOUT_S)
        except Exception as error:  # noqa: BLE001  # backends raise what they like; without a secret we ask the operator
            _log.warning("keyring cannot be read", error=str(error))
        return None

    async def store(self, name: str, secret: str) -> str:
        """Keep a secret as safely as this machine can, and return where in the operator's words."""
        self._session[name] = secret
        try:
            reason = await self._run(_write, name, secret)
        except TimeoutError:
            reason = "The keyring does not answer."
        except Exception as error:  # noqa: BLE001  # as above
            reason = f"The keyring refused: {error}."
        if reason:
            _log.warning("secret kept for the session only", reason=reason)
            return f"{reason} The password is kept until the program ends."
        return "The password is kept in the keyring."

    def close(self) -> None:
        """Forget the session's secrets."""
        self._session.clear()

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        """Call on a daemon thread, one after another: a prompt that nobody answers must not keep the program going."""
        async with asyncio.timeout(TIMEOUT_S), self._turn:
            if self._is_busy:
                raise TimeoutError  # the last call still hangs; one hanging thread is enough
            loop = asyncio.get_running_loop()
            future: asyncio.Future[T] = loop.create_future()

            def work() -> None:
                try:
                    settle, outcome = future.set_result, function(*arguments)
                except Exception as error:  # noqa: BLE001  # handed to the waiting coroutine
                    settle, outcome = future.set_exception, error  # type: ignore[assignment]  # the other half
                self._is_busy = False
                with contextlib.suppress(RuntimeError):  # the loop may have ended while the keyring slept
                    loop.call_soon_threadsafe(lambda: None if future.done() else settle(outcome))

            self._is_busy = True
            threading.Thread(target=work, name="keyring", daemon=True).start()
            return await future


def _read(name: str) -> str | None:
    import keyring

    return None if refused_backend(keyring.get_keyring()) else keyring.get_password(SERVICE, name)


def _write(name: str, secret: str) -> str:
    import keyring

    reason = refused_backend(keyring.get_keyring())
    if not reason:
        keyring.set_password(SERVICE, name, secret)
    return reason
