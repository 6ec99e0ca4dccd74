"""Lock-out tags in roams.db. Every call blocks and runs on the configuration thread."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, insert, select
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import DatabaseError

from hmi.domain.lockouts import LockoutTag
from hmi.storage.errors import StorageError
from hmi.storage.local.schema import lockout_tag


def load(engine: Engine) -> tuple[LockoutTag, ...]:
    """Return the tags that hang."""
    with engine.connect() as database:
        rows = database.execute(select(lockout_tag)).all()
    return tuple(LockoutTag(UUID(row.id), UUID(row.asset_id), row.user, row.reason, row.at_us) for row in rows)


def put(engine: Engine, tag: LockoutTag) -> None:
    """Keep a tag. Raises StorageError."""
    row = {
        "id": str(tag.id),
        "asset_id": str(tag.asset_id),
        "user": tag.user,
        "reason": tag.reason,
        "at_us": tag.at_us,
    }
    try:
        with engine.begin() as database:
            database.execute(insert(lockout_tag), row)
    except DatabaseError as error:
        raise StorageError(f"The tag was not hung: {error.orig}. Free some space on the disk.") from error


def delete(engine: Engine, tag_id: UUID) -> None:
    """Forget a tag. Raises StorageError."""
    try:
        with engine.begin() as database:
            database.execute(delete_from(lockout_tag).where(lockout_tag.c.id == str(tag_id)))
    except DatabaseError as error:
        raise StorageError(f"The tag was not taken off: {error.orig}. Free some space on the disk.") from error
