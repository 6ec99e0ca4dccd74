"""What each user, role and kind of settings was: noted with every change, in the same transaction.

Stations and all that hangs on them have versions of the whole (hmi.config.versions); people and settings are changed
one by one, and taken up again one by one.
"""

from __future__ import annotations

import time
from typing import Final

from pydantic import BaseModel
from sqlalchemy import Connection as Database

from hmi.storage.local import kept_revisions
from hmi.storage.local.kept_revisions import KeptRow

USER: Final = "user"
ROLE: Final = "role"
SETTING: Final = "setting"


def note(
    database: Database, kind: str, key: str, name: str, old: BaseModel | None, new: BaseModel | None, by: str
) -> None:
    """Write down what an object is now, None for deleted; before its first note, what it was until then, by nobody."""
    if old == new:
        return
    now_us = time.time_ns() // 1000
    if old is not None and kept_revisions.latest(database, kind, key) is None:
        kept_revisions.put(database, KeptRow(kind, key, name, now_us - 1, "", old.model_dump(mode="json")))
    definition = new.model_dump(mode="json") if new is not None else None
    kept_revisions.put(database, KeptRow(kind, key, name, now_us, by, definition))
