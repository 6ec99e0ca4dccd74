"""What each user, role and kind of settings was, oldest first by number; statements take a connection."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database
from sqlalchemy import insert, or_, select, update

from hmi.storage.local.schema import kept_revision


class KeptRow(NamedTuple):
    """One object as somebody left it (UTC µs); definition None: deleted. seq: given by the file, 0 for a new one."""

    kind: str
    key: str
    name: str
    at_us: int
    user: str
    definition: dict[str, Any] | None
    seq: int = 0


def put(database: Database, row: KeptRow) -> None:
    """Write what an object is from now on."""
    values = row._asdict()
    del values["seq"]
    database.execute(insert(kept_revision), [values])


def latest(database: Database, kind: str, key: str, before: int = 2**62) -> KeptRow | None:
    """Return what an object was last, or last before a number; None when nothing of it was written."""
    table = kept_revision
    wanted = select(table).where(table.c.kind == kind, table.c.key == key, table.c.seq < before)
    row = database.execute(wanted.order_by(table.c.seq.desc()).limit(1)).one_or_none()
    return _row(row) if row is not None else None


def one(database: Database, seq: int) -> KeptRow | None:
    """Return what was written under a number."""
    row = database.execute(select(kept_revision).where(kept_revision.c.seq == seq)).one_or_none()
    return _row(row) if row is not None else None


def every(database: Database, kind: str, key: str) -> list[KeptRow]:
    """Return all that an object was, oldest first."""
    table = kept_revision
    wanted = select(table).where(table.c.kind == kind, table.c.key == key).order_by(table.c.seq)
    return [_row(row) for row in database.execute(wanted)]


def rewrite(database: Database, seq: int, definition: dict[str, Any]) -> None:
    """Say otherwise what was written under a number, as where it holds what must not be kept."""
    database.execute(update(kept_revision).where(kept_revision.c.seq == seq).values(definition=definition))


def page(database: Database, before_us: int, name: str, keys: Collection[str], limit: int) -> list[KeptRow]:
    """Return what was written before a time (UTC µs), newest first.

    name: only of objects that are called so, or have one of the keys; empty for all.
    """
    table = kept_revision
    wanted = select(table).where(table.c.at_us < before_us)
    if name:
        wanted = wanted.where(or_(table.c.name.icontains(name, autoescape=True), table.c.key.in_(keys)))
    newest_first = wanted.order_by(table.c.at_us.desc(), table.c.seq.desc()).limit(limit)
    return [_row(row) for row in database.execute(newest_first)]


def _row(row: Any) -> KeptRow:
    return KeptRow(row.kind, row.key, row.name, row.at_us, row.user, row.definition, row.seq)
