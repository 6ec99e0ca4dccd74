"""What the demo plant says of itself, so that a catalogue can be made from it: plain data, no physics, no asyncua.

Its words are the plant's own; whoever builds a catalogue from it maps them. Every string is what an operator reads,
but for keys and node identifiers.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

PointKind = Literal["analog", "discrete", "counter", "text"]
LimitKind = Literal["high_high", "high", "low", "low_low", "discrete"]
ControlKind = Literal["pump", "valve", "setpoint"]
StationKind = Literal[
    "borehole",
    "solar_borehole",
    "treatment",
    "booster",
    "elevated_reservoir",
    "ground_reservoir",
    "chlorination",
    "press",
    "packaging",
]
IN_USE: Final = "InUse"
"""How the key of the point ends that shows the setpoint in use."""
EquipmentKind = Literal["pump", "valve", "tank", "dosing", "meter", "machine", "power", "site"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One alarm of a point, rationalised: value in the point's unit (1.0 for a discrete alarm), priority 1 to 4.

    Priority 1 is critical, 2 high, 3 medium, 4 low.
    """

    kind: LimitKind
    value: float
    priority: int
    consequence: str
    action: str
    deadband: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One variable of the plant.

    key: unique within its station, "P1.Flow". identifier: the string identifier of its OPC UA node in its area's
    namespace, "North.BH1.P1.Flow". states: what 0 and 1 mean to an operator, for discrete points.
    """

    key: str
    identifier: str
    name: str
    kind: PointKind
    quantity: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    decimals: int = 1
    writable: bool = False
    states: tuple[str, str] = ("Off", "On")
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """Something an operator can operate.

    command, readback: keys of points. A pump is started by writing 1 and stopped by 0, and its readback is 1 while it
    runs; a valve's command and readback are positions in percent; a setpoint's readback is the value in use.
    permissives: keys of discrete points that must be 1 before a start. blocks: keys that must be 0.
    mode: key of the writable discrete point that is 1 while the plant operates it by itself; a command from outside
    puts it to 0. reset: key of the writable discrete point that takes a 1 to clear a trip.
    """

    key: str
    kind: ControlKind
    name: str
    command: str
    readback: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    tolerance: float = 0.0
    timeout_s: float = 10.0
    permissives: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    mode: str = ""
    reset: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A piece of equipment of a station with its points and controls."""

    key: str
    name: str
    kind: EquipmentKind
    points: tuple[Point, ...]
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class StationDescription:
    """A station on the map; latitude and longitude in degrees, WGS 84."""

    key: str
    name: str
    kind: StationKind
    latitude: float
    longitude: float
    equipment: tuple[Equipment, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its stations live in one namespace on one OPC UA endpoint."""

    key: str
    name: str
    namespace_uri: str
    stations: tuple[StationDescription, ...]


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe between two stations (keys); flow names the point that measures it as "station key/point key"."""

    start: str
    end: str
    flow: str = ""
    via: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PlantDescription:
    """The whole plant."""

    name: str
    areas: tuple[Area, ...]
    pipes: tuple[Pipe, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaEndpoint:
    """Where an area is served; user and password are the demo's own, and only where the endpoint asks for them.

    thumbprint: SHA-1 in hex of the certificate of a secured endpoint, made anew at each start.
    """

    area: str
    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    thumbprint: str = ""


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """The one line `READY {json}` that the plant's process prints when all endpoints listen."""

    endpoints: tuple[AreaEndpoint, ...]

    def text(self) -> str:
        """Return the line as it is printed."""
        return "READY " + json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def parse(cls, line: str) -> ReadyLine:
        """Return what a printed line says. Raises ValueError when it is not a READY line."""
        word, _, rest = line.partition(" ")
        if word != "READY":
            raise ValueError(f"the demo plant did not start: {line.strip()}")
        found = json.loads(rest)
        return cls(tuple(AreaEndpoint(**endpoint) for endpoint in found["endpoints"]))
