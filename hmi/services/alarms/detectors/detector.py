"""What every detector is, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.edges import Comparisons, Edge, Edges, Timing

_TRUSTED: Final = np.array([Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED], np.uint16)


@dataclass(frozen=True, slots=True)
class Held:
    """What a tag shows now: value, whether it is trusted, when it was made (UTC µs), and whether its link is there."""

    value: float
    is_trusted: bool
    at_us: int
    is_linked: bool = True


HeldOf = Callable[[int], Held]
Seen = tuple[int, int, int, float, float, bool]
"""One line of Comparisons."""


class Detector(Protocol):
    """One way of looking at readings. All on the I/O thread."""

    edges: Edges

    def go_on(self, before: Self) -> list[int]:
        """Go on where the detector of an older catalogue stood; return the rows that are new or were edited."""

    def take(self, batch: Batch) -> list[Edge]:
        """Return the edges of a batch."""

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges of delays that ran out by now (our clock)."""

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        """Compare what is held with conditions that changed."""


def is_trusted(batch: Batch) -> npt.NDArray[np.bool_]:
    """Mark the readings that a process alarm may go by."""
    found: npt.NDArray[np.bool_] = np.isin(batch.quality, _TRUSTED)
    return found & np.isfinite(batch.value)


def of_tags(
    catalogue: Catalogue, alarms: Iterable[AlarmDefinition], types: Iterable[AlarmType]
) -> list[tuple[int, AlarmDefinition]]:
    """Return the alarms of some types with the dense index of their tag, by index."""
    wanted, tags = frozenset(types), catalogue.tag_by_id
    found = [(tags[each.subject].index, each) for each in alarms if each.type in wanted and each.subject in tags]
    return sorted(found, key=lambda pair: pair[0])


def timing(alarm: AlarmDefinition, limit: float) -> Timing:
    """Return an alarm's condition; limit: what is seen is compared with it."""
    return Timing(alarm.id, limit, alarm.deadband, round(alarm.on_delay_s * 1e6), round(alarm.off_delay_s * 1e6))


def columns(found: Sequence[Seen]) -> Comparisons:
    """Return lines as columns; at least one."""
    row, at_us, received_us, seen, value, trusted = zip(*found, strict=True)
    return Comparisons(
        np.array(row, np.int64),
        np.array(at_us, np.int64),
        np.array(received_us, np.int64),
        np.array(seen, np.float64),
        np.array(value, np.float64),
        np.array(trusted, bool),
    )
