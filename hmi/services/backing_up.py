"""Where a copy of the history may be put."""

from __future__ import annotations

from pathlib import Path

from hmi.domain.language import tr
from hmi.services.history import History
from hmi.storage.errors import StorageError


def check_target(history: History, folder: Path) -> str:
    """Return what should be known of a folder before the history is copied into it, or an empty text. Blocks.

    Raises StorageError, in words, for one inside the profile: what takes the history would take the copy, too.
    """
    own = history.store.folder.resolve()
    profile, target = own.parent, folder.expanduser().resolve()
    if profile in (target, *target.parents):
        words = tr("{folder} is inside the profile whose history is copied. Choose a folder on another disk.")
        raise StorageError(words.format(folder=folder))
    there = next(each for each in (target, *target.parents) if each.exists())
    if there.stat().st_dev == own.stat().st_dev:
        return tr("The copy is on the same disk as the history: keep another one elsewhere.")
    return ""
