"""A chart's state as it was kept, read with care: what does not fit is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from hmi.panes.trend.drawing.limits import LimitsOf
from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode, range_of
from hmi.panes.trend.drawing.scales import MOST_AXES
from hmi.panes.trend.pens import Draws, Pen
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.services.port import EventKind


@dataclass(frozen=True, slots=True)
class KeptChart:
    """What plain data says of a chart. span_us: None for none that can be used."""

    span_us: int | None = None
    ranges: Mapping[str, AxisRange] = field(default_factory=dict)
    default_range: RangeMode = RangeMode.AUTO
    limits: LimitsOf = LimitsOf.CHOSEN
    has_bands: bool = True
    kinds: frozenset[EventKind] = frozenset(EventKind)
    pens: tuple[UUID, ...] = ()
    hidden: frozenset[UUID] = frozenset()
    drawing: Mapping[str, object] = field(default_factory=dict)
    axes: Mapping[str, object] = field(default_factory=dict)

    def give(self, pen: Pen) -> None:
        """Give a pen what was kept of it."""
        key = str(pen.tag.id)
        pen.is_hidden = pen.tag.id in self.hidden
        drawing, axis = self.drawing.get(key), self.axes.get(key)
        pen.draws = Draws(str(drawing)) if drawing in list(Draws) else Draws.AUTO
        pen.axis = axis if isinstance(axis, int) and 0 <= axis <= MOST_AXES else 0


def kept_chart(state: Mapping[str, object]) -> KeptChart:
    """Return what plain data says."""
    span_s, kinds, limits = state.get("span_s"), state.get("events"), state.get("limits")
    is_span = isinstance(span_s, int | float) and not isinstance(span_s, bool) and bool(np.isfinite(span_s))
    ranges = {key: range_of(each) for key, each in _mapping(state.get("ranges")).items()}
    return KeptChart(
        round(min(abs(float(str(span_s))), 1e10) * SECOND_US) if is_span else None,
        {key: found for key, found in ranges.items() if found is not None},
        RangeMode.FULL if state.get("is_full_range") is True else RangeMode.AUTO,
        LimitsOf(str(limits)) if limits in list(LimitsOf) else LimitsOf.CHOSEN,
        state.get("has_bands") is not False,
        frozenset(each for each in EventKind if not isinstance(kinds, list) or str(each) in kinds),
        tuple(_ids(state.get("pens"))),
        frozenset(_ids(state.get("hidden"))),
        _mapping(state.get("drawing")),
        _mapping(state.get("axes")),
    )


def _mapping(given: object) -> Mapping[str, object]:
    return given if isinstance(given, Mapping) else {}


def _ids(given: object) -> list[UUID]:
    """Return the UUIDs of a list, whatever else is in it."""
    found = []
    for each in given if isinstance(given, list) else []:
        try:
            found.append(UUID(str(each)))
        except ValueError:
            continue
    return found
