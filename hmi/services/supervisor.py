"""One connection's life: connect, acquire, notice the loss, wait, connect again.

    DISABLED ──► CONNECTING ──► UP ◄──► DEGRADED
                     ▲          └──► DOWN ◄──┘
                     └───────────────┘

Written once for every driver. Each supervisor is one task tree of its own; it shares nothing with another but the
semaphore that keeps secure handshakes to eight at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from drivers.api import (
    AccessDeniedError,
    Batch,
    BatchSink,
    ConditionSink,
    Credentials,
    Driver,
    DriverError,
    Item,
    LinkState,
    MirrorsConditions,
    NotConnectedError,
    Proves,
    Reads,
    Rejected,
    Subscribes,
    UnsupportedError,
    UntrustedError,
)
from hmi.domain.plant import Connection
from hmi.services.poller import poll
from hmi.services.port import LinkStatus

BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 5.0)
DENIED_WAIT_S: Final = 30.0
HANDSHAKES_AT_ONCE: Final = 8
AWAY: Final = frozenset({LinkState.CONNECTING, LinkState.DOWN})
OPEN_TIMEOUT_S: Final = 30.0
"""A link on which every answer takes a second needs some twenty of them for a secure session."""

IS_UP: Final = frozenset({LinkState.UP, LinkState.DEGRADED})
CANCEL_AGAIN_S: Final = 0.2
SETTLE_S: Final = 0.05

CredentialSource = Callable[[Connection], Awaitable[Credentials | None]]
StatusSink = Callable[[LinkStatus], None]

_log = structlog.get_logger(__name__)


def backoff_s(attempt: int) -> float:
    """Return the wait before an attempt (1 is the first retry), shortened by chance: clients must not march in step."""
    base = BACKOFF_S[min(attempt, len(BACKOFF_S)) - 1]
    return base * random.uniform(0.7, 1.0)  # noqa: S311  # jitter, not cryptography


class Supervisor:
    """Keeps one driver connected and its items acquired. All on the I/O thread."""

    def __init__(
        self,
        connection: Connection,
        driver: Driver,
        items: Sequence[Item],
        *,
        credentials: CredentialSource,
        handshakes: asyncio.Semaphore,
        on_batch: BatchSink,
        on_status: StatusSink,
        on_conditions: ConditionSink,
    ) -> None:
        self._connection = connection
        self._driver = driver
        self._items = tuple(items)
        self._credentials = credentials
        self._handshakes = handshakes
        self._on_batch = on_batch
        self._on_status = on_status
        self._on_conditions = on_conditions
        self._rejected_logged = 0
        self._task: asyncio.Task[None] | None = None
        self._retry = asyncio.Event()
        self._is_loss_logged = False
        self._is_muted = False
        self._is_ending = False
        self._attempts = 0
        self._rate_mark = (time.monotonic(), 0)
        self.status = LinkStatus(
            connection.id,
            connection.name,
            connection.endpoint,
            LinkState.DISABLED,
            time.time_ns() // 1000,
            tags=len(self._items),
        )

    def start(self) -> None:
        """Begin; returns at once."""
        if not self._connection.enabled:
            self._on_status(self.status)
        else:
            self._task = asyncio.create_task(self._run(), name=f"link {self._connection.name}")

    async def stop(self) -> None:
        """End the link and leave nothing behind."""
        self._is_ending = True
        task, self._task = self._task, None
        while task is not None and not task.done():
            # Again and again: a library may swallow a cancellation that meets it while it is cancelling for itself.
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_AGAIN_S)
        await self._driver.close()

    def try_now(self) -> None:
        """Cut the present wait short, as when a password was entered."""
        self._retry.set()

    @property
    def open_driver(self) -> Driver:
        """The driver, for a command. Raises NotConnectedError while the link is not up."""
        if self.status.state not in IS_UP:
            raise NotConnectedError(f"The link to {self._connection.name} is down.")
        return self._driver

    @property
    def driver(self) -> Driver:
        return self._driver

    async def set_items(self, items: Sequence[Item]) -> None:
        """Acquire these items from now on; those that stay are not touched, the link neither."""
        self._items = tuple(items)
        self.status = replace(self.status, tags=len(self._items))
        if self.status.state in IS_UP and not self.status.is_polled and isinstance(self._driver, Subscribes):
            with contextlib.suppress(DriverError):  # the link is going; the next one begins with the new items
                await self._driver.subscribe(self._items, self._received)
        self.refresh()
        self._on_status(self.status)

    def refresh(self) -> LinkStatus:
        """Return the status with its rate over the time since the last refresh, and with what troubles the driver."""
        now, values = time.monotonic(), self.status.values
        then, before = self._rate_mark
        self._rate_mark = (now, values)
        rate = (values - before) / max(now - then, 1e-3)
        is_up = self.status.state in IS_UP
        rejected = self.status.rejected
        if is_up and isinstance(self._driver, Subscribes) and not self.status.is_polled:
            rejected = tuple(self._driver.rejected())
        self.status = replace(
            self.status,
            rate=rate,
            details=dict(self._driver.diagnostics()),
            dropped=self._driver.dropped(),
            rejected=rejected,
            proof=self._driver.proof() if isinstance(self._driver, Proves) else None,
        )
        if is_up:
            self._judge(self._driver.trouble())
            self._log_rejected(len(rejected))
        return self.status

    def _judge(self, trouble: str) -> None:
        state = LinkState.DEGRADED if trouble else LinkState.UP
        if (state, trouble) != (self.status.state, self.status.reason):
            self._set(state, trouble)

    async def _run(self) -> None:
        while not self._is_ending:
            try:
                await self._live_once()
            except DriverError as error:
                await self._lost(error)
            except Exception as error:  # noqa: BLE001  # failure wall: one link's bug ends neither it nor another
                _log.exception("link failed", connection=self._connection.name)
                await self._driver.close()
                await self._lost(NotConnectedError(f"The driver failed: {error}. See the log."))

    async def _live_once(self) -> None:
        """Connect, acquire, and raise the reason once the link is lost."""
        self._set(LinkState.CONNECTING, self.status.reason)
        credentials = await self._credentials(self._connection)
        await self._driver.reach()
        async with self._handshakes:
            try:
                async with asyncio.timeout(OPEN_TIMEOUT_S):
                    await self._driver.open(credentials)
            except TimeoutError:
                raise NotConnectedError(f"{self._connection.endpoint} does not finish the connection.") from None
        acquiring = asyncio.create_task(self._acquire(), name=f"acquire {self._connection.name}")
        losing = asyncio.create_task(self._driver.wait_lost(), name=f"watch {self._connection.name}")
        try:
            await asyncio.wait({acquiring, losing}, return_when=asyncio.FIRST_COMPLETED)
            if acquiring.done():
                acquiring.result()
            raise await losing
        except DriverError:
            await asyncio.wait({losing}, timeout=SETTLE_S)  # it may have failed because the link is going
            if not losing.done():
                await self._driver.close()  # it is up but cannot be used: the next try begins from nothing
            raise
        finally:
            acquiring.cancel()
            losing.cancel()
            await asyncio.gather(acquiring, losing, return_exceptions=True)

    async def _acquire(self) -> None:
        rejected: Sequence[Rejected] = ()
        is_polled = not isinstance(self._driver, Subscribes)
        if isinstance(self._driver, Subscribes):
            try:
                rejected = await self._driver.subscribe(self._items, self._received)
            except UnsupportedError:
                is_polled = True
        self._set(
            LinkState.UP, "", rejected=tuple(rejected), is_polled=is_polled, needs_credentials=False, certificate=None
        )
        self._log_recovery()
        self._log_rejected(len(rejected))
        await self._mirror()
        if is_polled and isinstance(self._driver, Reads):
            await poll(self._driver, lambda: self._items, self._received)

    async def _mirror(self) -> None:
        """Have the source's own alarms passed on, where it has any."""
        if not isinstance(self._driver, MirrorsConditions):
            return
        with contextlib.suppress(UnsupportedError):
            await self._driver.mirror(self._on_conditions)

    def mute(self) -> None:
        """Pass nothing on from now on: the tags of this link may be gone before its tasks are."""
        self._is_muted = True

    def _received(self, batch: Batch) -> None:
        if self._is_muted or self.status.state is LinkState.DOWN:
            return  # a last message of a link that was given up must not make its values look live
        self.status = replace(
            self.status, values=self.status.values + len(batch), last_data_us=int(batch.received_us[-1])
        )
        self._on_batch(batch)

    async def _lost(self, error: DriverError) -> None:
        is_denied = isinstance(error, AccessDeniedError)
        was_up = self.status.state in IS_UP
        self._attempts = 1 if was_up else self._attempts + 1
        self._set(
            LinkState.DOWN,
            error.sentence,
            reconnects=self.status.reconnects + was_up,
            needs_credentials=is_denied and not isinstance(error, UntrustedError),
            certificate=error.certificate if isinstance(error, UntrustedError) else None,
        )
        if not self._is_loss_logged:
            self._is_loss_logged = True
            _log.warning("link lost", connection=self._connection.name, reason=error.sentence)
        self._retry.clear()
        try:
            async with asyncio.timeout(DENIED_WAIT_S if is_denied else backoff_s(self._attempts)):
                await self._retry.wait()
        except TimeoutError:
            pass

    def _log_recovery(self) -> None:
        if self._is_loss_logged:
            self._is_loss_logged = False
            _log.warning("link back", connection=self._connection.name, attempts=self._attempts)

    def _log_rejected(self, count: int) -> None:
        """Say once that addresses are refused, and again only when there are more."""
        if count > self._rejected_logged:
            _log.warning("addresses refused", connection=self._connection.name, count=count)
        self._rejected_logged = count

    def _set(self, state: LinkState, reason: str, **changes: object) -> None:
        # Down and connecting alternate while a host is away: for an operator it has been away since the first loss.
        is_same = (state in AWAY) == (self.status.state in AWAY) and state in AWAY | {self.status.state}
        since = self.status.since_us if is_same else time.time_ns() // 1000
        self.status = replace(self.status, state=state, reason=reason, since_us=since, **changes)  # type: ignore[arg-type]  # named fields of LinkStatus only
        if not self._is_muted:
            self._on_status(self.status)
