"""Which tags and alarms a transaction has written, as triggers of its connection tell.

A change of one tag in a plant of 50,000 is then read back as one tag. Triggers see what a statement does not name, too:
rows that another one took with it, or that an upsert left as they were.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, text
from sqlalchemy import Connection as Database

_METADATA: Final = MetaData()

tag: Final = Table("touched_tag", _METADATA, Column("tag_index", Integer))
"""Dense indices, one several times perhaps."""
alarm: Final = Table("touched_alarm", _METADATA, Column("id", Text), Column("is_deleted", Boolean))
"""is_deleted: this row was; it may have come back since, as the newest."""


def _trigger(table: str, event: str, values: str, into: str) -> str:
    return (
        f"CREATE TEMPORARY TRIGGER IF NOT EXISTS touched_{table}_{event} AFTER {event} ON main.{table} "
        f"BEGIN INSERT INTO {into} VALUES ({values}); END"
    )


_STATEMENTS: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS touched_tag (tag_index INTEGER)",
    "CREATE TEMPORARY TABLE IF NOT EXISTS touched_alarm (id TEXT, is_deleted BOOLEAN)",
    _trigger("tag", "INSERT", 'new."index"', "touched_tag"),
    _trigger("tag", "UPDATE", 'new."index"', "touched_tag"),
    _trigger("tag", "DELETE", 'old."index"', "touched_tag"),
    _trigger("tag_revision", "INSERT", "new.tag_index", "touched_tag"),
    _trigger("tag_revision", "UPDATE", "new.tag_index", "touched_tag"),
    _trigger("tag_revision", "DELETE", "old.tag_index", "touched_tag"),
    _trigger("alarm", "INSERT", "new.id, 0", "touched_alarm"),
    _trigger("alarm", "UPDATE", "new.id, 0", "touched_alarm"),
    _trigger("alarm", "DELETE", "old.id, 1", "touched_alarm"),
    "DELETE FROM temp.touched_tag",
    "DELETE FROM temp.touched_alarm",
)


def watch(database: Database) -> None:
    """Note what is written from here on; what was noted before is forgotten."""
    for statement in _STATEMENTS:
        database.execute(text(statement))
