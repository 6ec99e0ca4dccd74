"""Keeping the head elsewhere: every five minutes, every thousand rows, when asked, and at the end of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from hmi.config.audit_settings import AuditSettings
from hmi.domain.language import tr
from hmi.services.audit.anchors import (
    AbsentError,
    Anchor,
    FolderAnchor,
    KeptHead,
    KeyringAnchor,
    SyslogAnchor,
)
from hmi.services.audit.key import KeptSecrets
from hmi.services.audit.own_thread import AnchorError
from hmi.services.port import AnchorState
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import KnownHead

EVERY_S: Final = 300.0
EVERY_ROWS: Final = 1_000
LOOK_S: Final = 5.0
END_S: Final = 3.0
"""How long the end of a run waits for places that do not answer."""

_log = structlog.get_logger(__name__)


class Anchoring:
    """The places and how they do. On the I/O thread."""

    def __init__(self, record: Callable[[], str], head: Callable[[], Head], now_us: Callable[[], int]) -> None:
        self._record = record
        self._head = head
        self._now_us = now_us
        self._anchors: tuple[Anchor, ...] = ()
        self._states: list[AnchorState] = []
        self._kept = (0, float("-inf"))
        self._changed: Callable[[], None] = lambda: None
        self.may_replace = False
        """Whether a place that holds one head only may be given another: not before the one in it was compared."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener when a place begins or ceases to fail."""
        self._changed = listener

    def use(self, anchors: Sequence[Anchor]) -> None:
        """Keep the head in these places from now on."""
        self._anchors = tuple(anchors)
        self._states = [AnchorState(each.name, each.proves) for each in anchors]
        self._kept = (0, float("-inf"))
        self._changed()

    def states(self) -> tuple[AnchorState, ...]:
        """Return how each place does."""
        return tuple(self._states)

    @property
    def fault(self) -> str:
        """Which places fail, in words; empty for none."""
        return " ".join(f"{state.name}: {state.fault}" for state in self._states if state.fault and not state.is_absent)

    async def known(self) -> list[KnownHead]:
        """Return the heads of all places; one that does not tell them is shown as failing."""
        found: list[KnownHead] = []
        for number, anchor in enumerate(self._anchors):
            try:
                heads = await anchor.known()
            except AnchorError as error:
                self._note(number, fault=str(error))
                continue
            found += heads
            newest = max((known.head.count for known in heads), default=0)
            if newest and number < len(self._states) and not self._states[number].count:
                self._note(number, count=newest)
        return found

    async def run(self) -> None:
        """Keep the head until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            count, at_s = self._kept
            new = self._head().count - count
            if new >= EVERY_ROWS or (new > 0 and loop.time() - at_s >= EVERY_S):
                await self.put()

    async def put(self) -> None:
        """Keep the head everywhere now; a place that fails keeps no other from it."""
        head = self._head()
        if not head.count:
            return
        self._kept = (head.count, asyncio.get_running_loop().time())
        kept = KeptHead(self._record(), head.count, head.mac.hex(), self._now_us())
        await asyncio.gather(*(self._put(number, anchor, kept) for number, anchor in enumerate(self._anchors)))

    async def end(self) -> None:
        """Keep the last head, without waiting for places that hang."""
        if self._head().count != self._kept[0]:
            try:
                async with asyncio.timeout(END_S):
                    await self.put()
            except TimeoutError:
                _log.warning("audit head not kept everywhere", reason="a place did not answer")

    async def _put(self, number: int, anchor: Anchor, head: KeptHead) -> None:
        if isinstance(anchor, KeyringAnchor) and not self.may_replace:
            return
        try:
            await anchor.put(head)
        except AbsentError as error:
            self._states[number] = replace(self._states[number], fault=str(error), is_absent=True)
        except AnchorError as error:
            self._note(number, fault=str(error))
        else:
            self._note(number, at_us=head.at_us, count=head.count)

    def _note(self, number: int, *, fault: str = "", **facts: int) -> None:
        if number >= len(self._states):
            return  # the places are others by now
        before = self._states[number]
        self._states[number] = replace(before, fault=fault, is_absent=False, **facts)  # type: ignore[arg-type]  # times and counts
        if bool(before.fault) == bool(fault):
            return
        if fault:
            _log.warning("audit head not kept", place=before.name, reason=fault)
        self._changed()


def anchors_of(settings: AuditSettings, folder: Path, secrets: KeptSecrets, installation: str) -> list[Anchor]:
    """Return the places that settings name. folder: the one beside the journal."""
    beside = FolderAnchor(
        folder,
        installation,
        tr("the folder {name}").format(name=folder.name),
        tr("That the journal alone was not altered. Who can write the profile's folder can remove these files, too."),
    )
    anchors: list[Anchor] = [beside]
    if settings.folder:
        proves = tr(
            "That rows were not altered or cut off, as long as nobody who can alter the journal can remove files there."
        )
        anchors.append(FolderAnchor(Path(settings.folder), installation, settings.folder, proves))
    if settings.in_keyring:
        anchors.append(KeyringAnchor(secrets, installation))
    if settings.syslog:
        anchors.append(SyslogAnchor(settings.syslog))
    return anchors
