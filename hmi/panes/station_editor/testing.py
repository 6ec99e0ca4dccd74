"""Step 4: the connection test, step by step as it comes; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from drivers.api import TestStep
from hmi.domain.drafts import ConnectionDraft
from hmi.domain.language import tr
from hmi.panes.station_editor.work import Work
from hmi.services.port import CloseExploration, NextTestStep, Port, RefusedError, StartConnectionTest


class ConnectionTest:
    """Keeps the steps of the latest test, each in its newest state."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self._id: UUID | None = None
        self.work = Work(changed)
        self.steps: tuple[TestStep, ...] = ()
        self.reason = ""
        self.tested: ConnectionDraft | None = None
        """The connection that the steps are about."""

    @property
    def has_passed(self) -> bool:
        return bool(self.steps) and not self.work.is_busy and not self.failed and not self.reason

    @property
    def failed(self) -> TestStep | None:
        return next((step for step in self.steps if step.is_ok is False), None)

    async def run(self, connection: ConnectionDraft, password: str) -> bool:
        """Take all steps; True when each went well."""
        await self.close()
        self.steps, self.reason, self.tested = (), "", connection
        with self.work.doing(tr("Testing the connection…")):
            try:
                self._id = await self._port.request(StartConnectionTest(connection, password))
                while (step := await self._port.request(NextTestStep(self._id))) is not None:
                    self._take(step)
            except RefusedError as error:
                self.reason = str(error)
        self._id = None
        self._changed()
        return self.has_passed

    async def close(self) -> None:
        """End a test, in the middle of a step too; what it has found out stays."""
        was_busy = self.work.is_busy
        self.work.cancel()
        known, self._id = self._id, None
        if was_busy:
            self.steps = tuple(step for step in self.steps if step.is_ok is not None)
            self.reason = tr("The test was cancelled.")
        if known is not None:
            try:
                await self._port.request(CloseExploration(known))
            except RefusedError as error:
                self.reason = str(error)
        self._changed()

    def forget(self) -> None:
        """Forget what was found out, as when another server or login is chosen."""
        self.steps, self.reason, self.tested = (), "", None

    def _take(self, step: TestStep) -> None:
        """Take a step's newest state in the place of the one before."""
        is_same = bool(self.steps) and self.steps[-1].name == step.name
        self.steps = (*self.steps[: -1 if is_same else None], step)
        self._changed()
