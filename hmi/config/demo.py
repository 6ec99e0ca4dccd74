"""The demo plant as a catalogue: its description in our words, with ids that are the same on every start."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from drivers.simulated import description as plant
from hmi.config.demo_control import SEQUENCES, TRAITS
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.alarms.implied import communication_alarm
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Pipe, Station, StationKind
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.domain.tags import Tag, TagKind, TagRevision

_SPACE: Final = UUID("6d1f6c53-6f0e-4c0e-9f0b-2f4a3b0d7a51")
_KINDS: Final = {"pump": ControlKind.PUMP, "valve": ControlKind.VALVE, "setpoint": ControlKind.SETPOINT}
FAST_QUANTITIES: Final = frozenset({"state", "command", "mode", "position"})


@dataclass
class _Build:
    """What has been gathered so far; position of a tag in `tags` by (station key, point key)."""

    stations: list[Station] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    alarms: list[AlarmDefinition] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    position: dict[tuple[str, str], int] = field(default_factory=dict)


def identity(*parts: str) -> UUID:
    """Return the id of a thing of the demo plant."""
    return uuid5(_SPACE, "/".join(parts))


def demo_catalogue(described: plant.PlantDescription, endpoints: Mapping[str, plant.AreaEndpoint]) -> Catalogue:
    """Return the demo plant's catalogue; in controls and pipes a tag is its position in `tags`."""
    build = _Build()
    connections = []
    for area in described.areas:
        endpoint = endpoints[area.key]
        connection = Connection(
            id=identity("connection", area.key),
            name=f"{area.name} server",
            driver="opcua",
            endpoint=endpoint.url,
            options={"security": "basic256sha256", "server_thumbprint": endpoint.thumbprint} if endpoint.user else {},
            user=endpoint.user,
        )
        connections.append(connection)
        build.alarms.append(communication_alarm(connection.id))
        for station in area.stations:
            _add_station(build, area, station, connection)
    return Catalogue(
        areas=tuple(Area(identity("area", area.key), area.name) for area in described.areas),
        stations=tuple(build.stations),
        assets=tuple(build.assets),
        connections=tuple(connections),
        tags=tuple(build.tags),
        alarms=tuple(build.alarms),
        controls=tuple(build.controls),
        sequences=tuple(_sequences(described)),
        pipes=tuple(_pipe(pipe, build.position) for pipe in described.pipes),
    )


def _add_station(build: _Build, area: plant.Area, station: plant.StationDescription, connection: Connection) -> None:
    station_id = identity("station", station.key)
    build.stations.append(
        Station(
            station_id,
            identity("area", area.key),
            station.name,
            StationKind(station.kind),
            station.latitude,
            station.longitude,
        )
    )
    for equipment in station.equipment:
        asset_id = identity("asset", station.key, equipment.key)
        build.assets.append(Asset(asset_id, station_id, equipment.name, AssetKind(equipment.kind)))
        for point in equipment.points:
            build.position[station.key, point.key] = len(build.tags)
            tag = _tag(area, station, point, asset_id, connection.id)
            build.tags.append(tag)
            build.alarms.extend(_alarm(tag, limit) for limit in point.limits)
        for control in equipment.controls:
            build.controls.extend(_controls(build.position, station, control, asset_id))


def _tag(
    area: plant.Area,
    station: plant.StationDescription,
    point: plant.Point,
    asset_id: UUID,
    connection_id: UUID,
) -> Tag:
    revision = TagRevision(
        valid_from_us=time.time_ns() // 1000,
        name=point.name,
        address=f"nsu={area.namespace_uri};s={point.identifier}",
        unit=point.unit,
        low=point.low,
        high=point.high,
        decimals=point.decimals,
        states=point.states,
        sampling_ms=100 if point.quantity in FAST_QUANTITIES else 250,
    )
    return Tag(
        id=identity("tag", station.key, point.key),
        index=-1,
        station_id=identity("station", station.key),
        asset_id=asset_id,
        connection_id=connection_id,
        key=point.key,
        kind=TagKind(point.kind),
        quantity=point.quantity,
        revision=revision,
        writable=point.writable,
    )


CAUSES: Final = {
    ("chlorine", "high"): "The dosing pump doses too much, or the flow has fallen.",
    ("chlorine", "low"): "The dosing pump stands, its tank is empty, or the sensor drifts.",
    ("level", "high"): "More flows in than is drawn: a pump did not stop, or an outlet is closed.",
    ("level", "low"): "More is drawn than flows in: a pump stands, or a main leaks.",
    ("ph", "high"): "The acid dosing stands or its tank is empty.",
    ("ph", "low"): "The acid dosing does not stop.",
    ("pressure", "high"): "A valve downstream is closed, or the setpoint is too high.",
    ("pressure", "low"): "The reservoir upstream is low, or a strainer is blocked.",
    ("state", "discrete"): "The equipment reports it by itself.",
    ("temperature", "high"): "Overload, a blocked fan, or a worn bearing.",
    ("trip", "discrete"): "Overload, lack of water, or loss of a phase.",
    ("turbidity", "high"): "The filter is loaded, or the raw water has turned.",
}
RESPOND_S: Final = {Priority.CRITICAL: 300.0, Priority.HIGH: 900.0, Priority.MEDIUM: 1800.0, Priority.LOW: 7200.0}


def _alarm(tag: Tag, limit: plant.Limit) -> AlarmDefinition:
    kind = limit.kind.removeprefix("high_").removeprefix("low_")
    return AlarmDefinition(
        id=uuid5(tag.id, limit.kind),
        subject=tag.id,
        type=AlarmType(limit.kind),
        priority=Priority(limit.priority),
        limit=limit.value,
        deadband=limit.deadband,
        on_delay_s=limit.on_delay_s,
        off_delay_s=limit.off_delay_s,
        consequence=limit.consequence,
        action=limit.action,
        cause=CAUSES.get((tag.quantity, kind), ""),
        respond_s=RESPOND_S[Priority(limit.priority)],
        owner="Operations",
    )


def _controls(
    position: Mapping[tuple[str, str], int], station: plant.StationDescription, control: plant.Control, asset_id: UUID
) -> Iterator[Control]:
    """Yield up to three controls of ours for one: the thing itself, its auto/manual mode, the reset of its trip."""
    station_id = identity("station", station.key)

    def at(key: str) -> int:
        return position[station.key, key]

    yield Control(
        id=identity("control", station.key, control.key),
        station_id=station_id,
        asset_id=asset_id,
        name=control.name,
        kind=_KINDS[control.kind],
        command=at(control.command),
        readback=at(control.readback),
        low=control.low,
        high=control.high,
        unit=control.unit,
        tolerance=control.tolerance,
        timeout_s=control.timeout_s,
        safe_value=None if control.kind == "setpoint" else control.low,
        permissives=tuple(at(key) for key in control.permissives),
        interlocks=tuple(at(key) for key in control.blocks),
        **TRAITS.get((station.key, control.key), {}),
    )
    if control.mode:
        yield Control(
            id=identity("control", station.key, control.mode),
            station_id=station_id,
            asset_id=asset_id,
            name=f"{control.name} mode",
            kind=ControlKind.MODE,
            command=at(control.mode),
            readback=at(control.mode),
        )
    if control.reset:
        yield Control(
            id=identity("control", station.key, control.reset),
            station_id=station_id,
            asset_id=asset_id,
            name=f"{control.name} trip reset",
            kind=ControlKind.RESET,
            command=at(control.reset),
            readback=at(control.blocks[0]) if control.blocks else at(control.readback),
        )


def _sequences(described: plant.PlantDescription) -> Iterator[CommandSequence]:
    for station in (station for area in described.areas for station in area.stations):
        for name, steps in SEQUENCES.get(station.key, {}).items():
            yield CommandSequence(
                identity("sequence", station.key, name),
                identity("station", station.key),
                name,
                tuple(
                    SequenceStep(identity("control", station.key, key) if key else None, value, text)
                    for key, value, text in steps
                ),
            )


def _pipe(pipe: plant.Pipe, position: Mapping[tuple[str, str], int]) -> Pipe:
    station_key, _, point_key = pipe.flow.partition("/")
    return Pipe(
        identity("station", pipe.start),
        identity("station", pipe.end),
        position.get((station_key, point_key), -1),
        pipe.via,
    )
