"""Substituted values and running times in roams.db. Every call blocks and runs on the configuration thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError

from hmi.domain.substitutions import RunningTime, Substitution
from hmi.storage.errors import StorageError
from hmi.storage.local.schema import running_time, substitution

FREE_SPACE = "Free some space on the disk."


def load_substitutions(engine: Engine) -> tuple[Substitution, ...]:
    """Return the substitutions that stand."""
    with engine.connect() as database:
        rows = database.execute(select(substitution)).all()
    return tuple(
        Substitution(UUID(row.tag_id), row.value, row.user, row.reason, row.at_us, row.until_us) for row in rows
    )


def put_substitution(engine: Engine, given: Substitution) -> None:
    """Keep a substitution, in the place of an earlier one of the tag. Raises StorageError."""
    row = {**asdict(given), "tag_id": str(given.tag_id)}
    statement = upsert(substitution)
    changes = {name: statement.excluded[name] for name in row if name != "tag_id"}
    try:
        with engine.begin() as database:
            database.execute(statement.on_conflict_do_update(index_elements=["tag_id"], set_=changes), row)
    except DatabaseError as error:
        raise StorageError(f"The value was not substituted: {error.orig}. {FREE_SPACE}") from error


def delete_substitution(engine: Engine, tag_id: UUID) -> None:
    """Forget a substitution. Raises StorageError."""
    try:
        with engine.begin() as database:
            database.execute(delete(substitution).where(substitution.c.tag_id == str(tag_id)))
    except DatabaseError as error:
        raise StorageError(f"The substitution was not ended: {error.orig}. {FREE_SPACE}") from error


def load_running_times(engine: Engine) -> tuple[RunningTime, ...]:
    """Return the running times that are kept."""
    with engine.connect() as database:
        rows = database.execute(select(running_time)).all()
    return tuple(
        RunningTime(UUID(row.asset_id), row.seconds, row.starts, row.since_us, row.reset_by, row.service_every_s)
        for row in rows
    )


def put_running_times(engine: Engine, given: Iterable[RunningTime]) -> None:
    """Keep running times. Raises StorageError."""
    rows = [{**asdict(each), "asset_id": str(each.asset_id)} for each in given]
    if not rows:
        return
    statement = upsert(running_time)
    changes = {name: statement.excluded[name] for name in rows[0] if name != "asset_id"}
    try:
        with engine.begin() as database:
            database.execute(statement.on_conflict_do_update(index_elements=["asset_id"], set_=changes), rows)
    except DatabaseError as error:
        raise StorageError(f"The running hours were not kept: {error.orig}. {FREE_SPACE}") from error
