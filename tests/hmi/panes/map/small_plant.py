"""A small plant for the map: two areas, four stations of which two stand close, two pipes."""

from __future__ import annotations

from uuid import UUID, uuid5

import numpy as np

from drivers.api import LinkState, Quality
from hmi.domain.alarms import ACTIVE_STATES, AlarmDefinition, AlarmState, AlarmType, Occurrence, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Area, Connection, Pipe, Station, StationKind
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.panes.map.projection import Viewport, to_world
from hmi.services.port import AlarmChanges, AlarmRow, Frame, LinkStatus, LiveDelta
from hmi.services.port.alarm_rows import order_of

SPACE = UUID("6d1f6c53-6f0e-4c0e-9f0b-2f4a3b0d7a51")


def view_of(longitude: float, latitude: float, zoom: float) -> Viewport:
    """Return a view of 800 × 600 pixels."""
    x, y = to_world(longitude, latitude).tolist()
    return Viewport(x, y, zoom, 800, 600)


def identity(name: str) -> UUID:
    return uuid5(SPACE, name)


def station(name: str, area: str, kind: StationKind, latitude: float, longitude: float) -> Station:
    return Station(identity(name), identity(area), name, kind, latitude, longitude)


def tag(index: int, station_name: str, quantity: str, unit: str, high: float, connection: str = "one") -> Tag:
    name = f"{station_name} {quantity}"
    revision = TagRevision(0, name, f"ns=1;s={index}", unit, 0.0, high)
    place = identity(station_name)
    return Tag(
        identity(f"{name}{index}"), index, place, place, identity(connection), "", TagKind.ANALOG, quantity, revision
    )


def small_plant() -> Catalogue:
    return Catalogue(
        version=1,
        areas=(Area(identity("West"), "West"), Area(identity("East"), "East")),
        stations=(
            station("Well", "West", StationKind.BOREHOLE, 39.5, 2.6),
            station("Works", "West", StationKind.TREATMENT, 39.7, 2.9),
            station("Tower", "East", StationKind.ELEVATED_RESERVOIR, 39.6, 3.3),
            station("Tank", "East", StationKind.GROUND_RESERVOIR, 39.605, 3.305),
        ),
        connections=(
            Connection(identity("one"), "one", "opcua", "opc.tcp://one"),
            Connection(identity("two"), "two", "opcua", "opc.tcp://two"),
        ),
        tags=(
            tag(0, "Well", "level", "m", 60),
            tag(1, "Well", "flow", "m³/h", 100),
            tag(2, "Works", "flow", "m³/h", 400),
            tag(3, "Tower", "level", "m", 5, "two"),
            tag(4, "Tank", "level", "m", 4, "two"),
        ),
        pipes=(
            Pipe(identity("Well"), identity("Works"), 1, ((39.65, 2.7),)),
            Pipe(identity("Works"), identity("Tower"), 2),
        ),
    )


def alarm(station_name: str, priority: Priority, state: AlarmState = AlarmState.UNACK, at_us: int = 1) -> AlarmRow:
    return AlarmRow(
        occurrence=Occurrence(identity(f"{station_name}{priority}"), at_us),
        state=state,
        definition=AlarmDefinition(
            identity(f"{station_name}{priority}"), identity(station_name), AlarmType.HIGH, priority
        ),
        tag=-1,
        station_id=identity(station_name),
        source="",
        text="",
        value=1,
        order=order_of(state, priority, state in ACTIVE_STATES, at_us),
    )


def link(name: str, state: LinkState) -> LinkStatus:
    return LinkStatus(identity(name), name, f"opc.tcp://{name}", state, 0)


def live(*readings: tuple[int, float, Quality]) -> Frame:
    tags, values, qualities = zip(*readings, strict=True)
    return Frame(
        live=LiveDelta(
            np.array(tags, np.uint32),
            np.array(values, np.float64),
            np.array(qualities, np.uint16),
            np.zeros(len(tags), np.int64),
        )
    )


def alarms(*rows: AlarmRow) -> Frame:
    return Frame(alarms=AlarmChanges(rows))
