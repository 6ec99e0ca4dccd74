"""Tags: an immutable identity and a dense index, with a meaning that may change from a date on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class TagKind(StrEnum):
    """How a value behaves between two readings."""

    ANALOG = "analog"
    DISCRETE = "discrete"
    COUNTER = "counter"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class TagRevision:
    """What a tag means from `valid_from_us` (UTC µs) on.

    address: in the driver's spelling. low, high: the range, in `unit`. The engineering value is the raw value ×
    scale + offset. states: what 0 and 1 mean, for discrete tags. decimals: digits shown after the point. deadband:
    changes up to this, in `unit`, are not asked for.

    What the history leaves out: a change up to log_deadband (in `unit`) from the last value that was kept, and any
    that comes sooner than log_least_s after it; but one is kept when log_most_s have passed (0: no such rule).
    rollover: the value at which a counter begins at 0 again; 0 when it has none.
    """

    valid_from_us: int
    name: str
    address: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    scale: float = 1.0
    offset: float = 0.0
    decimals: int = 1
    states: tuple[str, str] = ("Off", "On")
    sampling_ms: int = 250
    deadband: float = 0.0
    log_deadband: float = 0.0
    log_least_s: float = 0.0
    log_most_s: float = 0.0
    rollover: float = 0.0


@dataclass(frozen=True, slots=True)
class Tag:
    """One variable. index: dense, given once, never reused; arrays and the history know a tag by it."""

    id: UUID
    index: int
    station_id: UUID
    asset_id: UUID
    connection_id: UUID
    key: str
    kind: TagKind
    quantity: str
    revision: TagRevision
    writable: bool = False

    @property
    def name(self) -> str:
        return self.revision.name

    @property
    def unit(self) -> str:
        return self.revision.unit

    @property
    def is_stepped(self) -> bool:
        """Whether a value holds until the next one, rather than changing smoothly in between."""
        return self.kind is not TagKind.ANALOG

    def text(self, value: float) -> str:
        """Return the value as operators read it, without its unit; a dash for no number."""
        if value != value:  # only NaN is unlike itself
            return "–"
        if self.kind is TagKind.DISCRETE:
            return self.revision.states[1 if value else 0]
        if self.kind is TagKind.COUNTER:
            return f"{value:,.{self.revision.decimals}f}".replace(",", "\u202f")
        return f"{value:.{self.revision.decimals}f}"
