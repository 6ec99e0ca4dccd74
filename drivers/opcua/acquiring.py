"""Acquisition over one session: the item table's subscriptions, their values, and the tending that keeps both whole.

Watched four times a second and tended once:

    silence      no publish answer for keep-alive + 2 s: the link is lost, however alive its socket looks
    heartbeat    every 5 s; see health.py
    refused      items whose time has come are created again, in one call
    quiet        items not heard of for 30 s are read, a few at a time: a node that went away is found and refused,
                 one that was made anew (whose old item will never speak again) is created again
    no values    a server that sends no first values within 5 s is read instead, and the link shown as degraded
    overload     see overload.py
    gaps         what an outage left out is read from the server's own history, once values flow again
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Final

import numpy as np
import numpy.typing as npt
import structlog
from asyncua import ua

from drivers.api import Batch, BatchSink, DriverError, Flag, NotConnectedError, Quality
from drivers.opcua import codec, history
from drivers.opcua.codec import Columns, Decoder
from drivers.opcua.conditions import Conditions
from drivers.opcua.errors import translate
from drivers.opcua.health import BEAT_S, Health
from drivers.opcua.items import ItemState, ItemTable, Slots, refusal
from drivers.opcua.overload import Throttle
from drivers.opcua.publish import Publish
from drivers.opcua.publishing import Pump
from drivers.opcua.session import Session
from drivers.opcua.subscriptions import Subscriptions
from drivers.opcua.values import to_batch

WATCH_S: Final = 0.25
TEND_S: Final = 1.0
QUIET_S: Final = 30.0
QUIET_EVERY_S: Final = 5.0
QUIET_AT_ONCE: Final = 500
FIRST_VALUES_S: Final = 5.0
READ_INSTEAD_EVERY_S: Final = 5.0
READ_INSTEAD_AT_ONCE: Final = 2000
LAG_HOLDS_S: Final = 5.0
UNHEARD_AFTER_S: Final = 0.5
GAPS_AFTER_S: Final = 1.0
GAPS_AGAIN_S: Final = 30.0
DROPPED_SHOWN_S: Final = 30.0
_GONE_CODES: Final = (ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid)

_log = structlog.get_logger(__name__)


class Acquiring:
    """One session's acquisition. Made anew with each fresh session; a resumed session goes on with the same one."""

    def __init__(self, session: Session, table: ItemTable, decoder: Decoder, sink: BatchSink) -> None:
        self.health = Health()
        self.subscriptions = Subscriptions(session, table)
        self.pump = Pump(session, decoder, self._published)
        self.sink = sink
        self.conditions: Conditions | None = None
        self.dropped = 0
        self.backfilled = 0
        self.note = ""
        self.session = session
        self._table = table
        self._throttle = Throttle()
        self._factor = self._throttle.factor
        self._worst_lag_s: float | None = None
        self._lag_at = 0.0
        self.lag_s = 0.0
        self._dropped_at = -DROPPED_SHOWN_S
        self._began_at = 0.0
        self._quiet_at = 0.0
        self._beat_at = 0.0
        self._cursor = 0
        self._gaps_at = 0.0
        self._must_read = False
        self._gone: set[int] = set()
        self.silent = 0
        self._read_instead_at = 0.0
        self._watching: asyncio.TimerHandle | None = None
        self._is_running = False
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Subscribe to everything in the table. Raises DriverError."""
        self._began_at = time.monotonic()
        try:
            await self.subscriptions.begin()
            self.pump.start()
            async with self._changing:
                await self.subscriptions.create_pending(self._throttle.factor)
        except Exception as error:
            raise translate(error, self.session.endpoint) from error
        self._is_running = True
        self._watch()
        self._spawn(self._tend(), "tend")

    async def go_on(self) -> bool:
        """Go on after the session was resumed: nothing that the server still holds is lost.

        False when its subscriptions are gone. Raises DriverError.
        """
        self._began_at = time.monotonic()
        try:
            if not await self.pump.recover(self.subscriptions.ids):
                return False
            self.pump.start()
            async with self._changing:
                await self.subscriptions.create_pending(self._throttle.factor)
            self._must_read = not await self.subscriptions.resend()
        except Exception as error:
            raise translate(error, self.session.endpoint) from error
        self._is_running = True
        self._watch()
        self._spawn(self._tend(), "tend")
        return True

    async def change(self, removed: Slots, modified: Slots) -> None:
        """Bring the server to what the table says now. Raises DriverError."""
        try:
            async with self._changing:
                if len(removed):
                    await self.subscriptions.delete(removed)
                if len(modified):
                    await self.subscriptions.modify(modified, self._throttle.factor)
                await self.subscriptions.create_pending(self._throttle.factor)
        except Exception as error:
            raise translate(error, self.session.endpoint) from error

    def stop(self) -> None:
        """Stop tending and pumping; nothing is left running once the loop has turned."""
        self._is_running = False
        self.pump.stop()
        if self._watching is not None:
            self._watching.cancel()
        for task in list(self._tasks):
            task.cancel()

    @property
    def is_running(self) -> bool:
        """Whether it tends its session; between a loss and `go_on` it does not."""
        return self._is_running

    @property
    def lost_values(self) -> int:
        """How many values are known to be lost. A lost message counts as one: what was in it nobody knows."""
        return self.dropped + self.pump.figures.lost

    def trouble(self) -> str:
        """Return what is wrong with a link that is up, in words; empty when nothing."""
        if self._throttle.factor > 1:
            return f"Too many values: sampling is slowed {self._throttle.factor:g} times."
        if time.monotonic() - self._dropped_at < DROPPED_SHOWN_S:
            return "Values are lost: the server's queues run over. Ask for fewer or slower values."
        if self.silent and self.silent == len(self._table.in_state(ItemState.ACTIVE)):
            return "Connected but silent: the server sends no values. They are read instead."
        return self.health.trouble()

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _published(self, publish: Publish, is_late: bool) -> None:
        received_us = time.time_ns() // 1000
        for columns in publish.changes:
            self._take(columns, received_us, is_late=is_late)
        if publish.events and self.conditions is not None:
            self.conditions.take(publish.events)
        for code in publish.status_changes:
            if code >> 30 == 2:  # the subscription is gone (OPC 10000-4, 7.25.4): begin with a new session
                self.session.lose(NotConnectedError("The server ended the subscription."))
        if publish.changes and not is_late:
            self._worst_lag_s = max(self._worst_lag_s or 0.0, self.health.lag_s(publish.publish_us, received_us))

    def _take(self, columns: Columns, received_us: int, *, is_late: bool) -> None:
        is_ours = columns.handle < self._table.size
        is_ours[is_ours] &= self._table.state[columns.handle[is_ours]] != ItemState.GONE
        batch = codec.to_batch(columns, received_us)
        slots = columns.handle
        if not is_ours.all():
            batch, slots = batch.select(is_ours), slots[is_ours]
        if not len(batch):
            return
        dropped = int(codec.overflowed(batch.code).sum())
        if dropped:
            self.dropped += dropped
            self._dropped_at = time.monotonic()
        self._table.has_spoken[slots] = True
        self._note_gone(slots, batch.code)
        if is_late:
            self._pass_late(slots, batch)
            return
        self._pass_on(slots, batch)

    def _pass_on(self, slots: npt.NDArray[np.uint32], batch: Batch) -> None:
        if self.subscriptions.is_filtered_here:
            is_kept = self._beyond_deadband(slots, batch)
            batch, slots = batch.select(is_kept), slots[is_kept]
            if not len(batch):
                return
        self._table.heard(slots, batch.source_us, time.monotonic())
        self.sink(_tagged(batch, self._table.tag[slots]))

    def _pass_late(self, slots: npt.NDArray[np.uint32], batch: Batch) -> None:
        """Pass on what was sent again: what is older than a tag's newest value is history only."""
        is_old = batch.source_us < self._table.source_us[slots]
        if (~is_old).any():
            self._pass_on(slots[~is_old], batch.select(~is_old))
        if is_old.any():
            old = _tagged(batch.select(is_old), self._table.tag[slots[is_old]])
            old.flags[:] |= np.uint16(Flag.HISTORICAL)
            self.sink(old)

    def _beyond_deadband(self, slots: npt.NDArray[np.uint32], batch: Batch) -> npt.NDArray[np.bool_]:
        """Apply the deadbands that the server does not know: keep changes of quality and of more than the band."""
        last = self._table.last_value[slots]
        is_kept: npt.NDArray[np.bool_] = ~(np.abs(batch.value - last) <= self._table.deadband[slots])
        is_kept |= batch.quality != Quality.GOOD
        is_kept |= self._table.deadband[slots] == 0
        self._table.last_value[slots[is_kept]] = np.where(batch.quality == 0, batch.value, np.nan)[is_kept]
        return is_kept

    def _note_gone(self, slots: npt.NDArray[np.uint32], codes: npt.NDArray[np.uint32]) -> None:
        if not codes.any():
            return
        is_gone = np.isin(codes, _GONE_CODES)
        if is_gone.any():
            self._gone.update(slots[is_gone].tolist())

    # ── tending ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        if self.pump.has_fallen_silent(self.subscriptions.keepalive_s, self.health.round_trip_s):
            self.session.lose(NotConnectedError(f"{self.session.endpoint} stopped answering."))
            return
        self._watching = asyncio.get_running_loop().call_later(WATCH_S, self._watch)

    async def _tend(self) -> None:
        beating: asyncio.Task[None] | None = None
        while True:
            now = time.monotonic()
            if now - self._beat_at >= BEAT_S and (beating is None or beating.done()):
                self._beat_at = now
                beating = self._spawn(self._beat(), "heartbeat")
            await self._mend(now)
            await asyncio.sleep(TEND_S)

    async def _mend(self, now: float) -> None:
        """Do what is due; what the server refuses or does not answer is tried again at a later tick."""
        try:
            async with self._changing:
                await self._suit_load(now)
                await self._refuse_gone(now)
                await self._retry_refused(now)
                await self._look_at_quiet(now)
                await self._read_silent(now)
            await self._read_unheard(now)
            await self._fill_gaps(now)
            self.note = ""
        except (TimeoutError, OSError, ua.UaError, DriverError) as error:
            self.note = f"A repair failed and is tried again: {translate(error, self.session.endpoint).sentence}"

    async def _beat(self) -> None:
        try:
            await self.health.beat(self.session)
        except (TimeoutError, OSError, ua.UaError):
            self.health.round_trip_s = max(self.health.round_trip_s, self.session.config.request_timeout_s)
        self.pump.suit(self.health.round_trip_s, self.subscriptions.interval_ms / 1000)

    async def _suit_load(self, now: float) -> None:
        interval_s = self.subscriptions.interval_ms / 1000
        lag_s, self._worst_lag_s = self._worst_lag_s, None
        if lag_s is not None:
            self.lag_s, self._lag_at = lag_s, now
        elif now - self._lag_at < max(LAG_HOLDS_S, 3 * interval_s):
            return  # slowed values come more rarely than they are looked at
        else:
            self.lag_s = 0.0
        self._throttle.note(self.lag_s, interval_s, now)
        if self._throttle.factor != self._factor:
            await self.subscriptions.modify(self._table.in_state(ItemState.ACTIVE), self._throttle.factor)
            self._factor = self._throttle.factor

    async def _refuse_gone(self, now: float) -> None:
        """Take items whose node went away off the server, and remember them as refused."""
        gone, self._gone = self._gone, set()
        slots = np.array([slot for slot in gone if self._table.state[slot] == ItemState.ACTIVE], np.intp)
        if not len(slots):
            return
        for slot in slots.tolist():
            code = ua.StatusCodes.BadNodeIdUnknown
            self._table.reject(slot, code, refusal(code), now, time.time_ns() // 1000)
        await self.subscriptions.delete(slots)

    async def _retry_refused(self, now: float) -> None:
        """Create what is due, and what a call that failed left pending."""
        self._table.make_pending(self._table.due(now))
        if len(self._table.in_state(ItemState.PENDING)):
            await self.subscriptions.create_pending(self._throttle.factor)

    async def _look_at_quiet(self, now: float) -> None:
        """Read some of the items that have been quiet, in turn, and mend those whose item on the server is dead."""
        if now - self._quiet_at < QUIET_EVERY_S:
            return
        self._quiet_at = now
        active = self._table.in_state(ItemState.ACTIVE)
        quiet = active[now - np.maximum(self._table.heard_at[active], self._began_at) > QUIET_S]
        if not len(quiet):
            return
        start = int(np.searchsorted(quiet, self._cursor)) % len(quiet)
        chosen = np.roll(quiet, -start)[:QUIET_AT_ONCE]
        self._cursor = int(chosen[-1]) + 1
        batch = await self._read(chosen)
        is_gone = np.isin(batch.code, _GONE_CODES)
        allowed_us = np.maximum(5_000_000, 3000 * self._table.revised_ms[chosen].astype(np.int64))
        is_timed = (batch.flags & np.uint16(Flag.TIME_REPLACED)) == 0
        is_deaf = ~is_gone & is_timed & (batch.source_us > self._table.source_us[chosen] + allowed_us)
        is_deaf &= self._table.has_value[chosen]
        self._gone.update(chosen[is_gone].tolist())
        mended = is_gone | is_deaf
        if mended.any():
            self._pass_on(chosen[mended].astype(np.uint32), batch.select(mended))
        if is_deaf.any():
            await self.subscriptions.delete(chosen[is_deaf])
            self._table.make_pending(chosen[is_deaf])
            await self.subscriptions.create_pending(self._throttle.factor)

    async def _read_silent(self, now: float) -> None:
        """Read the items of which the server never sent a value by itself; every 5 s while there are such."""
        allowed_s = max(FIRST_VALUES_S, 3 * self.subscriptions.interval_ms / 1000)
        active = self._table.in_state(ItemState.ACTIVE)
        is_silent = ~self._table.has_spoken[active] & (now - self._table.accepted_at[active] > allowed_s)
        self.silent = int(is_silent.sum())
        if self.silent and now - self._read_instead_at > READ_INSTEAD_EVERY_S:
            self._read_instead_at = now
            await self._read_now(active[is_silent][:READ_INSTEAD_AT_ONCE])

    async def _read_unheard(self, now: float) -> None:
        """Read what a server that was taken up again had no news of, and did not send again.

        Not at once: a value that is read must not overtake the older ones that wait in the server's queue.
        """
        if not self._must_read or now - self._began_at < max(
            UNHEARD_AFTER_S, 2 * self.subscriptions.interval_ms / 1000
        ):
            return
        active = self._table.in_state(ItemState.ACTIVE)
        await self._read_now(active[~self._table.has_value[active]])
        self._must_read = False

    async def _fill_gaps(self, now: float) -> None:
        """Read what outages left out, once values flow. What is not answered is tried again, what is refused is not."""
        self._table.close_gaps()
        is_due = now - max(self._began_at, self._gaps_at) >= GAPS_AFTER_S
        if not self._table.gaps or not is_due or not self.session.config.backfill:
            return
        gaps = [gap for gap in self._table.gaps if self._table.has(gap.item)]
        self._table.gaps = []
        reached: dict[int, list[int]] = {}
        try:
            kept = await history.with_history(self.session, [gap.item for gap in gaps])
            async for batch in history.read_raw(self.session, [gap for gap in gaps if gap.item.tag in kept]):
                self.backfilled += len(batch)
                self.sink(batch)
                reached.setdefault(int(batch.tag[0]), []).append(int(batch.source_us.max()))
        except ua.UaStatusCodeError:
            raise
        except BaseException:
            self._gaps_at = now + GAPS_AGAIN_S
            self._table.gaps += [history.rest_of(gap, reached.get(gap.item.tag, ())) for gap in gaps]
            raise

    async def _read_now(self, slots: Slots) -> None:
        if len(slots):
            self._pass_on(slots.astype(np.uint32), await self._read(slots))

    async def _read(self, slots: Slots) -> Batch:
        """Read slots in bulk; one row each. Raises TimeoutError, OSError and asyncua's errors."""
        values: list[ua.DataValue] = []
        for start in range(0, len(slots), self.session.limits.read):
            part = slots[start : start + self.session.limits.read].tolist()
            nodes = [self.session.namespaces.node_id(self._table.items[slot].address) for slot in part]
            values += await self.session.services.read_attributes(nodes, ua.AttributeIds.Value)
        return to_batch(self._table.tag[slots].tolist(), values, time.time_ns() // 1000)

    def _spawn(self, coroutine: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine, name=f"{name} {self.session.endpoint}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("tending failed", endpoint=self.session.endpoint, exc_info=error)
            self.session.lose(NotConnectedError(f"The driver failed: {error}. See the log."))


def _tagged(batch: Batch, tags: npt.NDArray[np.uint32]) -> Batch:
    """Return the batch with tags for slots."""
    return Batch(
        tag=tags,
        value=batch.value,
        quality=batch.quality,
        code=batch.code,
        source_us=batch.source_us,
        received_us=batch.received_us,
        flags=batch.flags,
        texts=batch.texts,
    )
