"""What the demo plant says of itself: the water network, or a generated plant for load.

Light on purpose (standard library only): a catalogue can be made from it without asyncua.
"""

from __future__ import annotations

from drivers.simulated.description import Pipe, PlantDescription

_PIPES = (
    Pipe("BH1", "TW1", "BH1/Out.Flow", ((39.735, 2.800),)),
    Pipe("BH2", "TW1", "BH2/Out.Flow"),
    Pipe("TW1", "GR1", "TW1/Out.Flow", ((39.735, 2.985),)),
    Pipe("TW1", "GR2", "TW1/Palma.Flow", ((39.655, 2.800),)),
    Pipe("GR1", "BP1", "GR1/Out.Flow"),
    Pipe("BP1", "ER1", "BP1/Out.Flow"),
    Pipe("SB1", "ER2", "SB1/Out.Flow"),
    Pipe("ER2", "PK1", "PK1/Supply.Flow"),
    Pipe("GR2", "BP2", "GR2/Out.Flow", ((39.545, 2.760),)),
    Pipe("BP2", "CL1", "BP2/Out.Flow"),
    Pipe("BH3", "BP3", "BH3/Out.Flow"),
    Pipe("BP3", "ER3", "BP3/Out.Flow"),
)


def describe(stations: int | None = None, tags_per_station: int | None = None) -> PlantDescription:
    """Return the water network, or with both numbers the generated plant for load.

    Raises ValueError when only one number is given or one is below 1.
    """
    if stations is None and tags_per_station is None:
        from drivers.simulated.plan_east import EAST
        from drivers.simulated.plan_north import NORTH
        from drivers.simulated.plan_plain import PLAIN

        return PlantDescription("Mallorca water network", (NORTH, PLAIN, EAST), _PIPES)
    if stations is None or tags_per_station is None or stations < 1 or tags_per_station < 1:
        raise ValueError("a plant for load needs a number of stations and a number of tags a station, both 1 or more")

    from drivers.simulated.plan_load import load_areas

    return PlantDescription(f"Load of {stations} stations", load_areas(stations, tags_per_station))
