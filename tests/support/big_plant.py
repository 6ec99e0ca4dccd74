"""A plant of as many tags as wanted, each with a high limit of 10: for what must be fast with many."""

from __future__ import annotations

from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Station, StationKind
from hmi.domain.tags import Tag, TagKind, TagRevision

STATIONS = 50
CONNECTION = Connection(UUID(int=1), "Server", "fake", "fake://big")


def big_plant(tags: int, *, limits_of_tag: int = 1) -> Catalogue:
    """Return a catalogue of tags spread over fifty stations; more limits of a tag lie further up."""
    area = Area(UUID(int=2), "Area")
    stations = [
        Station(UUID(int=100 + number), area.id, f"Station {number:02d}", StationKind.BOOSTER, 39 + number / 100, 3.0)
        for number in range(STATIONS)
    ]
    assets = [Asset(UUID(int=200 + n), station.id, "Site", AssetKind.SITE) for n, station in enumerate(stations)]
    found = tuple(_tag(index, stations[index % STATIONS], assets[index % STATIONS]) for index in range(tags))
    alarms = tuple(
        AlarmDefinition(
            UUID(int=10_000_000 + tag.index * 10 + number),
            tag.id,
            (AlarmType.HIGH, AlarmType.HIGH_HIGH)[number],
            Priority(1 + tag.index % 4),
            10.0 + number,
            0.5,
            consequence="Something follows.",
            action="Do something.",
        )
        for tag in found
        for number in range(limits_of_tag)
    )
    return Catalogue(1, (area,), tuple(stations), tuple(assets), (CONNECTION,), found, alarms)


def _tag(index: int, station: Station, asset: Asset) -> Tag:
    revision = TagRevision(0, f"Level {index}", f"s={index}", "m", 0.0, 20.0)
    return Tag(
        UUID(int=1_000_000 + index),
        index,
        station.id,
        asset.id,
        CONNECTION.id,
        f"k{index}",
        TagKind.ANALOG,
        "level",
        revision,
    )
