"""The columns of a file: which there are, and which a heading means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hmi.domain.alarm_drafts import DURATIONS, FIELD_LABELS
from hmi.domain.language import tr

ID: Final = "id"
STATION: Final = "station"
TAG: Final = "tag"
UNIT: Final = "unit"
REVISION: Final = "revision"
APPROVED_BY: Final = "approved_by"
APPROVED_AT: Final = "approved_at"
ONLY_OUT: Final = frozenset({UNIT, REVISION, APPROVED_BY, APPROVED_AT})

FIELD_COLUMNS: Final = tuple(name for name in FIELD_LABELS if name != "subject")
LABELS: Final = {
    ID: tr("Id"),
    STATION: tr("Station"),
    TAG: tr("Tag"),
    **{
        name: label + (" (s)" if name in DURATIONS else "") for name, label in FIELD_LABELS.items() if name != "subject"
    },
    UNIT: tr("Unit"),
    REVISION: tr("Revision"),
    APPROVED_BY: tr("Approved by"),
    APPROVED_AT: tr("Approved at"),
}
"""Every column's heading, in the order of a file."""


def column_of(heading: str) -> str | None:
    """Return the column that a heading means; None for one that nobody knows."""
    return _KNOWN.get(_plain(heading))


def columns_of(headings: Sequence[str]) -> list[str | None]:
    """Return the columns of a heading line."""
    return [column_of(each) for each in headings]


def _plain(heading: str) -> str:
    return "".join(mark for mark in heading.casefold() if mark.isalnum())


_KNOWN: Final = {
    **{_plain(name): name for name in LABELS},
    **{_plain(label): name for name, label in LABELS.items()},
    **{_plain(FIELD_LABELS[name]): name for name in DURATIONS},
}
