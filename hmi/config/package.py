"""Station packages: stations with all that is theirs, as one JSON file that another workstation imports. No secrets.

Everything keeps its id, so that importing a package a second time brings the same stations up to date, and an import
can be shown as differences first. Tags are named by id where the configuration names them by dense index, which is
another one on every workstation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from drivers.api import DriverType
from hmi.config.alarm_checks import alarm_faults
from hmi.config.checks import faults_of
from hmi.domain.alarm_drafts import alarm_draft_of
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.domain.drafts import StationDraft, connection_draft_of, tag_draft_of
from hmi.domain.plant import Area, Asset, Connection, Pipe, Station
from hmi.domain.sequences import CommandSequence
from hmi.domain.tags import Tag, TagRevision

FORMAT: Final = "roams-stations"
VERSION: Final = 2
"""2 has sequences and pipes, too."""
TEXT_MOST: Final = 50 * 1024 * 1024


class _Identified(Protocol):
    @property
    def id(self) -> UUID: ...


Entity = TypeVar("Entity", bound=_Identified)


class PackageError(Exception):
    """A file that is no package, or one that cannot be imported here; the text says why."""


@dataclass(frozen=True)
class PackagedControl:
    """A control with its tags by id; the rest is as in hmi.domain.commands.Control."""

    control: Control
    command: UUID
    readback: UUID
    permissives: tuple[UUID, ...] = ()
    interlocks: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class PackagedPipe:
    """A pipe with the tag that measures it by id; the rest is as in hmi.domain.plant.Pipe."""

    pipe: Pipe
    flow_tag: UUID | None = None


class Package(BaseModel):
    """What a file holds; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["roams-stations"]
    version: Literal[1, 2]
    exported_at: datetime
    areas: tuple[Area, ...]
    stations: tuple[Station, ...]
    assets: tuple[Asset, ...]
    connections: tuple[Connection, ...]
    tags: tuple[Tag, ...]
    alarms: tuple[AlarmDefinition, ...]
    controls: tuple[PackagedControl, ...]
    sequences: tuple[CommandSequence, ...] = ()
    pipes: tuple[PackagedPipe, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would change: "Station", "Tag" …, which one, and how in words."""

    what: str
    name: str
    change: str


def export(catalogue: Catalogue, station_ids: Iterable[UUID]) -> str:
    """Return the stations as the text of a file. Raises PackageError when there is none of that id."""
    return pack(catalogue, station_ids).model_dump_json(indent=1)


def pack(catalogue: Catalogue, station_ids: Iterable[UUID]) -> Package:
    """Return the stations as a package. Raises PackageError when there is none of that id."""
    wanted = set(station_ids)
    stations = [station for station in catalogue.stations if station.id in wanted]
    if not stations:
        raise PackageError("Choose at least one station to export.")
    tags = [tag for tag in catalogue.tags if tag.station_id in wanted]
    links = {tag.connection_id for tag in tags}
    controls = [control for control in catalogue.controls if control.station_id in wanted]
    subjects = {tag.id for tag in tags} | links | {control.id for control in controls}
    index = catalogue.tag_by_index
    _require_exportable(controls, catalogue, {tag.index for tag in tags})
    areas = {station.area_id for station in stations}
    return Package(
        format=FORMAT,
        version=VERSION,
        exported_at=datetime.now(UTC),
        areas=tuple(area for area in catalogue.areas if area.id in areas),
        stations=tuple(stations),
        assets=tuple(asset for asset in catalogue.assets if asset.station_id in wanted),
        connections=tuple(connection for connection in catalogue.connections if connection.id in links),
        tags=tuple(tags),
        alarms=tuple(alarm for alarm in catalogue.alarms if alarm.subject in subjects),
        controls=tuple(
            PackagedControl(
                replace(control, command=-1, readback=-1, permissives=(), interlocks=()),
                index[control.command].id,
                index[control.readback].id,
                tuple(index[each].id for each in control.permissives),
                tuple(index[each].id for each in control.interlocks),
            )
            for control in controls
        ),
        sequences=tuple(each for each in catalogue.sequences if each.station_id in wanted),
        pipes=tuple(
            PackagedPipe(replace(pipe, flow_tag=-1), index[pipe.flow_tag].id if pipe.flow_tag in index else None)
            for pipe in catalogue.pipes
            if {pipe.start_id, pipe.end_id} <= wanted
        ),
    )


def _require_exportable(controls: Iterable[Control], catalogue: Catalogue, included: set[int]) -> None:
    """Refuse to leave behind what a start hangs on: without it the control would be less safe elsewhere."""
    for control in controls:
        for tag_index in control.watched():
            if tag_index not in included:
                tag = catalogue.tag_by_index[tag_index]
                station = catalogue.station_by_id[tag.station_id].name
                raise PackageError(f"{control.name} hangs on {tag.name} of {station}: export that station, too.")


def read(text: str) -> Package:
    """Return the package that a file's text is. Raises PackageError in words."""
    if len(text) > TEXT_MOST:
        raise PackageError("The file is larger than 50 MB; it is no station package.")
    try:
        package = Package.model_validate_json(text)
    except ValidationError as error:
        raise PackageError(_why(error)) from error
    require_whole(package)
    return package


def compare(package: Package, catalogue: Catalogue, driver_types: Sequence[DriverType]) -> tuple[Difference, ...]:
    """Return what importing would change, nothing when all is alike. Raises PackageError when it cannot be imported."""
    _require_importable(package, catalogue, driver_types)
    found: list[Difference] = []
    found += _differences("Area", package.areas, catalogue.area_by_id)
    found += _differences("Station", package.stations, catalogue.station_by_id)
    found += _differences("Equipment", package.assets, catalogue.asset_by_id)
    found += _differences("Connection", package.connections, catalogue.connection_by_id)
    found += _differences("Tag", package.tags, catalogue.tag_by_id)
    found += _differences("Alarm", package.alarms, catalogue.alarm_by_id, _alarm_names(package))
    found += _differences("Control", [each.control for each in package.controls], catalogue.control_by_id)
    found += _differences("Sequence", package.sequences, catalogue.sequence_by_id)
    return tuple(found)


def as_plant(package: Package) -> Catalogue:
    """Return the package as a catalogue in which controls name tags by their position, as `put_plant` takes it."""
    position = {tag.id: at for at, tag in enumerate(package.tags)}
    return Catalogue(
        areas=package.areas,
        stations=package.stations,
        assets=package.assets,
        connections=package.connections,
        tags=package.tags,
        alarms=package.alarms,
        controls=tuple(
            replace(
                each.control,
                command=position[each.command],
                readback=position[each.readback],
                permissives=tuple(position[tag] for tag in each.permissives),
                interlocks=tuple(position[tag] for tag in each.interlocks),
            )
            for each in package.controls
        ),
        sequences=package.sequences,
        pipes=tuple(
            replace(each.pipe, flow_tag=position.get(each.flow_tag, -1) if each.flow_tag is not None else -1)
            for each in package.pipes
        ),
    )


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return "The file is no station package: it is not JSON, or it was cut short."
    if not place or place in ("format", "version"):
        return "The file is no station package, or one of a newer version of the program."
    return f"The file is damaged at {place}: {first['msg']}."


def require_whole(package: Package) -> None:
    """Refuse a file in which something points at nothing."""
    known = {
        "area": {area.id for area in package.areas},
        "station": {station.id for station in package.stations},
        "asset": {asset.id for asset in package.assets},
        "connection": {connection.id for connection in package.connections},
        "tag": {tag.id for tag in package.tags},
    }
    pointers: list[tuple[str, UUID]] = [("area", station.area_id) for station in package.stations]
    pointers += [("station", asset.station_id) for asset in package.assets]
    for tag in package.tags:
        pointers += [("station", tag.station_id), ("asset", tag.asset_id), ("connection", tag.connection_id)]
    for each in package.controls:
        pointers += [("station", each.control.station_id), ("asset", each.control.asset_id)]
        pointers += [("tag", tag) for tag in (each.command, each.readback, *each.permissives, *each.interlocks)]
    known["control"] = {each.control.id for each in package.controls}
    for sequence in package.sequences:
        pointers.append(("station", sequence.station_id))
        pointers += [("control", step.control_id) for step in sequence.steps if step.control_id is not None]
    for given in package.pipes:
        pointers += [("station", given.pipe.start_id), ("station", given.pipe.end_id)]
    known["subject of an alarm"] = known["tag"] | known["connection"] | {each.control.id for each in package.controls}
    pointers += [("subject of an alarm", alarm.subject) for alarm in package.alarms]
    for kind, key in pointers:
        if key not in known[kind]:
            raise PackageError(f"The file is damaged: something points at a {kind} that is not in it.")
    if not package.stations:
        raise PackageError("The file holds no station.")


def _require_importable(package: Package, catalogue: Catalogue, driver_types: Sequence[DriverType]) -> None:
    """Check every station of the package as the form checks one that a person types."""
    areas = {area.id: area.name for area in package.areas}
    links = {connection.id: connection for connection in package.connections}
    for station in package.stations:
        tags = [tag for tag in package.tags if tag.station_id == station.id]
        for link in dict.fromkeys(tag.connection_id for tag in tags):
            draft = StationDraft(
                id=station.id,
                name=station.name,
                area=areas[station.area_id],
                kind=station.kind,
                latitude=str(station.latitude),
                longitude=str(station.longitude),
                connection=connection_draft_of(links[link]),
                tags=tuple(tag_draft_of(tag) for tag in tags if tag.connection_id == link),
            )
            for fault in faults_of(draft, catalogue, driver_types):
                raise PackageError(f"Station {station.name}, {fault.field}: {fault.sentence}")
    _require_sound_alarms(package, catalogue)


def _require_sound_alarms(package: Package, catalogue: Catalogue) -> None:
    """Check every alarm of the package as the form would, in the plant as it would be."""
    plant = Catalogue(
        stations=_over(catalogue.stations, package.stations),
        connections=_over(catalogue.connections, package.connections),
        tags=tuple(replace(tag, index=at) for at, tag in enumerate(_over(catalogue.tags, package.tags))),
        controls=_over(catalogue.controls, [each.control for each in package.controls]),
        alarms=package.alarms,
    )
    names = _alarm_names(package)
    for fault in alarm_faults([alarm_draft_of(alarm) for alarm in package.alarms], plant):
        # What suppresses may be at a station that comes later: until then the alarm shows the error.
        if fault.field != "suppression":
            raise PackageError(f"Alarm {names[fault.alarm_id]}, {fault.field}: {fault.sentence}")


def _over(known: Sequence[Entity], given: Sequence[Entity]) -> tuple[Entity, ...]:
    ids = {each.id for each in given}
    return (*(each for each in known if each.id not in ids), *given)


def _alarm_names(package: Package) -> dict[UUID, str]:
    plant = Catalogue(
        tags=package.tags, connections=package.connections, controls=tuple(each.control for each in package.controls)
    )
    return {alarm.id: f"{subject_name(plant, alarm)} {TYPE_LABELS[alarm.type]}" for alarm in package.alarms}


def _differences(
    what: str, given: Iterable[Any], known: dict[UUID, Any], names: Mapping[UUID, str] | None = None
) -> Iterable[Difference]:
    for entity in given:
        name = names[entity.id] if names is not None else str(entity.name)
        before = known.get(entity.id)
        if before is None:
            yield Difference(what, name, "added")
            continue
        changes = [
            f"{label}: {_short(old)} → {_short(new)}" for label, old, new in _changed(before, entity) if old != new
        ]
        if changes:
            yield Difference(what, name, "; ".join(changes))


LOCAL_FIELDS: Final = frozenset({"index", "valid_from_us", "command", "readback", "permissives", "interlocks"})
"""Fields that say something of this workstation, or are kept by id beside the entity."""
RECORD_FIELDS: Final = frozenset({"revision", "approved_by", "approved_us"})
"""Those of an alarm record: each workstation counts its own revisions, and approves them."""


def _changed(before: Any, after: Any) -> Iterable[tuple[str, object, object]]:
    for field in fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name in LOCAL_FIELDS or (isinstance(before, AlarmDefinition) and field.name in RECORD_FIELDS):
            continue
        if isinstance(old, TagRevision):
            yield from _changed(old, new)
        else:
            yield field.name.replace("_", " "), old, new


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
