"""Places outside the journal where the audit record's head is kept: a chain alone does not show that its end was cut.

What each proves depends on who may write there, and its `proves` says so plainly. A central database is one more class
with these methods.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from hmi.config.audit_settings import LOCAL
from hmi.config.secrets import Place
from hmi.domain.language import tr
from hmi.services.audit.key import KeptSecrets
from hmi.services.audit.own_thread import AnchorError, OwnThread
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import KnownHead

KEPT_DAYS: Final = 30
"""For so long every head beside the journal is kept."""
LOCAL_SOCKETS: Final = ("/dev/log", "/var/run/syslog")

_NAME: Final = re.compile(r"head-(?P<installation>[0-9a-f-]{36})-(?P<count>\d+)-(?P<mac>[0-9a-f]{64})\.json")


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
    """One place. Both calls raise AnchorError, and end within own_thread.TIMEOUT_S."""

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
        self._thread = OwnThread("audit folder")

    async def put(self, head: KeptHead) -> None:
        await self._thread.run(lambda: self._put(head))

    async def known(self) -> Sequence[KnownHead]:
        return await self._thread.run(self._known)

    def _put(self, head: KeptHead) -> None:
        month = self._folder / _month(head.at_us)
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


def thin(folder: Path, now_us: int) -> int:
    """Keep one head a day, the last, of those older than KEPT_DAYS; return how many went. Raises OSError.

    For the folder beside the journal only: what is in a folder of the administrator's is never removed.
    """
    before_us = now_us - KEPT_DAYS * 86_400_000_000
    newest: dict[tuple[str, int], tuple[int, Path]] = {}
    gone = []
    for path in _old_heads(folder, before_us):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            at_us, count, of = int(found["at_us"]), int(found["count"]), str(found["installation"])
        except (ValueError, KeyError, TypeError):
            continue  # not ours to remove
        if at_us >= before_us:
            continue
        day = of, at_us // 86_400_000_000
        held = newest.get(day)
        newest[day] = (count, path) if held is None or held[0] < count else held
        if held is not None:
            gone.append(path if newest[day] is held else held[1])
    for path in gone:
        path.chmod(0o600)  # Windows removes no file that is read-only
        path.unlink()
    return len(gone)


def _old_heads(folder: Path, before_us: int) -> Sequence[Path]:
    """Return the files of the months that began before a time."""
    last = _month(before_us)
    months = [month for month in folder.glob("????-??") if month.name <= last]
    return [path for month in months for path in month.glob("head-*.json") if _NAME.fullmatch(path.name)]


def _month(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m")


class KeyringAnchor:
    """The newest head, in the keyring."""

    def __init__(self, secrets: KeptSecrets, installation: str) -> None:
        self.name = tr("the keyring")
        self.proves = tr("That nobody without this user's keyring cut rows off or put an older file in place.")
        self._secrets = secrets
        self._key = f"audit head {installation}"

    async def put(self, head: KeptHead) -> None:
        now = await self._secrets.where()
        if now.place is Place.VAULT:  # it lies beside the journal: who brings back an old one brings back both
            raise AbsentError(tr("Passwords are in the vault, which proves nothing: it is a file beside the record."))
        if not now.outlives:
            raise AbsentError(now.reason)
        kept = await self._secrets.store(self._key, head.text)
        if kept.place is not Place.KEYRING:
            raise AnchorError(tr("The keyring did not take it: {said}").format(said=kept.reason))

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
        self._thread = OwnThread("audit syslog")

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
