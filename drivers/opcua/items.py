"""The item table: what is to be acquired and where each item stands. It outlives every session.

    PENDING ──► ACTIVE                     the server monitors it
       ▲           │
       └── REJECTED┘                       the server refused it, or no longer has its node; tried again when due

A slot is one row and the client handle of its monitored item. Slots are not reused before the next fresh session, so
that a late notification never lands in another tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from asyncua import ua

from drivers.api import Item, Rejected

RETRY_SOON_S: Final = 30.0
RETRY_LATE_S: Final = 300.0
SOON_FOR_S: Final = 600.0
NEVER: Final = np.inf
GAP_LEAST_US: Final = 1000
LONGEST_GAP_US: Final = 7 * 86_400 * 1_000_000

Slots = npt.NDArray[np.intp]


class ItemState(IntEnum):
    """Where an item stands; GONE is a slot whose tag was removed."""

    GONE = 0
    PENDING = 1
    ACTIVE = 2
    REJECTED = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """What one item missed: values after start_us and before end_us, UTC µs."""

    item: Item
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What `replace` changed: slots that were active and are to be deleted on the server, and slots to be modified."""

    removed: Slots
    modified: Slots


_COLUMNS: Final[dict[str, tuple[type[np.generic], object]]] = {
    "tag": (np.uint32, 0),
    "state": (np.uint8, ItemState.GONE),
    "server_id": (np.uint32, 0),
    "subscription": (np.uint32, 0),
    "code": (np.uint32, 0),
    "refused_at": (np.float64, np.nan),
    "refused_us": (np.int64, 0),
    "next_try": (np.float64, NEVER),
    "sampling_ms": (np.float64, 0.0),
    "revised_ms": (np.float64, 0.0),
    "queue": (np.uint32, 0),
    "deadband": (np.float64, 0.0),
    "source_us": (np.int64, 0),
    "gap_start_us": (np.int64, 0),
    "gap_end_us": (np.int64, 0),
    "heard_at": (np.float64, -np.inf),
    "has_value": (np.bool_, False),
    "has_spoken": (np.bool_, False),
    "accepted_at": (np.float64, 0.0),
    "last_value": (np.float64, np.nan),
}

_LASTING: Final = ("source_us", "gap_start_us", "refused_at", "refused_us")
"""Columns that say something of the tag rather than of a session."""


class ItemTable:
    """Columns by slot; `size` rows of each are in use. Times named _at are monotonic seconds, _us are UTC µs.

    has_value: since the last loss. has_spoken: the server itself sent a value of the present monitored item.
    gaps: those whose end is known and that nobody has filled yet; they outlive sessions, too.
    """

    def __init__(self) -> None:
        self.size = 0
        self.items: list[Item] = []
        self.gaps: list[Gap] = []
        self.reasons: dict[int, str] = {}
        self._slot_of_tag: dict[int, int] = {}
        self.tag = np.zeros(0, np.uint32)
        self.state = np.zeros(0, np.uint8)
        self.server_id = np.zeros(0, np.uint32)
        self.subscription = np.zeros(0, np.uint32)
        self.code = np.zeros(0, np.uint32)
        self.refused_at = np.zeros(0)
        self.refused_us = np.zeros(0, np.int64)
        self.next_try = np.zeros(0)
        self.sampling_ms = np.zeros(0)
        self.revised_ms = np.zeros(0)
        self.queue = np.zeros(0, np.uint32)
        self.deadband = np.zeros(0)
        self.source_us = np.zeros(0, np.int64)
        self.gap_start_us = np.zeros(0, np.int64)
        self.gap_end_us = np.zeros(0, np.int64)
        self.heard_at = np.zeros(0)
        self.has_value = np.zeros(0, bool)
        self.has_spoken = np.zeros(0, bool)
        self.accepted_at = np.zeros(0)
        self.last_value = np.zeros(0)

    def replace(self, items: Sequence[Item]) -> Changes:
        """Make these the items. One whose tag, address and deadband stay keeps its slot and its state."""
        wanted = {item.tag: item for item in items}
        removed, modified = [], []
        for tag, slot in list(self._slot_of_tag.items()):
            item, old = wanted.get(tag), self.items[slot]
            if item is None or (item.address, item.deadband) != (old.address, old.deadband):
                removed.append(slot)
                del self._slot_of_tag[tag]
            elif item.sampling_ms != old.sampling_ms:
                self.items[slot] = item
                self.sampling_ms[slot] = item.sampling_ms
                modified.append(slot)
        gone = np.array(removed, np.intp)
        was_active = gone[self.state[gone] == ItemState.ACTIVE]
        self.state[gone] = ItemState.GONE
        for slot in removed:
            self.reasons.pop(slot, None)
        self._add([item for tag, item in wanted.items() if tag not in self._slot_of_tag])
        changed = np.array(modified, np.intp)
        return Changes(was_active, changed[self.state[changed] == ItemState.ACTIVE])

    def begin_session(self) -> None:
        """Forget what the last session's server knew: every item is pending again, and gone slots are given up."""
        kept = [self.items[slot] for slot in self._slot_of_tag.values()]
        slots = np.fromiter(self._slot_of_tag.values(), np.intp, len(kept))
        keep = {name: getattr(self, name)[slots] for name in _LASTING}
        self.size = 0
        self.items, self._slot_of_tag = [], {}
        self.reasons.clear()
        self._add(kept)
        for name, column in keep.items():
            getattr(self, name)[: self.size] = column

    def open_gaps(self) -> None:
        """Note that nothing was heard since each item's last value; its next value ends the gap."""
        self.close_gaps()
        rows = slice(0, self.size)
        is_open = self.gap_start_us[rows] > 0  # one that no value has ended yet goes on
        self.gap_start_us[rows] = np.where(is_open, self.gap_start_us[rows], self.source_us[rows])
        self.gap_end_us[rows] = 0
        self.has_value[rows] = False

    def close_gaps(self) -> None:
        """Put the gaps whose end is known into `gaps`. A week is the longest that is filled."""
        slots = np.flatnonzero((self.gap_start_us[: self.size] > 0) & (self.gap_end_us[: self.size] > 0))
        for slot in slots.tolist():
            start_us, end_us = int(self.gap_start_us[slot]), int(self.gap_end_us[slot])
            if end_us - start_us > GAP_LEAST_US and self.state[slot] != ItemState.GONE:
                self.gaps.append(Gap(self.items[slot], max(start_us, end_us - LONGEST_GAP_US), end_us))
        self.gap_start_us[slots] = 0
        self.gap_end_us[slots] = 0

    def has(self, item: Item) -> bool:
        """Whether this tag is still wanted from this address."""
        slot = self._slot_of_tag.get(item.tag)
        return slot is not None and self.items[slot].address == item.address

    def heard(self, slots: npt.NDArray[np.uint32], source_us: npt.NDArray[np.int64], now: float) -> None:
        """Note values of slots, in order of arrival; slots may repeat."""
        is_first = ~self.has_value[slots]
        if is_first.any():
            first_slots, rows = np.unique(slots[is_first], return_index=True)
            self.gap_end_us[first_slots] = source_us[is_first][rows]
            self.has_value[first_slots] = True
        self.source_us[slots] = source_us
        self.heard_at[slots] = now

    def in_state(self, state: ItemState) -> Slots:
        """Return the slots in a state."""
        return np.flatnonzero(self.state[: self.size] == state)

    def due(self, now: float) -> Slots:
        """Return the refused slots whose time to be tried again has come."""
        rows = slice(0, self.size)
        return np.flatnonzero((self.state[rows] == ItemState.REJECTED) & (self.next_try[rows] <= now))

    def accept(self, slots: Slots, answers: Iterable[tuple[int, float, int]], subscription: int, now: float) -> None:
        """Note that the server monitors slots: (its id, revised sampling ms, revised queue) of each.

        One whose tag was removed while the server answered stays gone; its item there is to be deleted.
        """
        for slot, (server_id, revised_ms, queue) in zip(slots.tolist(), answers, strict=True):
            self.server_id[slot] = server_id
            self.revised_ms[slot] = revised_ms
            self.queue[slot] = queue
            self.reasons.pop(slot, None)
        self._set_state(slots, ItemState.ACTIVE)
        self.subscription[slots] = subscription
        self.accepted_at[slots] = now
        self.has_spoken[slots] = False
        self.code[slots] = 0
        self.refused_at[slots] = np.nan
        self.next_try[slots] = NEVER

    def reject(self, slot: int, code: int, reason: str, now: float, now_us: int) -> None:
        """Note that the server refused a slot: tried again every 30 s for 10 min, then every 5 min."""
        if self.state[slot] == ItemState.GONE:
            return
        if np.isnan(self.refused_at[slot]):
            self.refused_at[slot], self.refused_us[slot] = now, now_us
        is_fresh = now - self.refused_at[slot] < SOON_FOR_S
        self.state[slot] = ItemState.REJECTED
        self.code[slot] = code
        self.reasons[slot] = reason
        self.next_try[slot] = now + (RETRY_SOON_S if is_fresh else RETRY_LATE_S)

    def make_pending(self, slots: Slots) -> None:
        """Let slots be created anew."""
        self._set_state(slots, ItemState.PENDING)

    def _set_state(self, slots: Slots, state: ItemState) -> None:
        """Set a state; nothing brings back a slot whose tag was removed."""
        self.state[slots[self.state[slots] != ItemState.GONE]] = state

    def rejected(self) -> tuple[Rejected, ...]:
        """Return what the server does not serve, in words; also what is just being tried again."""
        return tuple(
            Rejected(
                int(self.tag[slot]),
                self.items[slot].address,
                self.reasons[slot],
                int(self.code[slot]),
                int(self.refused_us[slot]),
            )
            for slot in sorted(self.reasons)
        )

    def _add(self, items: Sequence[Item]) -> None:
        start, stop = self.size, self.size + len(items)
        self._reserve(stop)
        rows = slice(start, stop)
        for name, (_, blank) in _COLUMNS.items():
            getattr(self, name)[rows] = blank
        self.tag[rows] = [item.tag for item in items]
        self.sampling_ms[rows] = [item.sampling_ms for item in items]
        self.deadband[rows] = [item.deadband for item in items]
        self.state[rows] = ItemState.PENDING
        self.items.extend(items)
        self._slot_of_tag.update((item.tag, start + row) for row, item in enumerate(items))
        self.size = stop

    def _reserve(self, size: int) -> None:
        have = len(self.tag)
        if size <= have:
            return
        more = max(size, 2 * have) - have
        for name, (dtype, blank) in _COLUMNS.items():
            setattr(self, name, np.concatenate([getattr(self, name), np.full(more, blank, dtype)]))


def refusal(code: int) -> str:
    """Return why a server refused an item, in words."""
    known = {
        ua.StatusCodes.BadNodeIdUnknown: "The server has no such address.",
        ua.StatusCodes.BadNodeIdInvalid: "The server does not understand the address.",
        ua.StatusCodes.BadAttributeIdInvalid: "The address is not a value.",
        ua.StatusCodes.BadUserAccessDenied: "The server does not let this user read it.",
        ua.StatusCodes.BadNotReadable: "The server does not let it be read.",
        ua.StatusCodes.BadTooManyMonitoredItems: "The server takes no more items.",
    }
    return known.get(code) or f"The server answered {ua.StatusCode(ua.UInt32(code)).name}."
