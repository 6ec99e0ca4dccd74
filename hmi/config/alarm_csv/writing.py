"""Records out as a file's text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hmi.config.alarm_csv.columns import (
    APPROVED_AT,
    APPROVED_BY,
    COLUMNS,
    FIELD_COLUMNS,
    ID,
    REVISION,
    STATION,
    TAG,
    UNIT,
)
from hmi.config.csv_files.cells import flag_text, guarded, number_text
from hmi.config.csv_files.writing import decimal_of, write_lines
from hmi.domain.alarm_drafts import DURATIONS, FLAGS, NUMBERS, PRIORITY_LABELS, applies
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.alarms.wording import alarm_station
from hmi.domain.catalogue import Catalogue
from hmi.domain.tag_paths import full_name


def write(alarms: Iterable[AlarmDefinition], catalogue: Catalogue, *, is_european: bool = False) -> str:
    """Return the records as a file's text; is_european: semicolons between cells, commas in numbers."""
    decimal = decimal_of(is_european=is_european)
    return write_lines(COLUMNS, (_cells(alarm, catalogue, decimal) for alarm in alarms), is_european=is_european)


def _cells(alarm: AlarmDefinition, catalogue: Catalogue, decimal: str) -> dict[str, str]:
    tag = catalogue.tag_by_id.get(alarm.subject)
    station = catalogue.station_by_id.get(alarm_station(alarm, catalogue) or alarm.id)
    cells = {
        ID: str(alarm.id),
        STATION: guarded(station.name if station is not None else ""),
        TAG: guarded(subject_name(catalogue, alarm)),
        UNIT: guarded(tag.unit if tag is not None else ""),
        REVISION: str(alarm.revision),
        APPROVED_BY: guarded(alarm.approved_by),
        APPROVED_AT: _moment(alarm.approved_us),
    }
    for name in FIELD_COLUMNS:
        cells[name] = _cell(alarm, name, catalogue, decimal)
    return cells


def _cell(alarm: AlarmDefinition, name: str, catalogue: Catalogue, decimal: str) -> str:
    value = getattr(alarm, name)
    if not applies(alarm.type, name):
        return ""
    if name == "type":
        return TYPE_LABELS[alarm.type]
    if name == "priority":
        return PRIORITY_LABELS[alarm.priority]
    if name == "setpoint":
        setpoint = catalogue.tag_by_id.get(value)
        return guarded(full_name(catalogue, setpoint)) if setpoint is not None else ""
    if name in NUMBERS or name in DURATIONS:
        return number_text(f"{value:.10g}", decimal)
    return flag_text(value) if name in FLAGS else guarded(value)


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).isoformat(timespec="seconds") if at_us else ""
