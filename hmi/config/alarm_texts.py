"""Fields of alarm records as people read them, in lists of differences and of revisions."""

from __future__ import annotations

from hmi.config.csv_files.differences import FieldChange
from hmi.domain.alarm_drafts import FIELD_LABELS, PRIORITY_LABELS, AlarmDraft, alarm_draft_of, applies
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tag_paths import full_name


def field_text(draft: AlarmDraft, name: str, catalogue: Catalogue) -> str:
    """Return what a field holds; empty where it means nothing for the type."""
    value = getattr(draft, name)
    if not applies(draft.type, name):
        return ""
    if name == "type":
        return TYPE_LABELS[draft.type]
    if name == "priority":
        return PRIORITY_LABELS[draft.priority]
    if name in ("setpoint", "subject"):
        tag = catalogue.tag_by_id.get(value)
        return full_name(catalogue, tag) if tag is not None else ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return str(value)


def changed_fields(before: AlarmDefinition, after: AlarmDefinition, catalogue: Catalogue) -> tuple[FieldChange, ...]:
    """Return the fields in which two records differ."""
    old, new = alarm_draft_of(before), alarm_draft_of(after)
    return tuple(
        (label, field_text(old, name, catalogue), field_text(new, name, catalogue))
        for name, label in FIELD_LABELS.items()
        if getattr(old, name) != getattr(new, name)
    )
