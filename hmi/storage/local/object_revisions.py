"""What each configured object was from which version on; statements take a connection, as in `configuration`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database
from sqlalchemy import exists, func, insert, select

from hmi.storage.local.schema import configuration, object_revision


class ObjectRow(NamedTuple):
    """One object as it was from a version on; definition None: deleted in it."""

    kind: str
    object_id: str
    version: int
    name: str
    definition: dict[str, Any] | None


class VersionRow(NamedTuple):
    """One version of the configuration. objects: how many it changed."""

    version: int
    at_us: int
    user: str
    reason: str
    objects: int


def is_empty(database: Database) -> bool:
    """Whether nothing was ever written here."""
    return not database.execute(select(exists().select_from(object_revision))).scalar()


def first(database: Database) -> int:
    """Return the first version whose objects are kept; 0 when none is."""
    return int(database.execute(select(func.min(object_revision.c.version))).scalar() or 0)


def put(database: Database, rows: Iterable[ObjectRow]) -> None:
    """Write what objects are from their version on."""
    values = [row._asdict() for row in rows]
    if values:
        database.execute(insert(object_revision), values)


def changed_since(database: Database, version: int) -> dict[str, set[str]]:
    """Return the keys of what was written after a version, by kind."""
    table = object_revision
    found: dict[str, set[str]] = {}
    for kind, key in database.execute(select(table.c.kind, table.c.object_id).where(table.c.version > version)):
        found.setdefault(kind, set()).add(key)
    return found


def at(database: Database, version: int, *, only_changed_since: bool = False) -> list[ObjectRow]:
    """Return every object there was at a version. only_changed_since: of them, those that were written after it."""
    table = object_revision
    newest = (
        select(table.c.kind, table.c.object_id, func.max(table.c.version).label("version"))
        .where(table.c.version <= version)
        .group_by(table.c.kind, table.c.object_id)
        .subquery()
    )
    wanted = select(table).join(
        newest,
        (table.c.kind == newest.c.kind)
        & (table.c.object_id == newest.c.object_id)
        & (table.c.version == newest.c.version),
    )
    if only_changed_since:
        later = object_revision.alias()
        is_same = (later.c.kind == table.c.kind) & (later.c.object_id == table.c.object_id)
        wanted = wanted.where(exists().where(is_same & (later.c.version > version)))
    rows = database.execute(wanted.where(table.c.definition.is_not(None)).order_by(table.c.version, table.c.object_id))
    return [ObjectRow(*row) for row in rows]


def of_object(database: Database, kind: str, object_id: str, limit: int) -> list[tuple[VersionRow, ObjectRow]]:
    """Return what an object has been, newest first, with who made it so."""
    table = object_revision
    rows = database.execute(
        select(configuration, table)
        .join(configuration, configuration.c.version == table.c.version)
        .where((table.c.kind == kind) & (table.c.object_id == object_id))
        .order_by(table.c.version.desc())
        .limit(limit)
    )
    return [(VersionRow(row[0], row[1], row[2], row[3], 1), ObjectRow(*row[4:])) for row in rows]


def versions(database: Database, before: int, name: str, limit: int) -> list[VersionRow]:
    """Return versions older than one, newest first; name: only those that changed an object called so."""
    table = object_revision
    objects = select(func.count()).where(table.c.version == configuration.c.version).scalar_subquery()
    wanted = select(configuration, objects).where(configuration.c.version < before)
    if name:
        is_named = table.c.name.icontains(name, autoescape=True)
        wanted = wanted.where(exists().where((table.c.version == configuration.c.version) & is_named))
    rows = database.execute(wanted.order_by(configuration.c.version.desc()).limit(limit))
    return [VersionRow(*row) for row in rows]
