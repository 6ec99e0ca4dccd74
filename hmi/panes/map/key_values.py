"""Which one value of a station is worth its place on the map; no Qt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from hmi.domain.plant import StationKind
from hmi.domain.tags import Tag, TagKind

_QUANTITIES: Final = {
    StationKind.BOREHOLE: ("flow", "level"),
    StationKind.SOLAR_BOREHOLE: ("flow", "power"),
    StationKind.TREATMENT: ("flow", "level"),
    StationKind.BOOSTER: ("pressure", "flow"),
    StationKind.ELEVATED_RESERVOIR: ("level", "flow"),
    StationKind.GROUND_RESERVOIR: ("level", "flow"),
    StationKind.CHLORINATION: ("chlorine", "flow"),
    StationKind.PRESS: ("pressure", "position"),
    StationKind.PACKAGING: ("speed", "ratio"),
    StationKind.OTHER: ("flow", "level", "pressure"),
}
MEASURES_SHOWN: Final = 6
"""Trends offered for a station without opening it."""


def measures(kind: StationKind, tags: Sequence[Tag], pipe_tags: Collection[int]) -> tuple[Tag, ...]:
    """Return the measured values of a station, the one for the map first.

    A value that a pipe is drawn from comes before others of its quantity: it is what leaves the station. Then the
    widest range in its unit's scale: a discharge pressure before a suction pressure. Of equals the later one: plants
    are described in the direction of flow.
    """
    wanted = _QUANTITIES[kind]
    measured = [tag for tag in tags if tag.kind is TagKind.ANALOG and not tag.writable]

    def order(item: tuple[int, Tag]) -> tuple[int, bool, float, int]:
        place, tag = item
        rank = wanted.index(tag.quantity) if tag.quantity in wanted else len(wanted)
        span = tag.revision.high - tag.revision.low
        # Among values that nobody asked for the order of the catalogue is kept, ranges of unlike units say nothing.
        return (rank, tag.index not in pipe_tags, -span, -place) if rank < len(wanted) else (rank, True, 0.0, place)

    return tuple(tag for _place, tag in sorted(enumerate(measured), key=order)[:MEASURES_SHOWN])
