"""The catalogue: everything configured, as one immutable, picklable snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.alarms.implied import implied_alarms
from hmi.domain.commands import Control
from hmi.domain.plant import Area, Asset, Connection, Pipe, Station
from hmi.domain.sequences import CommandSequence
from hmi.domain.tags import Tag


@dataclass(frozen=True)
class Catalogue:
    """All that is configured at one version; look-ups are made once, when first asked for."""

    version: int = 0
    areas: tuple[Area, ...] = ()
    stations: tuple[Station, ...] = ()
    assets: tuple[Asset, ...] = ()
    connections: tuple[Connection, ...] = ()
    tags: tuple[Tag, ...] = ()
    alarms: tuple[AlarmDefinition, ...] = ()
    controls: tuple[Control, ...] = ()
    sequences: tuple[CommandSequence, ...] = ()
    pipes: tuple[Pipe, ...] = ()

    @cached_property
    def tag_by_index(self) -> dict[int, Tag]:
        return {tag.index: tag for tag in self.tags}

    @cached_property
    def tag_by_id(self) -> dict[UUID, Tag]:
        return {tag.id: tag for tag in self.tags}

    @cached_property
    def station_by_id(self) -> dict[UUID, Station]:
        return {station.id: station for station in self.stations}

    @cached_property
    def area_by_id(self) -> dict[UUID, Area]:
        return {area.id: area for area in self.areas}

    @cached_property
    def asset_by_id(self) -> dict[UUID, Asset]:
        return {asset.id: asset for asset in self.assets}

    @cached_property
    def connection_by_id(self) -> dict[UUID, Connection]:
        return {connection.id: connection for connection in self.connections}

    @cached_property
    def control_by_id(self) -> dict[UUID, Control]:
        return {control.id: control for control in self.controls}

    @cached_property
    def sequence_by_id(self) -> dict[UUID, CommandSequence]:
        return {sequence.id: sequence for sequence in self.sequences}

    @cached_property
    def sequences_of_station(self) -> dict[UUID, tuple[CommandSequence, ...]]:
        return _grouped((sequence.station_id, sequence) for sequence in self.sequences)

    @cached_property
    def alarm_by_id(self) -> dict[UUID, AlarmDefinition]:
        return {alarm.id: alarm for alarm in self.alarms}

    @cached_property
    def tags_of_station(self) -> dict[UUID, tuple[Tag, ...]]:
        return _grouped((tag.station_id, tag) for tag in self.tags)

    @cached_property
    def tags_of_asset(self) -> dict[UUID, tuple[Tag, ...]]:
        return _grouped((tag.asset_id, tag) for tag in self.tags)

    @cached_property
    def tags_of_connection(self) -> dict[UUID, tuple[Tag, ...]]:
        return _grouped((tag.connection_id, tag) for tag in self.tags)

    @cached_property
    def assets_of_station(self) -> dict[UUID, tuple[Asset, ...]]:
        return _grouped((asset.station_id, asset) for asset in self.assets)

    @cached_property
    def controls_of_station(self) -> dict[UUID, tuple[Control, ...]]:
        return _grouped((control.station_id, control) for control in self.controls)

    @cached_property
    def every_alarm(self) -> tuple[AlarmDefinition, ...]:
        """The records, and the alarms that are there without one."""
        return (*self.alarms, *implied_alarms(self))

    @cached_property
    def every_alarm_by_id(self) -> dict[UUID, AlarmDefinition]:
        return {alarm.id: alarm for alarm in self.every_alarm}

    @cached_property
    def communication_alarm_of(self) -> dict[UUID, UUID]:
        """The one communication alarm of each connection."""
        return {alarm.subject: alarm.id for alarm in self.every_alarm if alarm.type is AlarmType.COMMUNICATION}

    @cached_property
    def alarms_of_tag(self) -> dict[UUID, tuple[AlarmDefinition, ...]]:
        return _grouped((alarm.subject, alarm) for alarm in self.alarms)

    @cached_property
    def connections_of_station(self) -> dict[UUID, tuple[UUID, ...]]:
        """The connections that a station's tags come over."""
        pairs = dict.fromkeys((tag.station_id, tag.connection_id) for tag in self.tags)
        return _grouped(pairs)

    @cached_property
    def stations_of_connection(self) -> dict[UUID, tuple[UUID, ...]]:
        pairs = dict.fromkeys((tag.connection_id, tag.station_id) for tag in self.tags)
        return _grouped(pairs)


T = TypeVar("T")


def _grouped(pairs: Iterable[tuple[UUID, T]]) -> dict[UUID, tuple[T, ...]]:
    found: dict[UUID, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
