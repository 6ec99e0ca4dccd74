"""Acquisition: one supervisor a connection, and the one way that values take from drivers to everyone else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Condition, Driver, DriverType, Flag, Item, LinkState, NotConnectedError, Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Connection
from hmi.domain.tags import Tag
from hmi.services.gaps import Gaps
from hmi.services.live_table import LiveTable
from hmi.services.port import LinkStatus
from hmi.services.supervisor import HANDSHAKES_AT_ONCE, IS_UP, CredentialSource, Supervisor

SOURCE_TIME_TOLERANCE_US: Final = 10_000_000
"""A source time further from ours than this is not used: the reading counts as made when it was received."""


class Substituting(Protocol):
    """What stands between the sources and everyone who reads."""

    def substitute(self, batch: Batch) -> Batch:
        """Return a batch with the readings of substituted tags replaced."""

    def measured_among(self, tags: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Return those of the tags that show what is measured."""


BatchListener = Callable[[Batch], None]
LinkListener = Callable[[LinkStatus, Sequence[Tag]], None]
ConditionListener = Callable[[UUID, Sequence[Condition]], None]


class Acquisition:
    """Runs the links of the catalogue. Everything on the I/O thread; nothing here waits for a host."""

    def __init__(
        self,
        driver_types: Sequence[DriverType],
        live: LiveTable,
        *,
        credentials: CredentialSource,
        driver_options: Mapping[str, object],
    ) -> None:
        self._driver_types = {driver_type.kind: driver_type for driver_type in driver_types}
        self._live = live
        self._credentials = credentials
        self._driver_options = driver_options
        self._handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        self._supervisors: dict[UUID, Supervisor] = {}
        self._built: dict[UUID, tuple[Connection, tuple[Tag, ...]]] = {}
        self._tags: dict[UUID, tuple[Tag, ...]] = {}
        self._scaling = _Scaling(())
        self._gaps = Gaps()
        self._batch_listeners: list[BatchListener] = []
        self._history_listeners: list[BatchListener] = []
        self._condition_listeners: list[ConditionListener] = []
        self._link_listeners: list[LinkListener] = []
        self._works: set[asyncio.Task[None]] = set()
        self._substituting: Substituting | None = None
        self.received = 0

    def put_in_the_way(self, substituting: Substituting) -> None:
        """Let what is substituted stand for what is measured, for everyone who reads."""
        self._substituting = substituting

    def show(self, batch: Batch) -> None:
        """Show readings that come from a person and not from a source."""
        self._live.apply(batch)
        for listener in self._batch_listeners:
            listener(batch)

    def on_batch(self, listener: BatchListener) -> None:
        """Pass every live batch on, in engineering units, after the live table has it."""
        self._batch_listeners.append(listener)

    def on_historical(self, listener: BatchListener) -> None:
        """Pass on what a source kept while nobody listened; it is no news of the plant's present state."""
        self._history_listeners.append(listener)

    def on_conditions(self, listener: ConditionListener) -> None:
        """Pass on the alarms that sources own, as they change."""
        self._condition_listeners.append(listener)

    def on_link(self, listener: LinkListener) -> None:
        """Pass on every change of a link's status, with the tags that come over it."""
        self._link_listeners.append(listener)

    def apply(self, catalogue: Catalogue) -> None:
        """Start, replace and end just the links that differ from the last catalogue; returns at once."""
        self._scaling = _Scaling(catalogue.tags)
        wanted = {
            connection.id: (connection, catalogue.tags_of_connection.get(connection.id, ()))
            for connection in catalogue.connections
        }
        for key, (connection, _) in list(self._built.items()):
            if key not in wanted or wanted[key][0] != connection:
                self._end(key)
        for key, (connection, tags) in wanted.items():
            if key not in self._built:
                self._begin(connection, tags)
            elif self._built[key][1] != tags:
                self._change_tags(key, tags)

    def statuses(self) -> tuple[LinkStatus, ...]:
        """Return every link as it stands, in the catalogue's order."""
        return tuple(self._supervisors[key].status for key in self._built)

    def refresh(self) -> tuple[LinkStatus, ...]:
        """Return every link with fresh rates; once a second."""
        found = tuple(self._supervisors[key].refresh() for key in self._built)
        for status in found:
            self._mark_refused(status)
        return found

    def open_driver(self, connection_id: UUID) -> Driver:
        """Return a connection's driver, for a command. Raises NotConnectedError while the link is not up."""
        supervisor = self._supervisors.get(connection_id)
        if supervisor is None:
            raise NotConnectedError("This connection is no longer there.")
        return supervisor.open_driver

    def link_state(self, connection_id: UUID) -> LinkState:
        """Return a link's state; DISABLED for one that is not known."""
        supervisor = self._supervisors.get(connection_id)
        return supervisor.status.state if supervisor else LinkState.DISABLED

    def driver(self, connection_id: UUID) -> Driver:
        """Return the driver of a connection. Raises KeyError when there is none."""
        return self._supervisors[connection_id].driver

    def try_now(self, connection_id: UUID) -> None:
        """Cut a link's present wait short."""
        supervisor = self._supervisors.get(connection_id)
        if supervisor:
            supervisor.try_now()

    def restart(self, connection_id: UUID) -> None:
        """Have a link connect anew from nothing, as when what it proves itself with has changed; returns at once."""
        built = self._built.get(connection_id)
        if built is not None:
            order = list(self._built)
            self._end(connection_id)
            self._begin(*built)
            self._built = {key: self._built[key] for key in order}

    async def stop(self) -> None:
        """End all links at the same time."""
        for key in list(self._built):
            self._end(key)
        await asyncio.gather(*self._works)

    def _begin(self, connection: Connection, tags: tuple[Tag, ...]) -> None:
        options = {**self._driver_options, **connection.options}
        supervisor = Supervisor(
            connection,
            self._driver_types[connection.driver].create(connection.endpoint, options),
            _items(tags),
            credentials=self._credentials,
            handshakes=self._handshakes,
            on_batch=self._received,
            on_status=self._status_changed,
            on_conditions=partial(self._conditions_changed, connection.id),
        )
        self._supervisors[connection.id] = supervisor
        self._built[connection.id] = (connection, tags)
        self._tags[connection.id] = tags
        supervisor.start()

    def _end(self, connection_id: UUID) -> None:
        supervisor = self._supervisors.pop(connection_id)
        supervisor.mute()
        tags = self._tags.pop(connection_id, ())
        # The history's line ends here: what the plant did until the next start nobody saw.
        self._lose(np.array([tag.index for tag in tags], np.uint32))
        del self._built[connection_id]
        for listener in self._link_listeners:
            listener(replace(supervisor.status, state=LinkState.DISABLED), tags)
        self._start(supervisor.stop(), "end link")

    def _change_tags(self, connection_id: UUID, tags: tuple[Tag, ...]) -> None:
        """Give a link other tags while it goes on; it neither reconnects nor loses what stays."""
        stay = {id(tag) for tag in self._tags[connection_id]} & {id(tag) for tag in tags}  # most, and not looked into
        old = _items(tag for tag in self._tags[connection_id] if id(tag) not in stay)
        new = _items(tag for tag in tags if id(tag) not in stay)
        kept = {item.tag: item.address for item in new}
        # What came from another address must not stand under the new one.
        left = [item.tag for item in old if kept.get(item.tag) != item.address]
        self._lose(np.array(left, np.uint32))
        connection, _ = self._built[connection_id]
        self._built[connection_id] = (connection, tags)
        self._tags[connection_id] = tags
        # A changed name or unit is nothing to the source.
        if old != new:
            self._start(self._supervisors[connection_id].set_items(_items(tags)), "change tags")

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._works.add(task)
        task.add_done_callback(self._works.discard)

    def _conditions_changed(self, connection_id: UUID, conditions: Sequence[Condition]) -> None:
        for listener in self._condition_listeners:
            listener(connection_id, conditions)

    def _received(self, batch: Batch) -> None:
        if not len(batch):
            return
        self.received += len(batch)
        is_historical = (batch.flags & np.uint16(Flag.HISTORICAL)) != 0
        if is_historical.any():
            past = self._scaling.apply(batch.select(is_historical))
            for listener in self._history_listeners:
                listener(past)
            batch = batch.select(~is_historical)
            if not len(batch):
                return
        batch = self._gaps.after(self._scaling.apply(trusted_times(batch)))
        if self._substituting is not None:
            batch = self._substituting.substitute(batch)
        self._live.apply(batch)
        for listener in self._batch_listeners:
            listener(batch)

    def _status_changed(self, status: LinkStatus) -> None:
        tags = self._tags.get(status.connection_id, ())
        if status.state not in IS_UP and tags:
            self._lose(np.array([tag.index for tag in tags], np.uint32))
        self._mark_refused(status)
        for listener in self._link_listeners:
            listener(status, tags)

    def _mark_refused(self, status: LinkStatus) -> None:
        """Show at the tags themselves that their source refuses their addresses."""
        if status.state in IS_UP and status.rejected:
            refused = np.array([item.tag for item in status.rejected], np.uint32)
            if self._substituting is not None:
                refused = self._substituting.measured_among(refused)
            fresh = refused[self._live.qualities(refused) != Quality.CONFIG_ERROR]
            self._live.mark(fresh, Quality.CONFIG_ERROR, time.time_ns() // 1000)

    def _lose(self, tags: npt.NDArray[np.uint32]) -> None:
        """Mark the tags of a lost link once: on screen by quality, in the history by a row without a value."""
        if self._substituting is not None:
            tags = self._substituting.measured_among(tags)
        fresh = tags[self._live.qualities(tags) != Quality.NOT_CONNECTED]
        if not len(fresh):
            return
        now_us = time.time_ns() // 1000
        self._live.mark(fresh, Quality.NOT_CONNECTED, now_us)
        gap = self._gaps.begin(fresh, now_us)
        if len(gap):
            for listener in self._batch_listeners:
                listener(gap)


def _items(tags: Iterable[Tag]) -> list[Item]:
    return [
        Item(
            tag.index,
            tag.revision.address,
            tag.revision.sampling_ms,
            tag.revision.deadband / abs(tag.revision.scale or 1.0),  # the source knows nothing of our units
        )
        for tag in tags
    ]


def trusted_times(batch: Batch) -> Batch:
    """Return the batch with every source time that is too far from its receive time replaced by that, and flagged."""
    is_off = np.abs(batch.source_us - batch.received_us) > SOURCE_TIME_TOLERANCE_US
    if not is_off.any():
        return batch
    return replace(
        batch,
        source_us=np.where(is_off, batch.received_us, batch.source_us),
        flags=np.where(is_off, batch.flags | np.uint16(Flag.TIME_REPLACED), batch.flags),
    )


class _Scaling:
    """Raw to engineering values, for whole batches."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        size = max((tag.index for tag in tags), default=0) + 1
        self._scale, self._offset = np.ones(size), np.zeros(size)
        index = [tag.index for tag in tags]
        self._scale[index] = [tag.revision.scale for tag in tags]
        self._offset[index] = [tag.revision.offset for tag in tags]
        self._is_plain = bool((self._scale == 1).all() and (self._offset == 0).all())

    def apply(self, batch: Batch) -> Batch:
        if self._is_plain:
            return batch
        return replace(batch, value=batch.value * self._scale[batch.tag] + self._offset[batch.tag])
