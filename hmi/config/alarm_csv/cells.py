"""An alarm's type and priority from cells."""

from __future__ import annotations

from typing import Final

from hmi.config.csv_files.cells import plain
from hmi.domain.alarm_drafts import PRIORITY_LABELS
from hmi.domain.alarms import TYPE_LABELS, AlarmType, Priority

_TYPES: Final = {
    **{each.value: each for each in AlarmType},
    **{label.casefold(): each for each, label in TYPE_LABELS.items()},
}
_PRIORITIES: Final = {
    **{str(int(each)): each for each in Priority},
    **{label.casefold(): each for each, label in PRIORITY_LABELS.items()},
}


def type_of(cell: str) -> AlarmType | None:
    """Return the type that a cell names."""
    return _TYPES.get(plain(cell))


def priority_of(cell: str) -> Priority | None:
    """Return the priority that a cell names or numbers."""
    text = plain(cell)
    return _PRIORITIES.get(text) or _PRIORITIES.get(text.removesuffix(".0").removesuffix(",0"))
