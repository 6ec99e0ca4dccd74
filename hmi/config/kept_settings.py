"""Settings of one kind under one key of roams.db, checked when they are read."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from hmi.config.kept_history import SETTING, note
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.local import kept_revisions, schema

Settings = TypeVar("Settings", bound=BaseModel)


def load_kept(engine: Engine, key: str, kind: type[Settings]) -> Settings:
    """Return the settings that are kept, or the defaults. Raises StorageError for some that make no sense."""
    with engine.connect() as database:
        return kept_in(database, key, kind)


def kept_in(database: Connection, key: str, kind: type[Settings]) -> Settings:
    """Return them as load_kept does, in a transaction of the caller's."""
    table = schema.setting
    value = database.execute(select(table.c.value).where(table.c.key == key)).scalar()
    if value is None:
        return kind()
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in each["loc"]) or "?" for each in error.errors()[:3])
        words = tr("The settings “{key}” in roams.db make no sense ({places}). Save them anew.")
        raise StorageError(words.format(key=key, places=places)) from error


def save_kept(engine: Engine, key: str, settings: BaseModel, by: str | None) -> None:
    """Keep the settings, and note who left them so; None: what is no setting of anybody's. Raises StorageError."""
    try:
        with engine.begin() as database:
            keep_in(database, key, settings, by)
    except DatabaseError as error:
        words = tr("The settings were not saved: {error}. Free some space on the disk.")
        raise StorageError(words.format(error=error.orig)) from error


def _note(database: Connection, key: str, settings: BaseModel, by: str) -> None:
    try:
        before: BaseModel | None = _remembered(kept_in(database, key, type(settings)))
    except StorageError:  # what made no sense is nothing to go back to
        before = None
    note(database, SETTING, key, key, before, _remembered(settings), by)


@runtime_checkable
class PartlySecret(Protocol):
    """Settings that may hold something that must not be remembered."""

    def to_remember(self) -> BaseModel:
        """Return them without it."""


def forget_secrets(engine: Engine, key: str, kind: type[BaseModel]) -> int:
    """Take out of what settings were what must not be remembered; return of how many. Raises StorageError.

    An older version remembered more. What makes no sense any more stays: it is nothing to go back to, either way.
    """
    changed = 0
    try:
        with engine.begin() as database:
            for row in kept_revisions.every(database, SETTING, key):
                try:
                    bare = _remembered(kind.model_validate(row.definition)).model_dump(mode="json")
                except ValidationError:
                    continue
                if bare != row.definition:
                    kept_revisions.rewrite(database, row.seq, bare)
                    changed += 1
    except DatabaseError as error:
        words = tr("The settings were not saved: {error}. Free some space on the disk.")
        raise StorageError(words.format(error=error.orig)) from error
    return changed


def _remembered(settings: BaseModel) -> BaseModel:
    return settings.to_remember() if isinstance(settings, PartlySecret) else settings


def keep_in(database: Connection, key: str, settings: BaseModel, by: str | None) -> None:
    """Keep the settings as save_kept does, in a transaction of the caller's."""
    if by is not None:
        _note(database, key, settings, by)
    row = {"key": key, "value": settings.model_dump(mode="json")}
    statement = insert(schema.setting)
    changed = statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
    database.execute(changed, row)
