"""What each alarm record said, who changed it, when and why; statements take a connection, as in `configuration`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection as Database
from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from hmi.domain.alarm_revision import AlarmRevision, same_content
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.storage.local.in_parts import in_parts
from hmi.storage.local.schema import alarm_revision

FIELDS: Final = frozenset(field.name for field in fields(AlarmDefinition))
UNKNOWN: Final = ""
"""Who made a record that is older than its history."""


def alarm_of(values: Mapping[str, Any]) -> AlarmDefinition:
    """Return the record that a row or its JSON holds; what an older one does not have is as it was by default."""
    known: dict[str, Any] = {name: value for name, value in values.items() if name in FIELDS}
    for name in ("id", "subject", "setpoint"):
        known[name] = UUID(known[name]) if known.get(name) else None
    known["type"], known["priority"] = AlarmType(known["type"]), Priority(known["priority"])
    return AlarmDefinition(**known)


def last_revisions(database: Database, ids: Iterable[UUID] | None = None) -> dict[UUID, int]:
    """Return the highest revision that each alarm ever had, by its id; a number is never given twice.

    ids: of these only.
    """
    table = alarm_revision
    wanted = select(table.c.alarm_id, func.max(table.c.revision)).group_by(table.c.alarm_id)
    if ids is None:
        return {UUID(row[0]): int(row[1]) for row in database.execute(wanted)}
    keys = [str(each) for each in ids]
    rows = (row for part in in_parts(keys) for row in database.execute(wanted.where(table.c.alarm_id.in_(part))))
    return {UUID(row[0]): int(row[1]) for row in rows}


def note_changes(
    database: Database, before: Iterable[AlarmDefinition], after: Iterable[AlarmDefinition], user: str, reason: str
) -> None:
    """Write down every record that was added, changed, approved or deleted between two states of the configuration.

    A record that is one object in both is the same; the others are compared.
    """
    old, new = {id(each): each for each in before}, {id(each): each for each in after}
    stay = old.keys() & new.keys()
    _note(
        database,
        {each.id: each for key, each in old.items() if key not in stay},
        {each.id: each for key, each in new.items() if key not in stay},
        user,
        reason,
    )


def _note(
    database: Database,
    old: Mapping[UUID, AlarmDefinition],
    new: Mapping[UUID, AlarmDefinition],
    user: str,
    reason: str,
) -> None:
    last, at_us = last_revisions(database, old.keys() | new.keys()), time.time_ns() // 1000
    rows = []
    for alarm_id, known in old.items():
        if alarm_id not in last and new.get(alarm_id) != known:
            rows.append(_row(known, AlarmRevision(known, UNKNOWN, 0, "")))
        if alarm_id not in new:
            gone = replace(known, revision=max(known.revision, last.get(alarm_id, 0)) + 1)
            rows.append(_row(gone, AlarmRevision(known, user, at_us, reason, is_deleted=True)))
    _put(database, rows)
    approved = {each.id for each in new.values() if each.id in old and _is_approval(old[each.id], each)}
    _approve(database, [new[each] for each in approved])
    changed = [each for each in new.values() if old.get(each.id) != each and each.id not in approved]
    _put(database, [_row(each, AlarmRevision(each, user, at_us, reason)) for each in changed])


def revisions_of(database: Database, alarm_id: UUID) -> list[AlarmRevision]:
    """Return all that a record has said, newest first."""
    table = alarm_revision
    rows = database.execute(select(table).where(table.c.alarm_id == str(alarm_id)).order_by(table.c.revision.desc()))
    return [
        AlarmRevision(
            replace(alarm_of(row.definition), revision=row.revision), row.user, row.at_us, row.reason, row.is_deleted
        )
        for row in rows
    ]


def _approve(database: Database, alarms: Iterable[AlarmDefinition]) -> None:
    """Write the approval into the revision that it is for; who made that revision stays."""
    for alarm in alarms:
        known = next((each for each in revisions_of(database, alarm.id) if not each.is_deleted), None)
        made = known or AlarmRevision(alarm, UNKNOWN, 0, "")
        _put(database, [_row(alarm, replace(made, definition=alarm))])


def _is_approval(old: AlarmDefinition, new: AlarmDefinition) -> bool:
    return old != new and old.revision == new.revision and same_content(old, new)


def _row(alarm: AlarmDefinition, made: AlarmRevision) -> dict[str, object]:
    values = {name: getattr(made.definition, name) for name in sorted(FIELDS)}
    return {
        "alarm_id": str(alarm.id),
        "revision": alarm.revision,
        "definition": {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()},
        "user": made.user,
        "at_us": made.at_us,
        "reason": made.reason,
        "is_deleted": made.is_deleted,
    }


def _put(database: Database, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    statement = upsert(alarm_revision)
    names = ("definition", "user", "at_us", "reason", "is_deleted")
    changes = {name: statement.excluded[name] for name in names}
    database.execute(statement.on_conflict_do_update(index_elements=["alarm_id", "revision"], set_=changes), rows)
