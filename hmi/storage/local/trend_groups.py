"""Groups of trend pens, as statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Database
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from hmi.storage.local.schema import trend_group


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group as it is kept."""

    id: UUID
    name: str
    definition: Mapping[str, Any]


def groups(database: Database) -> tuple[StoredGroup, ...]:
    """Return all groups by name."""
    rows = database.execute(select(trend_group).order_by(func.lower(trend_group.c.name))).all()
    return tuple(StoredGroup(UUID(row.id), row.name, row.definition) for row in rows)


def put_group(database: Database, group: StoredGroup) -> None:
    """Add a group, or replace the one of that id."""
    row = {"id": str(group.id), "name": group.name, "definition": dict(group.definition)}
    statement = insert(trend_group)
    changes = {name: statement.excluded[name] for name in ("name", "definition")}
    database.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), row)


def delete_group(database: Database, group_id: UUID) -> None:
    """Delete a group."""
    database.execute(delete(trend_group).where(trend_group.c.id == str(group_id)))
