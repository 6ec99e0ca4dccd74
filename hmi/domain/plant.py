"""The asset model: Area > Station > Asset, the connections that reach them, and the pipes between them.

A connection is one endpoint; a station is what operators know. A station's tags may come over several connections and
one connection may serve many stations, so neither names the other: tags do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class StationKind(StrEnum):
    """What a station is; its symbol on the map."""

    BOREHOLE = "borehole"
    SOLAR_BOREHOLE = "solar_borehole"
    TREATMENT = "treatment"
    BOOSTER = "booster"
    ELEVATED_RESERVOIR = "elevated_reservoir"
    GROUND_RESERVOIR = "ground_reservoir"
    CHLORINATION = "chlorination"
    PRESS = "press"
    PACKAGING = "packaging"
    OTHER = "other"


class AssetKind(StrEnum):
    """What a piece of equipment is."""

    PUMP = "pump"
    VALVE = "valve"
    TANK = "tank"
    DOSING = "dosing"
    METER = "meter"
    MACHINE = "machine"
    POWER = "power"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Area:
    """A group of stations."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Station:
    """A place with equipment; latitude −90…90 and longitude −180…180 in degrees, WGS 84."""

    id: UUID
    area_id: UUID
    name: str
    kind: StationKind
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Asset:
    """A piece of equipment of a station."""

    id: UUID
    station_id: UUID
    name: str
    kind: AssetKind


@dataclass(frozen=True, slots=True)
class Connection:
    """One endpoint, broker or PLC link.

    driver: kind of a line in drivers.registry. options: the driver's own. user: empty for anonymous; the password is
    in the keyring under the connection's id, never here.
    """

    id: UUID
    name: str
    driver: str
    endpoint: str
    options: Mapping[str, object] = field(default_factory=dict)
    user: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe between two stations; flow_tag is the dense index of the tag that measures it, or −1."""

    start_id: UUID
    end_id: UUID
    flow_tag: int = -1
    via: tuple[tuple[float, float], ...] = ()
