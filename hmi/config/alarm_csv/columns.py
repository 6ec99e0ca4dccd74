"""The columns of a file of alarm records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.config.csv_files.columns import Columns
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
LABELS: Final[Mapping[str, str]] = {
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

COLUMNS: Final = Columns(tr("alarm records"), LABELS, (ID, TAG), {FIELD_LABELS[name]: name for name in DURATIONS})
