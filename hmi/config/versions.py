"""Versions of the configuration: what changed in each, and taking an earlier one up again.

Of each object is kept what it was from which version on, so that a version is all objects as they were by then. What a
profile had before it kept versions is its first one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection as Database

from hmi.config.alarm_changes import revised
from hmi.config.objects import KINDS, ObjectChange, catalogue_of, changed_objects, definition_of, key_of, said
from hmi.domain.catalogue import Catalogue
from hmi.domain.control_drafts import ControlDraft
from hmi.domain.drafts import StationDraft
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.local import alarm_revisions, configuration, object_revisions, schema
from hmi.storage.local.object_revisions import ObjectRow

TABLES: Final = {
    "area": schema.area,
    "station": schema.station,
    "asset": schema.asset,
    "connection": schema.connection,
    "alarm": schema.alarm,
    "control": schema.control,
    "sequence": schema.sequence,
    "pipe": schema.pipe,
}


def note_objects(database: Database, before: Catalogue, after: Catalogue) -> None:
    """Write down what a change made of each object; first of all what there was before the first one."""
    if before.version and object_revisions.is_empty(database):
        object_revisions.put(database, _rows(changed_objects(Catalogue(), before), before.version))
    object_revisions.put(database, _rows(changed_objects(before, after), after.version))


def catalogue_at(database: Database, version: int) -> Catalogue:
    """Return the catalogue as it was at a version. Raises StorageError when what was kept of it makes no sense."""
    return _catalogue_of(object_revisions.at(database, version), version)


def _catalogue_of(rows: Iterable[ObjectRow], version: int) -> Catalogue:
    try:
        return catalogue_of(version, [(row.kind, row.definition) for row in rows if row.definition is not None])
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        words = tr("Version {version} cannot be read ({place}). Take another one.")
        raise StorageError(words.format(version=version, place=place)) from error


def _then(database: Database, version: int, now: Catalogue) -> Catalogue:
    """Return the catalogue as it was at a version, where what was not changed since is the same object as now's."""
    changed = object_revisions.changed_since(database, version)
    was = _catalogue_of(object_revisions.at(database, version, only_changed_since=True), version)
    parts = {}
    for kind in KINDS:
        keys, found = changed.get(kind.name, ()), getattr(now, kind.attribute)
        stay = tuple(each for each in found if key_of(each) not in keys) if keys else found
        parts[kind.attribute] = (*stay, *getattr(was, kind.attribute))
    return Catalogue(version=version, **parts)


def meanwhile(database: Database, draft: StationDraft, now: Catalogue) -> list[str]:
    """Return what was changed of a draft's station since the draft was made, in words; empty for nothing."""
    first = object_revisions.first(database)
    if not draft.version or draft.version >= now.version or not first or draft.version < first:
        return []
    words = []
    for change in changed_objects(_then(database, draft.version, now), now):
        if not _is_of(change, draft) or not (what := said(change)):
            continue
        history = object_revisions.of_object(database, change.kind, change.key, 1)
        who = history[0][0].user if history else "?"
        words.append(tr("{name} by {who} ({what})").format(name=change.name, who=who, what=what))
    return words


def control_meanwhile(database: Database, draft: ControlDraft, now: Catalogue) -> str:
    """Return what was changed of a control since its draft was made, in words; empty for nothing."""
    if not draft.version or draft.version >= now.version or draft.version < object_revisions.first(database):
        return ""
    history = object_revisions.of_object(database, "control", str(draft.id), 1)
    if not history or history[0][0].version <= draft.version:
        return ""
    tags = {tag.index: tag.name for tag in now.tags}
    changes = changed_objects(_then(database, draft.version, now), now)
    words = next((said(each, tags) for each in changes if each.kind == "control" and each.key == str(draft.id)), "")
    return tr("by {who} ({what})").format(who=history[0][0].user, what=words) if words else ""


def _is_of(change: ObjectChange, draft: StationDraft) -> bool:
    if change.kind == "tag":
        return bool((change.after or change.before).station_id == draft.id)
    return change.key == str({"station": draft.id, "connection": draft.connection.id}.get(change.kind))


def require_kept(database: Database, version: int) -> None:
    """Refuse a version whose objects are not kept: it would be an empty plant. Raises StorageError."""
    first = object_revisions.first(database)
    if not first or version < first:
        words = tr("Version {version} is older than what is kept of versions, and cannot be taken up again.")
        raise StorageError(words.format(version=version))


def bring_to(database: Database, before: Catalogue, target: Catalogue) -> None:
    """Make the configuration what it was: first put what others may point at, then delete what is too much."""
    changes = list(changed_objects(before, target))
    for kind, table in TABLES.items():
        if kind == "alarm":  # whose subjects may be tags
            tags = [change.after for change in changes if change.kind == "tag" and change.after is not None]
            configuration.put_tags(database, tags)
        put = [change.after for change in changes if change.kind == kind and change.after is not None]
        if kind == "alarm":  # a number of a revision is never given twice
            put[:] = revised(before.alarm_by_id, put, alarm_revisions.last_revisions(database))
        configuration.put(database, table, put)
    gone = [change for change in changes if change.after is None]
    configuration.delete_pipes(database, [_ends(change) for change in gone if change.kind == "pipe"])
    for kind in ("sequence", "control", "alarm"):
        configuration.delete_by_id(database, TABLES[kind], _ids(gone, kind))
    configuration.delete_tags(
        database, [change.before.index for change in gone if change.kind == "tag" and change.before]
    )
    for kind in ("connection", "asset", "station", "area"):
        configuration.delete_by_id(database, TABLES[kind], _ids(gone, kind))


def _ids(changes: Iterable[ObjectChange], kind: str) -> list[UUID]:
    return [UUID(change.key) for change in changes if change.kind == kind]


def _ends(change: ObjectChange) -> tuple[UUID, UUID]:
    start, _, end = change.key.partition("/")
    return UUID(start), UUID(end)


def _rows(changes: Iterable[ObjectChange], version: int) -> list[ObjectRow]:
    return [
        ObjectRow(
            change.kind,
            change.key,
            version,
            change.name,
            definition_of(change.kind, change.after) if change.after is not None else None,
        )
        for change in changes
    ]
