"""Alarm records from a file that is looked at before it is taken in. No Qt."""

from __future__ import annotations

from uuid import UUID

from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.language import tr
from hmi.panes.alarm_records.words import record_name
from hmi.services.mirror import Mirror
from hmi.services.port import ApplyAlarmCsv, CompareAlarmCsv
from hmi.ui.csv_import import ImportKind


def alarm_import(mirror: Mirror) -> ImportKind[AlarmDraft]:
    """Return what an import of alarm records asks and says."""

    def removed(alarm_id: UUID) -> tuple[str, str]:
        alarm = mirror.catalogue.alarm_by_id.get(alarm_id)
        return record_name(mirror.catalogue, alarm) if alarm is not None else "", ""

    return ImportKind(
        CompareAlarmCsv,
        ApplyAlarmCsv,
        lambda draft: record_name(mirror.catalogue, draft),
        removed,
        tr("Nothing is deleted while a line cannot be taken: it may be just that record."),
    )
