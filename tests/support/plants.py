"""A plant of one station, small enough to be known by heart."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Station, StationKind
from hmi.domain.tags import Tag, TagKind, TagRevision

AREA = Area(UUID(int=1), "North")
STATION = Station(UUID(int=2), AREA.id, "Hill borehole", StationKind.BOREHOLE, 39.7, 2.9)
ASSET = Asset(UUID(int=3), STATION.id, "Pump 1", AssetKind.PUMP)
CONNECTION = Connection(UUID(int=4), "North server", "fake", "fake://north")

START, RUN, TRIP, READY, LEVEL, SETPOINT, IN_USE = range(7)


def _tag(index: int, key: str, kind: TagKind, low: float = 0.0, high: float = 1.0, *, writable: bool = False) -> Tag:
    revision = TagRevision(1, key, f"s={key}", "m" if kind is TagKind.ANALOG else "", low, high)
    return Tag(
        UUID(int=100 + index), index, STATION.id, ASSET.id, CONNECTION.id, key, kind, "level", revision, writable
    )


TAGS = (
    _tag(START, "Pump 1 start", TagKind.DISCRETE, writable=True),
    _tag(RUN, "Pump 1 running", TagKind.DISCRETE),
    _tag(TRIP, "Pump 1 tripped", TagKind.DISCRETE),
    _tag(READY, "Pump 1 ready", TagKind.DISCRETE),
    _tag(LEVEL, "Tank level", TagKind.ANALOG, 0, 5),
    _tag(SETPOINT, "Level setpoint", TagKind.ANALOG, 0, 5, writable=True),
    _tag(IN_USE, "Level setpoint in use", TagKind.ANALOG, 0, 5),
)
LOW_LEVEL = AlarmDefinition(
    UUID(int=200), TAGS[LEVEL].id, AlarmType.LOW, Priority.HIGH, 1.0, 0.2, consequence="Dry taps.", action="Start."
)
LINK_LOST = AlarmDefinition(
    CONNECTION.id, CONNECTION.id, AlarmType.COMMUNICATION, Priority.HIGH, on_delay_s=0.0, action="Check the network."
)
PUMP = Control(
    UUID(int=300),
    STATION.id,
    ASSET.id,
    "Pump 1",
    ControlKind.PUMP,
    START,
    RUN,
    timeout_s=0.3,
    safe_value=0.0,
    permissives=(READY,),
    interlocks=(TRIP,),
)
LEVEL_SETPOINT = Control(
    UUID(int=301),
    STATION.id,
    ASSET.id,
    "Level setpoint",
    ControlKind.SETPOINT,
    SETPOINT,
    IN_USE,
    low=1.0,
    high=4.0,
    unit="m",
    tolerance=0.01,
    timeout_s=0.3,
)
CATALOGUE = Catalogue(
    version=1,
    areas=(AREA,),
    stations=(STATION,),
    assets=(ASSET,),
    connections=(CONNECTION,),
    tags=TAGS,
    alarms=(LOW_LEVEL, LINK_LOST),
    controls=(PUMP, LEVEL_SETPOINT),
)


def second_station(number: int) -> Catalogue:
    """Return the plant with one more station of one tag, on a connection of its own."""
    station = replace(STATION, id=UUID(int=1000 + number), name=f"Station {number}")
    connection = replace(CONNECTION, id=UUID(int=2000 + number), name=f"Server {number}", endpoint=f"fake://{number}")
    asset = replace(ASSET, id=UUID(int=3000 + number), station_id=station.id)
    tag = replace(
        TAGS[LEVEL],
        id=UUID(int=4000 + number),
        index=1000 + number,
        station_id=station.id,
        asset_id=asset.id,
        connection_id=connection.id,
    )
    return replace(
        CATALOGUE,
        version=number + 1,
        stations=(*CATALOGUE.stations, station),
        assets=(*CATALOGUE.assets, asset),
        connections=(*CATALOGUE.connections, connection),
        tags=(*CATALOGUE.tags, tag),
    )
