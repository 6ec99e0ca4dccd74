"""Places outside the journal where the audit record's head is kept: a chain alone does not show that its end was cut.

What each proves depends on who may write there, and its `proves` says so plainly. A central database is one more class
with these methods.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import logging.handlers
import os
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar

from hmi.config.audit_settings import LOCAL
from hmi.domain.language import tr
from hmi.services.audit.key import IN_KEYRING, KeptSecrets, keyring_refusal
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import KnownHead

TIMEOUT_S: Final = 10.0
LOCAL_SOCKETS: Final = ("/dev/log", "/var/run/syslog")

_NAME: Final = re.compile(r"head-(?P<installation>[0-9a-f-]{36})-(?P<count>\d+)-(?P<mac>[0-9a-f]{64})\.json")

T = TypeVar("T")


class AnchorError(Exception):
    """An anchor did not take the head, or does not tell it; in words."""


@dataclass(frozen=True, slots=True)
class KeptHead:
    """What is kept. mac: hexadecimal; at_us: UTC µs."""

    installation: str
    count: int
    mac: str
    at_us: int

    @property
    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class AbsentError(AnchorError):
    """The machine has no such place; nothing that anybody should be called for."""


class Anchor(Protocol):
    """One place. Both calls raise AnchorError, and end within TIMEOUT_S."""

    name: str
    proves: str

    async def put(self, head: KeptHead) -> None:
        """Keep a head."""

    async def known(self) -> Sequence[KnownHead]:
        """Return the heads that are kept; of places that cannot be read back none."""


class FolderAnchor:
    """One new file a head, never written over; its name alone tells the head."""

    def __init__(self, folder: Path, installation: str, name: str, proves: str) -> None:
        self.name, self.proves = name, proves
        self._folder = folder
        self._installation = installation
        self._thread = _OwnThread("audit folder")

    async def put(self, head: KeptHead) -> None:
        await self._thread.run(lambda: self._put(head))

    async def known(self) -> Sequence[KnownHead]:
        return await self._thread.run(self._known)

    def _put(self, head: KeptHead) -> None:
        month = self._folder / datetime.fromtimestamp(head.at_us / 1e6, UTC).strftime("%Y-%m")
        month.mkdir(parents=True, exist_ok=True)
        path = month / f"head-{head.installation}-{head.count:012d}-{head.mac}.json"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        except FileExistsError:
            return  # the same head: nothing happened since
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(head.text + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _known(self) -> Sequence[KnownHead]:
        if not self._folder.is_dir():
            return ()
        found = [_NAME.fullmatch(path.name) for path in self._folder.glob("????-??/head-*.json")]
        return [
            KnownHead(Head(int(each["count"]), bytes.fromhex(each["mac"])), self.name)
            for each in found
            if each is not None and each["installation"] == self._installation
        ]


class KeyringAnchor:
    """The newest head, in the keyring."""

    def __init__(self, secrets: KeptSecrets, installation: str) -> None:
        self.name = tr("the keyring")
        self.proves = tr("That nobody without this user's keyring cut rows off or put an older file in place.")
        self._secrets = secrets
        self._key = f"audit head {installation}"

    async def put(self, head: KeptHead) -> None:
        if absent := await asyncio.to_thread(keyring_refusal):
            raise AbsentError(absent)
        said = await self._secrets.store(self._key, head.text)
        if said != IN_KEYRING:
            raise AnchorError(tr("The keyring did not take it: {said}").format(said=said))

    async def known(self) -> Sequence[KnownHead]:
        text = await self._secrets.get(self._key)
        if not text:
            return ()
        try:
            found = json.loads(text)
            head = Head(int(found["count"]), bytes.fromhex(found["mac"]))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorError(tr("What the keyring holds is no head.")) from error
        return [KnownHead(head, self.name)]


class SyslogAnchor:
    """A line of the system's log, on this machine or another; it cannot be read back from here."""

    def __init__(self, target: str) -> None:
        """target: "local" or host:port."""
        self.name = tr("syslog ({target})").format(target=target)
        self.proves = tr("What the log server holds, compared by hand: lines sent by UDP may be lost on the way.")
        self._target = target
        self._thread = _OwnThread("audit syslog")

    async def put(self, head: KeptHead) -> None:
        await self._thread.run(lambda: self._send(head))

    async def known(self) -> Sequence[KnownHead]:
        return ()

    def _send(self, head: KeptHead) -> None:
        handler = _Syslog(self._address(), facility=logging.handlers.SysLogHandler.LOG_AUTH)
        handler.ident = "roams-audit: "
        try:
            handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, head.text, None, None))
        finally:
            handler.close()

    def _address(self) -> str | tuple[str, int]:
        if self._target == LOCAL:
            for path in LOCAL_SOCKETS:
                if Path(path).exists():
                    return path
            raise AnchorError(tr("This machine has no system log to write to."))
        host, _, port = self._target.rpartition(":")
        return host.strip("[]"), int(port)


class _Syslog(logging.handlers.SysLogHandler):
    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        raise  # noqa: PLE0704  # called while the error is handled: ours to tell, not for stderr


class _OwnThread:
    """Runs calls that may hang, as on a network share, one at a time; the program ends without waiting for one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_busy = False

    async def run(self, function: Callable[[], T]) -> T:
        """Return what the function does. Raises AnchorError."""
        if self._is_busy:
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
            self._is_busy = False
            with contextlib.suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(settle, *outcome)

        self._is_busy = True
        threading.Thread(target=work, name=self._name, daemon=True).start()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await future
        except TimeoutError:
            raise AnchorError(tr("It does not answer.")) from None
        except OSError as error:
            raise AnchorError(f"{error.strerror or error}.") from error
