"""The station catalogue: reading it, and changing it in checked, versioned steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine

from drivers.api import DriverType
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Station
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.storage.local import configuration, schema


class InvalidError(Exception):
    """A change that was refused before it was made; the text names the field and what is wrong with it."""


class StationForm(BaseModel):
    """What a new station must satisfy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(title="Name", min_length=1, max_length=80, pattern=r"\S")
    latitude: float = Field(title="Latitude", ge=-90, le=90)
    longitude: float = Field(title="Longitude", ge=-180, le=180)
    endpoint: str = Field(title="Address", min_length=1, max_length=400, pattern=r"^[a-z][a-z0-9.+-]*://[^\s/]+")


class CatalogueStore:
    """The configuration file's one reader and writer; every call blocks and runs on the journal thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> Catalogue:
        """Return the catalogue as it stands."""
        with self._engine.connect() as database:
            return configuration.load(database)

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def put_plant(self, plant: Catalogue, user: str, reason: str) -> Catalogue:
        """Insert a whole plant or bring it up to date, by ids; what it does not name stays as it is.

        Tag indices in the given plant's controls and pipes are positions in its `tags`; the stored ones are dense
        indices, given here.
        """
        with self._engine.begin() as database:
            for table, entities in (
                (schema.area, plant.areas),
                (schema.station, plant.stations),
                (schema.asset, plant.assets),
                (schema.connection, plant.connections),
            ):
                configuration.put(database, table, entities)
            index = configuration.put_tags(database, plant.tags)
            dense = [index[tag.id] for tag in plant.tags]
            configuration.put(database, schema.alarm, plant.alarms)
            configuration.put(database, schema.control, [_densely(control, dense) for control in plant.controls])
            configuration.put(
                database,
                schema.pipe,
                [pipe if pipe.flow_tag < 0 else replace(pipe, flow_tag=dense[pipe.flow_tag]) for pipe in plant.pipes],
            )
            configuration.add_version(database, user, reason)
            return configuration.load(database)

    def add_station(
        self,
        driver_types: tuple[DriverType, ...],
        station: Station,
        connection: Connection,
        tags: tuple[tuple[str, TagRevision], ...],
        user: str,
    ) -> Catalogue:
        """Add a station whose tags (key, meaning) come over a connection. Raises InvalidError."""
        _check(station, connection)
        if connection.driver not in {driver_type.kind for driver_type in driver_types}:
            raise InvalidError(f"Driver: there is none called {connection.driver}.")
        asset = Asset(uuid4(), station.id, station.name, AssetKind.SITE)
        now_us = time.time_ns() // 1000
        new_tags = [
            Tag(
                id=uuid4(),
                index=-1,
                station_id=station.id,
                asset_id=asset.id,
                connection_id=connection.id,
                key=key,
                kind=TagKind.ANALOG,
                quantity="",
                revision=revision if revision.valid_from_us else _dated(revision, now_us),
            )
            for key, revision in tags
        ]
        with self._engine.begin() as database:
            before = configuration.load(database)
            if any(other.name == station.name and other.id != station.id for other in before.stations):
                raise InvalidError(f"Name: there is already a station called {station.name}.")
            if station.area_id not in before.area_by_id:
                configuration.put(database, schema.area, [Area(station.area_id, "Stations")])
            configuration.put(database, schema.station, [station])
            configuration.put(database, schema.asset, [asset])
            if connection.id not in before.connection_by_id:
                configuration.put(database, schema.connection, [connection])
                configuration.put(database, schema.alarm, [communication_alarm(connection)])
            configuration.put_tags(database, new_tags)
            configuration.add_version(database, user, f"Added station {station.name}")
            return configuration.load(database)

    def delete_station(self, station_id: UUID, user: str) -> Catalogue:
        """Delete a station; its history stays."""
        with self._engine.begin() as database:
            name = configuration.load(database).station_by_id[station_id].name
            configuration.delete_station(database, station_id)
            configuration.add_version(database, user, f"Deleted station {name}")
            return configuration.load(database)

    def set_enabled(self, connection_id: UUID, enabled: bool, user: str) -> Catalogue:
        """Switch a connection on or off."""
        with self._engine.begin() as database:
            configuration.set_enabled(database, connection_id, enabled)
            configuration.add_version(database, user, "Switched a connection " + ("on" if enabled else "off"))
            return configuration.load(database)

    def set_user(self, connection_id: UUID, login: str, user: str) -> Catalogue:
        """Set the user that a connection logs in as."""
        with self._engine.begin() as database:
            configuration.set_user(database, connection_id, login)
            configuration.add_version(database, user, "Changed a connection's user")
            return configuration.load(database)


def communication_alarm(connection: Connection, priority: Priority = Priority.HIGH) -> AlarmDefinition:
    """Return the one alarm that a connection has when its link is lost."""
    return AlarmDefinition(
        id=connection.id,
        subject=connection.id,
        type=AlarmType.COMMUNICATION,
        priority=priority,
        on_delay_s=2.0,
        consequence="Values of its stations are not live and commands are refused.",
        action="Check the server and the network. Values return by themselves.",
    )


def _check(station: Station, connection: Connection) -> None:
    try:
        StationForm(
            name=station.name,
            latitude=station.latitude,
            longitude=station.longitude,
            endpoint=connection.endpoint,
        )
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            field = str(fault["loc"][0])
            lines.append(f"{StationForm.model_fields[field].title}: {fault['msg']}.")
        raise InvalidError(" ".join(lines)) from error


def _dated(revision: TagRevision, now_us: int) -> TagRevision:
    return replace(revision, valid_from_us=now_us)


def _densely(control: Control, dense: Sequence[int]) -> Control:
    return replace(
        control,
        command=dense[control.command],
        readback=dense[control.readback],
        permissives=tuple(dense[position] for position in control.permissives),
        blocks=tuple(dense[position] for position in control.blocks),
    )
