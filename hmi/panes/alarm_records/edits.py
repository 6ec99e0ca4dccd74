"""Edits that are not saved yet: a draft each record, kept until it is saved or reverted. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final
from uuid import UUID

from hmi.domain.alarm_drafts import TYPES_OF, AlarmDraft, alarm_draft_of, applies, duplicate_alarm
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue

KEPT_MOST: Final = 5000
"""Edits that a closed window takes up again."""


class Edits:
    """The drafts that differ from their records, and those that have none yet."""

    def __init__(self, catalogue: Callable[[], Catalogue]) -> None:
        self._catalogue = catalogue
        self._cache: dict[UUID, tuple[AlarmDefinition, AlarmDraft]] = {}
        self.pending: dict[UUID, AlarmDraft] = {}

    def saved(self, alarm_id: UUID) -> AlarmDraft | None:
        """Return the draft that a record stands for as it is saved."""
        known = self._catalogue().every_alarm_by_id.get(alarm_id)
        if known is None:
            return None
        cached = self._cache.get(alarm_id)
        if cached is None or cached[0] is not known:
            cached = self._cache[alarm_id] = (known, alarm_draft_of(known))
        return cached[1]

    def draft(self, alarm_id: UUID) -> AlarmDraft | None:
        """Return a record as it is edited, else as it is saved."""
        return self.pending.get(alarm_id) or self.saved(alarm_id)

    def is_new(self, alarm_id: UUID) -> bool:
        """Whether a draft has no record yet."""
        return alarm_id in self.pending and alarm_id not in self._catalogue().every_alarm_by_id

    def is_built_in(self, alarm_id: UUID) -> bool:
        """Whether an alarm is there without a record."""
        catalogue = self._catalogue()
        return alarm_id in catalogue.every_alarm_by_id and alarm_id not in catalogue.alarm_by_id

    def types_for(self, draft: AlarmDraft) -> tuple[AlarmType, ...]:
        """Return the types that a draft may have: those of its tag's kind, of anything else only its own."""
        tag = self._catalogue().tag_by_id.get(draft.subject) if draft.subject is not None else None
        if tag is None or self.is_built_in(draft.id):
            return (draft.type,) if draft.subject is not None else tuple(TYPES_OF[next(iter(TYPES_OF))])
        return TYPES_OF[tag.kind]

    def put(self, draft: AlarmDraft) -> None:
        """Keep a draft; one that says what its record says is none."""
        if draft == self.saved(draft.id):
            self.pending.pop(draft.id, None)
        else:
            self.pending[draft.id] = draft

    def change(self, alarm_ids: Iterable[UUID], name: str, value: object) -> None:
        """Set a field of drafts, of those for whose type it means something."""
        for alarm_id in alarm_ids:
            draft = self.draft(alarm_id)
            if draft is None or not applies(draft.type, name):
                continue
            if name == "type" and value not in self.types_for(draft):
                continue
            self.put(replace(draft, **{name: value}))  # type: ignore[arg-type]  # a form names fields of the draft

    def revert(self, alarm_ids: Iterable[UUID]) -> None:
        """Forget the edits of records, and drafts that have none."""
        for alarm_id in alarm_ids:
            self.pending.pop(alarm_id, None)

    def rebase(self, alarm_id: UUID) -> None:
        """Let an edit go on from the record as it is saved now."""
        now, saved = self.pending.get(alarm_id), self.saved(alarm_id)
        if now is not None and saved is not None:
            self.put(replace(now, revision=saved.revision))

    def duplicate(self, alarm_ids: Iterable[UUID]) -> list[UUID]:
        """Begin another record like each of the given ones that are of tags; return their ids."""
        made = []
        for alarm_id in alarm_ids:
            draft = self.draft(alarm_id)
            if draft is not None and draft.subject in self._catalogue().tag_by_id:
                copy = duplicate_alarm(draft)
                self.pending[copy.id] = copy
                made.append(copy.id)
        return made

    # ── over the end of the window ────────────────────────────────────────────────────────────────────────────────

    def state(self) -> list[dict[str, object]]:
        """Return the edits as JSON takes them."""
        found = []
        for draft in list(self.pending.values())[:KEPT_MOST]:
            values = {each.name: getattr(draft, each.name) for each in fields(draft)}
            found.append({name: str(value) if isinstance(value, UUID) else value for name, value in values.items()})
        return found

    def restore(self, state: object) -> None:
        """Take up what `state` returned; what does not fit is passed over."""
        for each in state[:KEPT_MOST] if isinstance(state, list) else ():
            draft = _draft_from(each) if isinstance(each, dict) else None
            if draft is not None:
                self.put(draft)


def _draft_from(values: Mapping[str, Any]) -> AlarmDraft | None:
    usual = AlarmDraft()
    found: dict[str, Any] = {}
    try:
        for each in fields(AlarmDraft):
            value = values.get(each.name)
            if each.name in ("id", "subject", "setpoint"):
                found[each.name] = UUID(value) if value else None
            elif each.name == "type":
                found[each.name] = AlarmType(str(value))
            elif each.name == "priority":
                found[each.name] = Priority(int(value or 0))
            else:
                is_same_kind = type(value) is type(getattr(usual, each.name))
                found[each.name] = value if is_same_kind else getattr(usual, each.name)
    except (TypeError, ValueError, AttributeError):
        return None
    return AlarmDraft(**found) if found["id"] is not None else None
