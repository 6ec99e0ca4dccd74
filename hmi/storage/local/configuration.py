"""Named statements over the configuration; each takes a connection, so that several make one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, select, text, update
from sqlalchemy import Connection as Database
from sqlalchemy.dialects.sqlite import insert as upsert

from hmi.domain.alarms import AlarmDefinition
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind, SafetyLevel
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Pipe, Station, StationKind
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.storage.local import schema, touched
from hmi.storage.local.alarm_revisions import alarm_of
from hmi.storage.local.in_parts import in_parts

Entity = Area | Station | Asset | Connection | AlarmDefinition | Control | CommandSequence | Pipe


def load(database: Database) -> Catalogue:
    """Return all that is configured."""
    alarms = tuple(alarm_of(row._asdict()) for row in _all(database, schema.alarm))
    return _catalogue(database, _tags(database), alarms)


def load_again(database: Database, known: Catalogue) -> Catalogue:
    """Return all that is configured; `known` was, when `touched.watch` was called. What is the same stays one object.

    Of tags and alarms, which are many, only those are read that were written since.
    """
    indices = set(database.execute(select(touched.tag.c.tag_index).distinct()).scalars())
    tags = known.tags
    if indices:
        found = _tags(database, select(touched.tag.c.tag_index))
        tags = tuple(sorted((*(tag for tag in tags if tag.index not in indices), *found), key=lambda tag: tag.index))
    return _catalogue(database, tags, _alarms_again(database, known.alarms))


def version_of(database: Database) -> int:
    """Return the version of what is configured; 0 where nothing ever was."""
    return int(database.execute(select(func.max(schema.configuration.c.version))).scalar() or 0)


def add_version(database: Database, user: str, reason: str) -> int:
    """Write down who changed the configuration and why; return the new version."""
    row = {"at_us": time.time_ns() // 1000, "user": user, "reason": reason}
    statement = insert(schema.configuration).values(row).returning(schema.configuration.c.version)
    return int(database.execute(statement).scalar_one())


def put(database: Database, table: Table, entities: Iterable[Entity]) -> None:
    """Insert entities, or replace those that are there by their key."""
    rows = [_row(entity) for entity in entities]
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = upsert(table)
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    database.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def put_tags(database: Database, tags: Sequence[Tag]) -> dict[UUID, int]:
    """Insert or replace tags by id and return their dense indices; a new tag gets the next index, never a used one.

    A tag that was deleted and comes back gets its own index back, and so its history.

    A meaning that differs from the latest one begins a dated revision, from now on when it claims an older date: what
    was recorded meanwhile was recorded with the latest.
    """
    if not tags:
        return {}
    _bring_back(database, tags)
    statement = upsert(schema.tag)
    names = [column.name for column in schema.tag.columns if column.name not in ("index", "id")]
    database.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={name: statement.excluded[name] for name in names}),
        [_tag_row(tag) for tag in tags],
    )
    ids, column = [str(tag.id) for tag in tags], schema.tag.c["index"]
    index = {
        UUID(row[0]): int(row[1])
        for part in in_parts(ids)
        for row in database.execute(select(schema.tag.c.id, column).where(schema.tag.c.id.in_(part)))
    }
    known = {}
    for part in in_parts(ids):
        known.update(_revisions(database, select(column).where(schema.tag.c.id.in_(part))))
    fresh = [
        {**asdict(_dated_after(known.get(index[tag.id]), tag.revision)), "tag_index": index[tag.id]}
        for tag in tags
        if not _means_the_same(known.get(index[tag.id]), tag.revision)
    ]
    if fresh:
        database.execute(insert(schema.tag_revision), fresh)
    return {tag.id: index[tag.id] for tag in tags}


def _bring_back(database: Database, tags: Sequence[Tag]) -> None:
    """Insert those of the tags that were deleted once, under the index that was theirs, with all that they meant."""
    gone = {str(tag.id): tag for tag in tags}
    for part in in_parts(list(gone)):
        for known in database.execute(select(schema.tag.c.id).where(schema.tag.c.id.in_(part))).scalars():
            del gone[known]
    table = schema.object_revision
    kept = select(table.c.object_id, table.c.definition).order_by(table.c.version)
    kept = kept.where((table.c.kind == "tag") & table.c.definition.is_not(None))
    rows: dict[str, dict[str, object]] = {}
    meanings: dict[tuple[int, int], dict[str, object]] = {}
    for part in in_parts(list(gone)):
        for key, definition in database.execute(kept.where(table.c.object_id.in_(part))):
            index, revision = int(definition["index"]), definition["revision"]
            rows[key] = {"index": index, **_tag_row(gone[key])}
            meanings[index, int(revision["valid_from_us"])] = {**revision, "tag_index": index}
    if rows:
        database.execute(insert(schema.tag), list(rows.values()))
        database.execute(insert(schema.tag_revision), list(meanings.values()))


def delete_pipes(database: Database, ends: Iterable[tuple[UUID, UUID]]) -> None:
    """Delete pipes between stations."""
    table = schema.pipe
    for start, end in ends:
        database.execute(delete(table).where((table.c.start_id == str(start)) & (table.c.end_id == str(end))))


def delete_by_id(database: Database, table: Table, ids: Iterable[UUID]) -> None:
    """Delete rows that nothing points at any more."""
    for part in in_parts([str(each) for each in ids]):
        database.execute(delete(table).where(table.c.id.in_(part)))


def delete_station(database: Database, station_id: UUID) -> None:
    """Delete a station with all that is its own, and each connection that no tag uses any more."""
    key = str(station_id)
    owned = select(schema.tag.c["index"], schema.tag.c.connection_id).where(schema.tag.c.station_id == key)
    rows = database.execute(owned).all()
    database.execute(delete(schema.sequence).where(schema.sequence.c.station_id == key))
    _delete_controls(database, schema.control.c.station_id == key)
    database.execute(delete(schema.pipe).where((schema.pipe.c.start_id == key) | (schema.pipe.c.end_id == key)))
    delete_tags(database, [row[0] for row in rows])
    database.execute(delete(schema.asset).where(schema.asset.c.station_id == key))
    database.execute(delete(schema.station).where(schema.station.c.id == key))
    delete_unused_connections(database, {UUID(row[1]) for row in rows})


def delete_tags(database: Database, indices: Iterable[int]) -> None:
    """Delete tags and the controls that work on them, with the alarms of both; a pipe stays and only loses its flow."""
    for part in in_parts(list(indices)):
        ids = select(schema.tag.c.id).where(schema.tag.c["index"].in_(part))
        is_operated = schema.control.c.command.in_(part) | schema.control.c.readback.in_(part)
        _delete_controls(database, is_operated)
        database.execute(delete(schema.alarm).where(schema.alarm.c.subject.in_(ids)))
        database.execute(update(schema.pipe).where(schema.pipe.c.flow_tag.in_(part)).values(flow_tag=-1))
        database.execute(delete(schema.tag).where(schema.tag.c["index"].in_(part)))


def delete_alarms(database: Database, alarm_ids: Iterable[UUID]) -> None:
    """Delete alarm records."""
    delete_by_id(database, schema.alarm, alarm_ids)


def delete_control(database: Database, control_id: UUID) -> None:
    """Delete a control with its alarm records."""
    _delete_controls(database, schema.control.c.id == str(control_id))


def delete_unused_connections(database: Database, candidates: Iterable[UUID]) -> None:
    """Delete those of the connections that no tag uses any more, with their communication alarms."""
    still_used = set(database.execute(select(schema.tag.c.connection_id).distinct()).scalars())
    for unused in {str(each) for each in candidates} - still_used:
        database.execute(delete(schema.alarm).where(schema.alarm.c.subject == unused))
        database.execute(delete(schema.connection).where(schema.connection.c.id == unused))


def set_enabled(database: Database, connection_id: UUID, enabled: bool) -> None:
    """Switch a connection on or off."""
    table = schema.connection
    database.execute(update(table).where(table.c.id == str(connection_id)).values(enabled=enabled))


def set_user(database: Database, connection_id: UUID, user: str) -> None:
    """Set the user that a connection logs in as."""
    table = schema.connection
    database.execute(update(table).where(table.c.id == str(connection_id)).values(user=user))


def revisions(database: Database, tag_index: int) -> list[TagRevision]:
    """Return all that a tag has meant, oldest first."""
    table = schema.tag_revision
    rows = database.execute(select(table).where(table.c.tag_index == tag_index).order_by(table.c.valid_from_us))
    return [_revision(row) for row in rows]


def _catalogue(database: Database, tags: tuple[Tag, ...], alarms: tuple[AlarmDefinition, ...]) -> Catalogue:
    """Return what is configured, with its tags and alarms, which were read already."""
    return Catalogue(
        version=version_of(database),
        areas=tuple(Area(UUID(row.id), row.name) for row in _all(database, schema.area)),
        stations=tuple(_station(row) for row in _all(database, schema.station)),
        assets=tuple(
            Asset(UUID(row.id), UUID(row.station_id), row.name, AssetKind(row.kind))
            for row in _all(database, schema.asset)
        ),
        connections=tuple(_connection(row) for row in _all(database, schema.connection)),
        tags=tags,
        alarms=alarms,
        controls=tuple(_control(row) for row in _all(database, schema.control)),
        sequences=tuple(_sequence(row) for row in _all(database, schema.sequence)),
        pipes=tuple(
            Pipe(UUID(row.start_id), UUID(row.end_id), row.flow_tag, tuple((lat, lon) for lat, lon in row.via))
            for row in _all(database, schema.pipe)
        ),
    )


def _alarms_again(database: Database, known: tuple[AlarmDefinition, ...]) -> tuple[AlarmDefinition, ...]:
    """Return the alarms in the order in which they were first put in; one that went and came back is the newest."""
    noted = database.execute(select(touched.alarm.c.id, touched.alarm.c.is_deleted)).all()
    if not noted:
        return known
    ids = {UUID(row[0]) for row in noted}
    newest = {UUID(row[0]) for row in noted if row[1]}
    table = schema.alarm
    rows = select(table).where(table.c.id.in_(select(touched.alarm.c.id))).order_by(text("rowid"))
    found = {each.id: each for each in (alarm_of(row._asdict()) for row in database.execute(rows))}
    stay = [
        found.pop(each.id) if each.id in ids else each
        for each in known
        if each.id not in newest and (each.id not in ids or each.id in found)
    ]
    return (*stay, *found.values())


def _delete_controls(database: Database, which: ColumnElement[bool]) -> None:
    ids = select(schema.control.c.id).where(which)
    database.execute(delete(schema.alarm).where(schema.alarm.c.subject.in_(ids)))
    database.execute(delete(schema.control).where(which))


def _all(database: Database, table: Table) -> Iterable[Any]:
    """Return a table's rows in the order they were first put in, which is the order people know them in."""
    return database.execute(select(table).order_by(text("rowid"))).all()


def _row(entity: Entity) -> dict[str, object]:
    row = {field.name: getattr(entity, field.name) for field in fields(entity)}
    if isinstance(entity, CommandSequence):
        row["steps"] = [(str(step.control_id or ""), step.value, step.text) for step in entity.steps]
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _tag_row(tag: Tag) -> dict[str, object]:
    return {
        "id": str(tag.id),
        "station_id": str(tag.station_id),
        "asset_id": str(tag.asset_id),
        "connection_id": str(tag.connection_id),
        "key": tag.key,
        "kind": tag.kind,
        "quantity": tag.quantity,
        "writable": tag.writable,
    }


def _tags(database: Database, indices: Select[int] | None = None) -> tuple[Tag, ...]:
    """Return the tags of some indices, or all of them."""
    newest = _revisions(database, indices)
    table = schema.tag
    wanted = select(table) if indices is None else select(table).where(table.c["index"].in_(indices))
    rows = database.execute(wanted.order_by(table.c["index"])).mappings()
    return tuple(
        Tag(
            id=UUID(row["id"]),
            index=row["index"],
            station_id=UUID(row["station_id"]),
            asset_id=UUID(row["asset_id"]),
            connection_id=UUID(row["connection_id"]),
            key=row["key"],
            kind=TagKind(row["kind"]),
            quantity=row["quantity"],
            revision=newest[row["index"]],
            writable=row["writable"],
        )
        for row in rows
    )


def _revisions(database: Database, indices: Select[int] | None = None) -> dict[int, TagRevision]:
    """Return the newest revision of every tag, or of some, by index."""
    table = schema.tag_revision
    wanted = select(table) if indices is None else select(table).where(table.c.tag_index.in_(indices))
    rows = database.execute(wanted.order_by(table.c.tag_index, table.c.valid_from_us))
    return {row.tag_index: _revision(row) for row in rows}


def _revision(row: Any) -> TagRevision:
    values = row._asdict()
    del values["tag_index"]
    return TagRevision(**{**values, "states": tuple(values["states"])})


def _dated_after(known: TagRevision | None, given: TagRevision) -> TagRevision:
    if known is None or given.valid_from_us > known.valid_from_us:
        return given
    return replace(given, valid_from_us=max(time.time_ns() // 1000, known.valid_from_us + 1))


def _means_the_same(known: TagRevision | None, given: TagRevision) -> bool:
    return known is not None and replace(known, valid_from_us=0) == replace(given, valid_from_us=0)


def _station(row: Any) -> Station:
    return Station(UUID(row.id), UUID(row.area_id), row.name, StationKind(row.kind), row.latitude, row.longitude)


def _connection(row: Any) -> Connection:
    return Connection(UUID(row.id), row.name, row.driver, row.endpoint, row.options, row.user, row.enabled)


def _control(row: Any) -> Control:
    values = row._asdict()
    for name in ("id", "station_id", "asset_id"):
        values[name] = UUID(values[name])
    values["kind"], values["level"] = ControlKind(values["kind"]), SafetyLevel(values["level"])
    for name in ("permissives", "interlocks", "choices", "inputs"):
        values[name] = tuple(values[name])
    values["states"] = tuple((value, label) for value, label in values["states"])
    return Control(**values)


def _sequence(row: Any) -> CommandSequence:
    steps = [SequenceStep(UUID(step[0]) if step[0] else None, step[1], step[2]) for step in row.steps]
    return CommandSequence(UUID(row.id), UUID(row.station_id), row.name, tuple(steps))
