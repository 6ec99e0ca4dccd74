"""Numbers of things in words; no Qt."""

from __future__ import annotations

from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tag_paths import full_name


def record_name(catalogue: Catalogue, alarm: AlarmDefinition | AlarmDraft) -> str:
    """Return what a record is of, with its station where it is a tag's, and its type."""
    tag = catalogue.tag_by_id.get(alarm.subject) if alarm.subject is not None else None
    name = full_name(catalogue, tag) if tag is not None else subject_name(catalogue, alarm)
    return f"{name or tr('New record')}, {TYPE_LABELS[alarm.type]}"


def records_text(count: int) -> str:
    """Return how many records."""
    return tr("1 record") if count == 1 else tr("{count} records").format(count=count)


def tags_text(count: int) -> str:
    """Return how many tags."""
    return tr("1 tag") if count == 1 else tr("{count} tags").format(count=count)
