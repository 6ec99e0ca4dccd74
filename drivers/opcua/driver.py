"""The OPC UA driver: one link that lives across sessions, servers that come back changed, and backups."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from typing import Final, TypeVar

from asyncua import ua

from drivers.api import (
    AccessDeniedError,
    Batch,
    BatchSink,
    BrowsedNode,
    Condition,
    ConditionSink,
    Credentials,
    Description,
    Driver,
    DriverError,
    DriverType,
    Endpoint,
    Item,
    LinkProof,
    Method,
    NotConnectedError,
    Rejected,
    TestStep,
    Text,
    Trust,
    UnsupportedError,
    UntrustedError,
    Value,
)
from drivers.opcua import browsing, describing, discovery, history, methods, writing
from drivers.opcua.acquiring import Acquiring
from drivers.opcua.addresses import address_fault, typed, with_port
from drivers.opcua.codec import Decoder
from drivers.opcua.conditions import Conditions
from drivers.opcua.config import OpcUaConfig, settings
from drivers.opcua.diagnosing import diagnose
from drivers.opcua.errors import OF_CERTIFICATES, translate
from drivers.opcua.items import Gap, ItemTable
from drivers.opcua.judging import Judging
from drivers.opcua.pki import OpcUaCertificates
from drivers.opcua.redundancy import Redundancy
from drivers.opcua.security import own_identity
from drivers.opcua.session import Session
from drivers.opcua.values import to_batch

UNKNOWN_LEVEL: Final = 255
"""The service level of a server that has not been asked yet: nothing speaks against it."""

Answer = TypeVar("Answer")


class OpcUaDriver:
    """Every capability of drivers.api for one OPC UA server and its backups.

    The item table and the decoder outlive sessions; `Session` and `Acquiring` are one session's. After a cut the
    session is taken up again where the server still holds it, so that nothing is lost; else all is made anew from the
    table: namespaces, limits, items.
    """

    def __init__(self, endpoint: str, config: OpcUaConfig) -> None:
        self._endpoints = tuple(with_port(each) for each in (endpoint, *config.backups))
        self._config = config
        self._current = 0
        self._session: Session | None = None
        self._acquiring: Acquiring | None = None
        self._table = ItemTable()
        self._decoder = Decoder()
        self._judging = Judging(config)
        self._types = writing.DataTypes()
        self._conditions: dict[str, Condition] = {}
        self._condition_sink: ConditionSink | None = None
        self._redundancy = Redundancy(self._endpoints, config, self._judging.judge)
        self._dropped = 0

    # ── the link ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def reach(self) -> None:
        failures: list[DriverError] = []
        for offset in range(len(self._endpoints)):
            candidate = (self._current + offset) % len(self._endpoints)
            try:
                await discovery.reach(self._endpoints[candidate])
            except DriverError as error:
                failures.append(error)
                continue
            self._current = candidate
            return
        raise failures[0]

    async def open(self, credentials: Credentials | None) -> None:
        before = self._session
        is_same = before is not None and before.endpoint == self._endpoint and before.may_resume(credentials)
        if is_same and before is not None and await before.resume():
            self._look_for_better(credentials)
            return
        await self._forget()
        session = await self._redundancy.take(self._endpoint, credentials)
        if session is None:
            session = await self._connected(credentials)
        self._session = session
        self._types.forget()
        self._table.begin_session()
        self._look_for_better(credentials)

    async def wait_lost(self) -> DriverError:
        session = self._session
        if session is None:
            return NotConnectedError("The link is not open.")
        reason = await asyncio.shield(session.lost)
        self._redundancy.rest()
        if self._acquiring is not None:
            self._acquiring.stop()
        self._table.open_gaps()
        return reason

    async def close(self) -> None:
        await self._redundancy.close()
        await self._forget()

    def diagnostics(self) -> Mapping[str, str]:
        return diagnose(
            self._endpoint,
            self._config,
            self._session,
            self._acquiring,
            self._table,
            self._judging,
            self._redundancy.standby_endpoint,
        )

    def trouble(self) -> str:
        trouble = (self._acquiring.trouble() if self._acquiring is not None else "") or self._judging.trouble()
        if self._session is not None and self._session.with_previous and not trouble:
            return "The server does not accept this program's new certificate yet; the one before is in use."
        if self._current and not trouble:
            return f"A backup server answers: {self._endpoint}."
        return trouble

    def dropped(self) -> int:
        return self._dropped + (self._acquiring.lost_values if self._acquiring is not None else 0)

    def proof(self) -> LinkProof:
        return LinkProof(self._judging.believed, self._session.own if self._session is not None else "")

    def trust(self, thumbprint: str, decision: Trust) -> None:
        self._judging.decide(thumbprint, decision)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def subscribe(self, items: Sequence[Item], sink: BatchSink) -> Sequence[Rejected]:
        session = self._up()
        changes = self._table.replace(items)
        acquiring = self._acquiring
        if acquiring is not None and acquiring.session is session:
            acquiring.sink = sink
            if acquiring.is_running:
                await acquiring.change(changes.removed, changes.modified)
                return self.rejected()
            if await acquiring.go_on():
                await acquiring.change(changes.removed, changes.modified)
                return self.rejected()
            self._table.begin_session()
        self._stop_acquiring()
        acquiring = self._acquiring = Acquiring(session, self._table, self._decoder, sink)
        try:
            await acquiring.begin()
        except BaseException:
            self._stop_acquiring()
            raise
        return self.rejected()

    def rejected(self) -> Sequence[Rejected]:
        return self._table.rejected()

    async def read(self, items: Sequence[Item]) -> Batch:
        session = self._up()
        known = [item for item in items if not session.namespaces.fault(item.address)]
        missing = [item for item in items if session.namespaces.fault(item.address)]
        values: list[ua.DataValue] = []
        for start in range(0, len(known), session.limits.read):
            nodes = [session.namespaces.node_id(item.address) for item in known[start : start + session.limits.read]]
            values += await self._translated(session.services.read_attributes(nodes, ua.AttributeIds.Value))
        blank = ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(ua.StatusCodes.BadNodeIdUnknown)))
        tags = [item.tag for item in [*known, *missing]]
        return to_batch(tags, [*values, *[blank] * len(missing)], time.time_ns() // 1000)

    async def write(self, address: str, value: Value) -> None:
        await self._translated(writing.write(self._up(), self._types, address, value))

    async def read_history(self, items: Sequence[Item], start_us: int, end_us: int) -> AsyncIterator[Batch]:
        session = self._up()
        kept = await self._translated(history.with_history(session, items))
        if not kept:
            raise UnsupportedError("The server keeps no history of these values.")
        gaps = [Gap(item, start_us, end_us) for item in items if item.tag in kept]
        try:
            async for batch in history.read_raw(session, gaps):
                yield batch
        except Exception as error:
            raise translate(error, self._endpoint) from error

    # ── what admins and operators ask for ─────────────────────────────────────────────────────────────────────────

    async def discover(self) -> Sequence[Endpoint]:
        return await discovery.discover(self._endpoint, self._config.request_timeout_s)

    def test(self, credentials: Credentials | None) -> AsyncGenerator[TestStep, None]:
        return discovery.test(self._endpoint, self._config, credentials, self._judging.judge)

    async def browse(self, address: str | None = None) -> Sequence[BrowsedNode]:
        return await self._translated(browsing.browse(self._up(), address))

    async def describe(self, addresses: Sequence[str]) -> Sequence[Description]:
        return await self._translated(describing.describe(self._up(), addresses))

    async def methods(self, address: str) -> Sequence[Method]:
        return await self._translated(methods.methods(self._up(), address))

    async def call(self, method: Method, inputs: Sequence[Value]) -> Sequence[Text | float]:
        return await self._translated(methods.call(self._up(), method, inputs))

    # ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────

    async def mirror(self, sink: ConditionSink) -> None:
        session, acquiring = self._up(), self._acquiring
        if acquiring is None:
            raise UnsupportedError("Without subscriptions a server cannot tell its alarms.")
        if acquiring.conditions is not None:
            with contextlib.suppress(UnsupportedError):
                await self._translated(acquiring.conditions.refresh())  # a resumed session still has its event item
            return
        subscription = await self._translated(acquiring.subscriptions.begin())
        conditions = Conditions(session, subscription, sink, self._conditions)
        acquiring.conditions = conditions
        try:
            await self._translated(conditions.begin())
        except DriverError:
            acquiring.conditions = None
            raise

    async def acknowledge(self, condition: Condition, comment: str) -> None:
        await self._translated(self._mirrored().acknowledge(condition, comment))

    async def confirm(self, condition: Condition, comment: str) -> None:
        await self._translated(self._mirrored().acknowledge(condition, comment, confirm=True))

    async def shelve(self, condition: Condition, duration_s: float | None) -> None:
        await self._translated(self._mirrored().shelve(condition, duration_s))

    async def unshelve(self, condition: Condition) -> None:
        await self._translated(self._mirrored().unshelve(condition))

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _connected(self, credentials: Credentials | None) -> Session:
        """Return a new session; where a server does not take our new certificate yet, with the one before."""
        session = Session(self._endpoint, self._config, credentials)
        try:
            await session.connect(self._judging.judge)
        except UntrustedError:
            raise
        except DriverError as error:
            if not await self._may_be_known(session, error):
                raise
            older = Session(self._endpoint, self._config, credentials, with_previous=True)
            try:
                await older.connect(self._judging.judge)
            except DriverError:
                raise error from None  # what the server says of the present one is what a person has to know
            return older
        return session

    async def _may_be_known(self, session: Session, error: DriverError) -> bool:
        """Whether the server may have refused just our certificate, and there is one before it."""
        if not session.own or (session.has_channel and error.code not in OF_CERTIFICATES):
            return False
        try:
            await asyncio.to_thread(own_identity, self._config, with_previous=True)
        except AccessDeniedError:
            return False
        return True

    @property
    def _endpoint(self) -> str:
        return self._endpoints[self._current]

    def _up(self) -> Session:
        if self._session is None or not self._session.is_up:
            raise NotConnectedError("The link is down.")
        return self._session

    def _mirrored(self) -> Conditions:
        self._up()
        if self._acquiring is None or self._acquiring.conditions is None:
            raise UnsupportedError("The server has no alarms of its own.")
        return self._acquiring.conditions

    async def _translated(self, work: Awaitable[Answer]) -> Answer:
        try:
            return await work
        except Exception as error:
            raise translate(error, self._endpoint) from error

    def _look_for_better(self, credentials: Credentials | None) -> None:
        def level() -> int:
            return self._acquiring.health.service_level if self._acquiring is not None else UNKNOWN_LEVEL

        def change(number: int) -> None:
            self._current = number
            if self._session is not None:
                self._session.lose(NotConnectedError(f"Its service is poor; changing to {self._endpoint}."))

        self._redundancy.watch(self._current, credentials, level, change)

    async def _forget(self) -> None:
        """End the present session for good."""
        self._stop_acquiring()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _stop_acquiring(self) -> None:
        acquiring, self._acquiring = self._acquiring, None
        if acquiring is not None:
            self._dropped += acquiring.lost_values
            acquiring.stop()


def create(endpoint: str, options: Mapping[str, object]) -> Driver:
    """Return the driver of one connection. Raises pydantic's ValidationError for unknown or wrong options."""
    return OpcUaDriver(endpoint, OpcUaConfig.model_validate(dict(options)))


OPCUA = DriverType(
    "opcua",
    "OPC UA",
    create,
    endpoint_of=typed,
    address_fault=address_fault,
    settings=settings(),
    certificates=OpcUaCertificates,
)
