"""What the form shows of one draft, or of several at once. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.domain.alarm_drafts import FIELD_LABELS, AlarmDraft, AlarmFault, applies
from hmi.domain.alarms import AlarmType
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tag_paths import full_name
from hmi.panes.alarm_records.words import records_text

HINTS: Final = {
    AlarmType.DEVIATION: tr("from the setpoint"),
    AlarmType.RATE_OF_CHANGE: tr("a minute"),
    AlarmType.STALE: tr("windows without an update"),
}


@dataclass(frozen=True, slots=True)
class FieldFact:
    """One field. value: of all drafts that have it, None where they differ. is_used: whether any draft has it."""

    name: str
    value: object
    is_used: bool
    is_mixed: bool = False
    unit: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form shows. subject_locked: whether the tag stands, as of every record that is saved."""

    drafts: tuple[AlarmDraft, ...]
    fields: Mapping[str, FieldFact]
    title: str
    types: tuple[AlarmType, ...] = ()
    subject_locked: bool = True
    is_event: bool = False
    fault: str = ""
    is_built_in: bool = False


def form_of(
    drafts: Sequence[AlarmDraft], faults: Sequence[AlarmFault], catalogue: Catalogue, typed: Mapping[str, str]
) -> FormFacts:
    """Return the form of drafts. typed: names of tags as they are being typed, where they are none yet."""
    ids = {draft.id for draft in drafts}
    said: dict[str, str] = {}
    for fault in faults:
        if fault.alarm_id in ids:
            said.setdefault(fault.field, fault.sentence)
    fields = {name: _field(name, drafts, said.get(name, ""), catalogue) for name in FIELD_LABELS}
    for name, text in typed.items():
        sentence = tr("There is no tag called {name}.").format(name=text)
        fields[name] = FieldFact(name, text, is_used=fields[name].is_used, fault=sentence)
    return FormFacts(
        drafts=tuple(drafts),
        fields=fields,
        title=_title(drafts, catalogue),
        is_event=bool(drafts) and all(not draft.action.strip() for draft in drafts),
        fault=said.get("", ""),
    )


def _field(name: str, drafts: Sequence[AlarmDraft], fault: str, catalogue: Catalogue) -> FieldFact:
    types = {draft.type for draft in drafts if applies(draft.type, name)}
    having = [draft for draft in drafts if draft.type in types]
    # A field is the same where what it shows is; of thousands of drafts not each is put in words.
    found = {getattr(draft, name) for draft in having}
    is_mixed = len(found) > 1
    return FieldFact(
        name,
        _value(having[0], name, catalogue) if having and not is_mixed else None,
        is_used=bool(having),
        is_mixed=is_mixed,
        unit=_unit(name, having, catalogue),
        fault=fault,
    )


def _value(draft: AlarmDraft, name: str, catalogue: Catalogue) -> object:
    if name == "subject":
        tag = catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
        return full_name(catalogue, tag) if tag is not None else subject_name(catalogue, draft)
    if name == "setpoint":
        tag = catalogue.tag_by_id.get(draft.setpoint) if draft.setpoint is not None else None
        return full_name(catalogue, tag) if tag is not None else ""
    return getattr(draft, name)


def _unit(name: str, drafts: Sequence[AlarmDraft], catalogue: Catalogue) -> str:
    """Return what stands beside a number: its unit, or what the states are called, where all drafts agree."""
    if name not in ("limit", "deadband"):
        return ""
    found = {_unit_of(draft, name, catalogue) for draft in drafts}
    return found.pop() if len(found) == 1 else ""


def _unit_of(draft: AlarmDraft, name: str, catalogue: Catalogue) -> str:
    tag = catalogue.tag_by_id.get(draft.subject or _NOBODY)
    if tag is None or (draft.type is AlarmType.STALE and name == "limit"):
        return HINTS.get(draft.type, "") if tag is not None else ""
    if draft.type is AlarmType.DISCRETE:
        off, on = tag.revision.states
        return tr("0 {off}, 1 {on}").format(off=off, on=on)
    hint = HINTS.get(draft.type, "") if name == "limit" else ""
    return f"{tag.unit} {hint}".strip()


_NOBODY: Final = UUID(int=0)


def _title(drafts: Sequence[AlarmDraft], catalogue: Catalogue) -> str:
    if not drafts:
        return tr("No record chosen")
    if len(drafts) > 1:
        return tr("{what}, changed together").format(what=records_text(len(drafts)))
    return subject_name(catalogue, drafts[0]) or tr("New record")
