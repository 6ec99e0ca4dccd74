"""Looking around on a server before it is a station: discovery, tree, search, connection test.

Each exploration is a driver of its own, so it disturbs no link that is in use and can be dropped at any moment.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from pydantic import ValidationError

from drivers.api import (
    AsksTrust,
    BrowsedNode,
    Browses,
    Certificate,
    Credentials,
    Description,
    Discovers,
    Driver,
    DriverError,
    DriverType,
    Endpoint,
    NotConnectedError,
    TestStep,
    Trust,
    UntrustedError,
)
from hmi.domain.drafts import ConnectionDraft
from hmi.domain.language import tr
from hmi.services.port import Exploration, FoundNode, FoundNodes, RefusedError

OPEN_TIMEOUT_S: Final = 30.0
EXPLORATIONS_MOST: Final = 8
LEVELS_MOST: Final = 5000
FOUND_MOST: Final = 5000
WALK_S: Final = 60.0
GONE: Final = "The connection to look around was closed; open it again."

Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Look:
    """One exploration or connection test."""

    driver: Driver
    credentials: Credentials | None
    levels: dict[str | None, Sequence[BrowsedNode]] = field(default_factory=dict)
    steps: AsyncGenerator[TestStep, None] | None = None
    tasks: set[asyncio.Future[Any]] = field(default_factory=set)
    refused: Certificate | None = None
    used_at: float = field(default_factory=time.monotonic)


class Explorer:
    """Every exploration that is open; at most a few, of which the one unused for longest gives way."""

    def __init__(
        self,
        driver_types: Sequence[DriverType],
        driver_options: Mapping[str, object],
        password_of: Callable[[UUID], Awaitable[str | None]],
    ) -> None:
        self._driver_types = {driver_type.kind: driver_type for driver_type in driver_types}
        self._driver_options = driver_options
        self._password_of = password_of
        self._looks: dict[UUID, _Look] = {}
        self._accepted: set[tuple[str, tuple[str, ...]]] = set()
        """Thumbprint and faults of what a person accepted for this run: each look is a driver that has not heard it."""

    async def discover(self, driver: str, address: str) -> tuple[Endpoint, ...]:
        """Return the ways into a server. Raises RefusedError."""
        made = self._make(driver, address, {})
        if not isinstance(made, Discovers):
            raise RefusedError("This kind of connection cannot be asked for its ways in.")
        try:
            await made.reach()
            return tuple(await made.discover())
        except DriverError as error:
            raise RefusedError(error.sentence) from error
        finally:
            await made.close()

    async def open(self, connection: ConnectionDraft, password: str, exploration: UUID | None) -> Exploration:
        """Connect, or try again after a certificate was accepted. Raises RefusedError."""
        look = self._looks.get(exploration) if exploration is not None else None
        key = exploration if look is not None and exploration is not None else uuid4()
        if look is None:
            look = self._looks[key] = await self._look(connection, password)
            await self._make_room()
        try:
            await self._doing(look, self._open_believing(look))
        except UntrustedError as error:
            return Exploration(key, is_open=False, reason=error.sentence, certificate=error.certificate)
        except DriverError as error:
            await self.close(key)
            raise RefusedError(error.sentence) from error
        except BaseException:
            await self.close(key)  # cancelled or out of time: nobody knows its id, so nobody else could close it
            raise
        return Exploration(key, is_open=True)

    async def close(self, key: UUID) -> None:
        """End an exploration or a test, in the middle of whatever it does."""
        look = self._looks.pop(key, None)
        if look is None:
            return
        for task in list(look.tasks):
            task.cancel()
        if look.tasks:
            await asyncio.wait(look.tasks, timeout=1.0)
        if look.steps is not None:
            await look.steps.aclose()
        await look.driver.close()

    async def stop(self) -> None:
        """End all."""
        for key in list(self._looks):
            await self.close(key)

    async def browse(self, key: UUID, address: str | None) -> tuple[BrowsedNode, ...]:
        """Return one level. Raises RefusedError."""
        look = self._known(key)
        return tuple(await self._asked(look, lambda: self._level(look, address)))

    async def describe(self, key: UUID, addresses: Sequence[str]) -> tuple[Description, ...]:
        """Return what the server says of addresses. Raises RefusedError."""
        look = self._known(key)
        driver = look.driver
        if not isinstance(driver, Browses):
            raise RefusedError("This kind of connection describes nothing.")
        return tuple(await self._asked(look, lambda: driver.describe(addresses)))

    async def search(self, key: UUID, text: str, under: str | None) -> FoundNodes:
        """Walk below an address, level by level, for values with a text in their path. Raises RefusedError."""
        look = self._known(key)
        return await self._asked(look, lambda: self._walk(look, text.casefold().strip(), under))

    async def start_test(self, connection: ConnectionDraft, password: str) -> UUID:
        """Begin a connection test. Raises RefusedError."""
        look = await self._look(connection, password)
        if not isinstance(look.driver, Discovers):
            raise RefusedError("This kind of connection cannot be tested step by step.")
        if self._accepted:
            await self._hear_again(look)
        look.steps = look.driver.test(look.credentials)
        key = uuid4()
        self._looks[key] = look
        await self._make_room()
        return key

    async def next_step(self, key: UUID) -> TestStep | None:
        """Return the next step of a test, None after the last. Raises RefusedError when it was closed."""
        look = self._known(key)
        if look.steps is None:
            raise RefusedError("This is no connection test.")
        step = await self._doing(look, _next(look.steps))
        if step is None:
            await self.close(key)
        return step

    def trust(self, key: UUID, thumbprint: str, decision: Trust) -> bool:
        """Hand a person's word to an exploration; False when there is none with that id. Raises RefusedError."""
        look = self._looks.get(key)
        if look is None:
            return False
        give_trust(look.driver, thumbprint, decision)
        if look.refused is not None and look.refused.thumbprint == thumbprint:
            word = (thumbprint, look.refused.faults)
            self._accepted = self._accepted - {word} if decision is Trust.NEVER else self._accepted | {word}
        return True

    def accept(self, certificate: Certificate) -> None:
        """Take what a person accepted elsewhere for this run."""
        self._accepted.add((certificate.thumbprint, certificate.faults))

    def has_accepted(self, certificate: Certificate) -> bool:
        """Whether a person accepted this certificate, with just these faults, for this run."""
        return (certificate.thumbprint, certificate.faults) in self._accepted

    def _known(self, key: UUID) -> _Look:
        look = self._looks.get(key)
        if look is None:
            raise RefusedError(GONE)
        look.used_at = time.monotonic()
        return look

    def _make(self, kind: str, address: str, options: Mapping[str, object]) -> Driver:
        driver_type = self._driver_types.get(kind)
        if driver_type is None:
            raise RefusedError(f"There is no kind of connection called {kind}.")
        try:
            return driver_type.create(driver_type.endpoint_of(address), {**self._driver_options, **options})
        except ValidationError as error:
            raise RefusedError(f"The connection's options are wrong: {error.errors()[0]['msg']}.") from error
        except ValueError as error:
            raise RefusedError(str(error)) from error

    async def _look(self, connection: ConnectionDraft, password: str) -> _Look:
        credentials = None
        if connection.user:
            found = password or await self._password_of(connection.id)
            if found is None:  # an empty one would be a wrong one, and servers count those
                raise RefusedError(tr("Type the password of {user}: none is kept here.").format(user=connection.user))
            credentials = Credentials(connection.user, found)
        return _Look(self._make(connection.driver, connection.endpoint, connection.options), credentials)

    async def _open(self, look: _Look) -> None:
        await look.driver.reach()
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            await look.driver.open(look.credentials)

    async def _open_believing(self, look: _Look) -> None:
        """Open; a certificate that was accepted in this run is accepted again, with the faults it had then."""
        try:
            await self._open(look)
        except UntrustedError as error:
            look.refused = error.certificate
            if not self.has_accepted(error.certificate):
                raise
            give_trust(look.driver, error.certificate.thumbprint, Trust.ONCE)
            await self._open(look)

    async def _hear_again(self, look: _Look) -> None:
        """Let the driver of a test hear what was accepted for this run, which no file says."""
        try:
            await self._doing(look, self._open_believing(look))
        except (DriverError, RefusedError):
            return  # the test will say so in its place
        finally:
            await look.driver.close()

    async def _make_room(self) -> None:
        while len(self._looks) > EXPLORATIONS_MOST:
            await self.close(min(self._looks, key=lambda key: self._looks[key].used_at))

    async def _asked(self, look: _Look, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask; where the link was lost meanwhile, as while a person thought, connect again and ask once more."""
        try:
            try:
                return await self._doing(look, ask())
            except NotConnectedError:
                look.levels.clear()
                await self._doing(look, self._open_believing(look))
                return await self._doing(look, ask())
        except DriverError as error:
            raise RefusedError(error.sentence) from error

    async def _doing(self, look: _Look, work: Awaitable[Answer]) -> Answer:
        """Do work that `close` can cancel; whoever waits for it is then told, not cancelled."""
        task = asyncio.ensure_future(work)
        look.tasks.add(task)
        try:
            return await asyncio.shield(task)
        except TimeoutError:
            raise RefusedError("The server does not answer in time.") from None
        except asyncio.CancelledError:
            if task.cancelled() and not _is_being_cancelled():
                raise RefusedError(GONE) from None
            task.cancel()
            raise
        finally:
            look.tasks.discard(task)

    async def _level(self, look: _Look, address: str | None) -> Sequence[BrowsedNode]:
        if not isinstance(look.driver, Browses):
            raise RefusedError("This kind of connection cannot be looked around on.")
        if address not in look.levels:
            look.levels[address] = await look.driver.browse(address)
        return look.levels[address]

    async def _walk(self, look: _Look, text: str, under: str | None) -> FoundNodes:
        """Go breadth first, so that what lies near is found first; loops in the tree are walked once."""
        waiting: deque[tuple[str | None, str]] = deque([(under, "")])
        seen: set[str | None] = {under}
        found: dict[str, FoundNode] = {}
        looked_at, end = 0, time.monotonic() + WALK_S
        while waiting and looked_at < LEVELS_MOST and len(found) < FOUND_MOST and time.monotonic() < end:
            address, path = waiting.popleft()
            looked_at += 1
            for node in await self._level(look, address):
                here = f"{path} › {node.name}" if path else node.name
                if node.is_value and node.is_plant and text in here.casefold():
                    found.setdefault(node.address, FoundNode(node, here))
                if node.has_children and node.is_plant and node.address not in seen:
                    seen.add(node.address)
                    waiting.append((node.address, here))
        return FoundNodes(tuple(found.values())[:FOUND_MOST], not waiting, looked_at)


def give_trust(driver: Driver, thumbprint: str, decision: Trust) -> None:
    """Hand a person's word on a certificate to a driver. Raises RefusedError."""
    if not isinstance(driver, AsksTrust):
        raise RefusedError("This kind of connection has no certificates.")
    try:
        driver.trust(thumbprint, decision)
    except KeyError:
        raise RefusedError("The server shows another certificate by now; look at that one.") from None


async def _next(steps: AsyncGenerator[TestStep, None]) -> TestStep | None:
    return await anext(steps, None)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
