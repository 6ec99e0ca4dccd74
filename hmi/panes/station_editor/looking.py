"""The link that is only looked around on: opened, asked about its certificate, closed; no Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from drivers.api import Certificate, Trust
from hmi.domain.drafts import ConnectionDraft
from hmi.domain.language import tr
from hmi.panes.station_editor.work import Work
from hmi.services.port import CloseExploration, Exploration, OpenExploration, Port, RefusedError, TrustCertificate


class LookState(StrEnum):
    """How the link to look around stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    ASKING = "asking"
    OPEN = "open"
    REFUSED = "refused"


class Look:
    """One exploration at a time; another connection or login begins another one."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self._connection: ConnectionDraft | None = None
        self._password = ""
        self.work = Work(changed)
        self.state = LookState.IDLE
        self.id: UUID | None = None
        self.reason = ""
        self.certificate: Certificate | None = None
        self.answer: Trust | None = None
        """What the person said to `certificate`."""

    def is_open_for(self, connection: ConnectionDraft, password: str) -> bool:
        """Whether it is open, and by just this connection and login."""
        return self.state is LookState.OPEN and (self._connection, self._password) == (connection, password)

    async def open(self, connection: ConnectionDraft, password: str) -> bool:
        """Connect; False when the certificate has to be judged or it was refused, with the reason kept."""
        if self.is_open_for(connection, password):
            return True
        await self.close()
        self._connection, self._password = connection, password
        return await self._open(None)

    async def answer_certificate(self, decision: Trust) -> bool:
        """Give a person's word on the certificate; where it was accepted, go on connecting. False as for `open`."""
        if self.certificate is None:
            return False
        if self.id is None:  # it was refused before; the server has to be asked again
            if await self._open(None):
                return True
            if self.id is None:
                return False
        self.reason = ""
        try:
            await self._port.request(TrustCertificate(self.id, self.certificate.thumbprint, decision))
        except RefusedError as error:
            self.reason = str(error)
            self._changed()
            return False
        self.answer = decision
        if decision is not Trust.NEVER:
            return await self._open(self.id)
        await self.close()
        self.state = LookState.REFUSED
        self.reason = tr("You refused this certificate. Choose another way in, or ask whoever runs the server.")
        self._changed()
        return False

    async def close(self) -> None:
        """Let go of the link, in the middle of connecting too."""
        self.work.cancel()
        known, self.id = self.id, None
        self.state, self.reason = LookState.IDLE, ""
        if known is not None:
            try:
                await self._port.request(CloseExploration(known))
            except RefusedError as error:
                self.reason = str(error)
        self._changed()

    def forget_certificate(self) -> None:
        """Forget which certificate was shown, as when another server is chosen."""
        self.certificate = self.answer = None

    async def _open(self, known: UUID | None) -> bool:
        if self._connection is None:
            return False
        self.state = LookState.CONNECTING
        try:
            with self.work.doing(tr("Connecting to look around…")):
                found = await self._port.request(OpenExploration(self._connection, self._password, known))
        except RefusedError as error:
            self.state, self.reason, self.id = LookState.REFUSED, str(error), None
            self._changed()
            return False
        except asyncio.CancelledError:
            self.state = LookState.IDLE
            raise
        self._take(found)
        return found.is_open

    def _take(self, found: Exploration) -> None:
        self.id = found.id
        self.state = LookState.OPEN if found.is_open else LookState.ASKING
        self.reason = found.reason
        if found.certificate is not None:
            if found.certificate != self.certificate:
                self.answer = None
            self.certificate = found.certificate
        self._changed()
