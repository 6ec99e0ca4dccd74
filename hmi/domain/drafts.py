"""Drafts: a station and its connection as a form holds them, before they are checked and become part of the plant.

A draft holds what was typed, so numbers that may be missing or wrong are texts; `hmi.config.checks` says field by
field what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Connection, StationKind
from hmi.domain.tags import Tag, TagKind


@dataclass(frozen=True, slots=True)
class TagDraft:
    """One tag. id: kept by a tag that is renamed or re-addressed, so that its history stays its own."""

    id: UUID = field(default_factory=uuid4)
    name: str = ""
    address: str = ""
    kind: TagKind = TagKind.ANALOG
    unit: str = ""
    low: str = "0"
    high: str = "100"
    decimals: str = "1"
    states: tuple[str, str] = ("Off", "On")
    sampling_ms: str = "250"
    deadband: str = "0"
    log_deadband: str = "0"
    log_least_s: str = "0"
    log_most_s: str = "0"
    rollover: str = "0"
    scale: str = "1"
    offset: str = "0"
    writable: bool = False
    data_type: str = ""


@dataclass(frozen=True, slots=True)
class PlacedTagDraft:
    """One tag with where it belongs, as a file of many stations' tags holds it.

    asset_id: the equipment that it is part of, None for the station as a whole.
    """

    tag: TagDraft
    station_id: UUID
    connection_id: UUID
    asset_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """One connection. options: the driver's own, as chosen from what the server offers. user: empty for anonymous.

    The password is not here: it goes to the keyring by a request of its own.
    """

    id: UUID = field(default_factory=uuid4)
    name: str = ""
    driver: str = "opcua"
    endpoint: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    user: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class StationDraft:
    """One station with the tags that come over one connection.

    Tags of the station that come over other connections are not in the draft and stay as they are.
    version: of the configuration that the draft was made from; 0 for a new station.
    """

    id: UUID = field(default_factory=uuid4)
    name: str = ""
    area: str = ""
    kind: StationKind = StationKind.OTHER
    latitude: str = ""
    longitude: str = ""
    connection: ConnectionDraft = field(default_factory=ConnectionDraft)
    tags: tuple[TagDraft, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a draft. tag: the row of the tag it is about, -1 for the station itself."""

    field: str
    sentence: str
    tag: int = -1


def draft_of(catalogue: Catalogue, station_id: UUID) -> StationDraft:
    """Return the draft that a saved station stands for; of several connections the one that most tags come over."""
    station = catalogue.station_by_id[station_id]
    tags = catalogue.tags_of_station.get(station_id, ())
    counts: dict[UUID, int] = {}
    for tag in tags:
        counts[tag.connection_id] = counts.get(tag.connection_id, 0) + 1
    main = max(counts, key=lambda each: counts[each], default=None)
    connection = catalogue.connection_by_id.get(main) if main is not None else None
    return StationDraft(
        id=station.id,
        name=station.name,
        area=catalogue.area_by_id[station.area_id].name,
        kind=station.kind,
        latitude=f"{station.latitude:.6f}",
        longitude=f"{station.longitude:.6f}",
        connection=connection_draft_of(connection) if connection is not None else ConnectionDraft(),
        tags=tuple(tag_draft_of(tag) for tag in tags if tag.connection_id == main),
        version=catalogue.version,
    )


def connection_draft_of(connection: Connection) -> ConnectionDraft:
    """Return the draft that a saved connection stands for."""
    return ConnectionDraft(
        connection.id,
        connection.name,
        connection.driver,
        connection.endpoint,
        connection.options,
        connection.user,
        connection.enabled,
    )


def tag_draft_of(tag: Tag) -> TagDraft:
    """Return the draft that a saved tag stands for."""
    now = tag.revision
    return TagDraft(
        id=tag.id,
        name=now.name,
        address=now.address,
        kind=tag.kind,
        unit=now.unit,
        low=f"{now.low:.10g}",
        high=f"{now.high:.10g}",
        decimals=str(now.decimals),
        states=now.states,
        sampling_ms=str(now.sampling_ms),
        deadband=f"{now.deadband:.10g}",
        log_deadband=f"{now.log_deadband:.10g}",
        log_least_s=f"{now.log_least_s:.10g}",
        log_most_s=f"{now.log_most_s:.10g}",
        rollover=f"{now.rollover:.10g}",
        scale=f"{now.scale:.10g}",
        offset=f"{now.offset:.10g}",
        writable=tag.writable,
    )


def placed_draft_of(tag: Tag) -> PlacedTagDraft:
    """Return the draft that a saved tag stands for, with where it belongs."""
    return PlacedTagDraft(tag_draft_of(tag), tag.station_id, tag.connection_id, tag.asset_id)


def duplicate_of(draft: StationDraft, name: str) -> StationDraft:
    """Return a draft of another station like this one: new identities, the same connection and meanings."""
    return replace(draft, id=uuid4(), name=name, version=0, tags=tuple(replace(tag, id=uuid4()) for tag in draft.tags))
