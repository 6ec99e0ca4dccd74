"""What is wrong with drafts of alarm records, field by field, in the operator's words; and the records they make.

Drafts are judged together, as the configuration would be with all of them in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from hmi.config.alarm_neighbours import neighbour_faults
from hmi.config.checks import NAME_MOST, number
from hmi.domain.alarm_drafts import (
    DURATIONS,
    FIELDS,
    NUMBERS,
    TYPES_OF,
    AlarmDraft,
    AlarmFault,
    alarm_draft_of,
    applies,
)
from hmi.domain.alarms import LIMIT_TYPES, TYPE_LABELS, AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.domain.durations import seconds_of, typed_duration
from hmi.domain.expressions import ExpressionError, parse, references_itself
from hmi.domain.language import tr
from hmi.domain.tag_paths import TagPaths
from hmi.domain.tags import Tag, TagKind

DAY_S: Final = 86_400.0
DELAY_MOST_S: Final = DAY_S
SHELVE_MOST_S: Final = 7 * DAY_S
RESPOND_MOST_S: Final = 7 * DAY_S
WINDOW_MOST_S: Final = {AlarmType.RATE_OF_CHANGE: DAY_S, AlarmType.STALE: 7 * DAY_S}
WINDOW_LEAST_S: Final = 1.0
RATE_READINGS: Final = 3
"""A slope needs so many readings within its window."""

PERIODS_MOST: Final = 1000
TEXT_MOST: Final = 1000
TEXTS: Final = ("cause", "consequence", "action", "advice")
NAMES: Final = ("alarm_class", "owner", "display")
DISPLAY_MOST: Final = 300
ALARMS_MOST: Final = 20_000

FieldFaults = Iterator[tuple[str, str]]


def alarm_faults(
    drafts: Sequence[AlarmDraft], catalogue: Catalogue, deleted: Collection[UUID] = ()
) -> tuple[AlarmFault, ...]:
    """Return all that speaks against saving the drafts; deleted: records that go at the same time."""
    check = _Check(catalogue)
    found = [AlarmFault(draft.id, field, words) for draft in drafts for field, words in check.faults(draft)]
    given = {draft.id for draft in drafts}
    kept = [alarm for alarm in catalogue.alarms if alarm.id not in given and alarm.id not in deleted]
    if len(kept) + len(drafts) > ALARMS_MOST and drafts:
        words = tr("There are {most} alarm records at most.").format(most=ALARMS_MOST)
        return (AlarmFault(drafts[0].id, "", words),)
    faulty = {fault.alarm_id for fault in found if fault.field in ("subject", "type", "limit", "deadband")}
    sound = [definition_of(draft) for draft in drafts if draft.id not in faulty and _is_whole(draft)]
    return (*found, *neighbour_faults(sound, kept, catalogue))


def definition_of(draft: AlarmDraft, known: AlarmDefinition | None = None) -> AlarmDefinition:
    """Return the record of a draft without faults, approved by nobody.

    known: the record as it stands; a number that reads as it did stays what it was, to the last digit.
    """
    if draft.subject is None:
        raise ValueError("a draft without a subject passed the checks")
    values = {name: getattr(draft, name) for name in FIELDS}
    before = alarm_draft_of(known) if known is not None else None
    for name in (*NUMBERS, *DURATIONS):
        text = values[name]
        if not applies(draft.type, name):
            values[name] = _DEFAULTS[name]
            continue
        read = number if name in NUMBERS else seconds_of
        is_as_before = before is not None and read(getattr(before, name)) == read(text)
        values[name] = getattr(known, name) if is_as_before else read(text)
    for name in (*TEXTS, *NAMES, "suppression"):
        values[name] = values[name].strip()
    if not applies(draft.type, "setpoint"):
        values["setpoint"] = None
    return AlarmDefinition(id=draft.id, subject=draft.subject, revision=max(1, draft.revision), **values)


_DEFAULTS: Final = {"limit": 1.0, "deadband": 0.0, "window_s": 60.0}
"""What a field holds that means nothing for a type."""


def _is_whole(draft: AlarmDraft) -> bool:
    durations = (name for name in DURATIONS if applies(draft.type, name))
    return draft.subject is not None and all(seconds_of(getattr(draft, name)) is not None for name in durations)


class _Check:
    """Judges one draft at a time; the names of all tags are looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._paths = TagPaths(catalogue)

    def faults(self, draft: AlarmDraft) -> FieldFaults:
        tag = self._catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
        wrong = list(self._subject(draft, tag))
        yield from wrong
        if not wrong:
            yield from _limit(draft, tag)
            yield from _deadband(draft, tag)
            yield from self._setpoint(draft, tag)
            yield from _window(draft, tag)
        yield from _times(draft)
        yield from _texts(draft)
        yield from self._suppression(draft, tag)
        yield from self._revision(draft)

    def _subject(self, draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
        if draft.subject is None:
            yield "subject", tr("Choose the tag.")
        elif tag is not None:
            if draft.type not in TYPES_OF[tag.kind]:
                words = tr("{tag} is {kind}; choose {types}.")
                types = tr(" or ").join(TYPE_LABELS[each] for each in TYPES_OF[tag.kind])
                yield "type", words.format(tag=tag.name, kind=_KINDS[tag.kind], types=types)
        elif not self._is_known(draft):
            yield "subject", tr("It is not there any more; choose a tag.")

    def _is_known(self, draft: AlarmDraft) -> bool:
        """Whether a record that is not a tag's is one that the plant has: none of these is made by hand."""
        known = self._catalogue.every_alarm_by_id.get(draft.id)
        return known is not None and known.subject == draft.subject and known.type is draft.type

    def _setpoint(self, draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
        if draft.type is not AlarmType.DEVIATION or tag is None:
            return
        setpoint = self._catalogue.tag_by_id.get(draft.setpoint) if draft.setpoint is not None else None
        if setpoint is None:
            yield "setpoint", tr("Choose the tag that holds the setpoint.")
        elif setpoint.id == tag.id:
            yield "setpoint", tr("A tag is not its own setpoint; choose another.")
        elif setpoint.kind not in (TagKind.ANALOG, TagKind.COUNTER):
            yield (
                "setpoint",
                tr("{tag} is {kind}; choose a number.").format(tag=setpoint.name, kind=_KINDS[setpoint.kind]),
            )
        elif setpoint.unit and tag.unit and setpoint.unit != tag.unit:
            words = tr("{tag} is in {unit}, and this tag in {own}; choose one of the same unit.")
            yield "setpoint", words.format(tag=setpoint.name, unit=setpoint.unit, own=tag.unit)

    def _suppression(self, draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
        text = draft.suppression.strip()
        if not text:
            return
        station = tag.station_id if tag is not None else self._control_station(draft.subject)
        try:
            bound = parse(text).bind(self._paths.resolver(station))
        except ExpressionError as error:
            yield "suppression", str(error)
            return
        if tag is not None and references_itself(bound, tag.index):
            yield "suppression", tr("It names {tag}, which the alarm is of; use other tags.").format(tag=tag.name)
        for index in sorted(bound.tags):
            named = self._catalogue.tag_by_index[index]
            if named.kind is TagKind.TEXT:
                yield "suppression", tr("{tag} is a text and has no number to compare.").format(tag=named.name)

    def _control_station(self, subject: UUID | None) -> UUID | None:
        control = self._catalogue.control_by_id.get(subject) if subject is not None else None
        return control.station_id if control is not None else None

    def _revision(self, draft: AlarmDraft) -> FieldFaults:
        known = self._catalogue.alarm_by_id.get(draft.id)
        if known is not None and draft.revision and known.revision != draft.revision:
            yield "", tr("It was changed meanwhile; revert to see how it is now, and change it again.")


_KINDS: Final = {
    TagKind.ANALOG: tr("a measured value"),
    TagKind.COUNTER: tr("a counter"),
    TagKind.DISCRETE: tr("on or off"),
    TagKind.TEXT: tr("a text"),
}


def _limit(draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
    if tag is None or not applies(draft.type, "limit"):
        return
    limit = number(draft.limit)
    if limit is None:
        yield "limit", tr("Enter the limit, a number.")
    elif words := _limit_words(draft.type, limit, tag):
        yield "limit", words


def _limit_words(alarm_type: AlarmType, limit: float, tag: Tag) -> str:
    low, high = tag.revision.low, tag.revision.high
    is_ranged = tag.kind is TagKind.ANALOG
    if alarm_type is AlarmType.DISCRETE:
        off, on = tag.revision.states
        return "" if limit in (0, 1) else tr("Enter 0 ({off}) or 1 ({on}).").format(off=off, on=on)
    if alarm_type is AlarmType.STALE:
        words = tr("Enter how many periods, from 1 to {most}.")
        return "" if 1 <= limit <= PERIODS_MOST else words.format(most=PERIODS_MOST)
    if alarm_type in LIMIT_TYPES:
        words = tr("It must lie in the tag's range, {low:g} to {high:g}.")
        return words.format(low=low, high=high) if is_ranged and not low <= limit <= high else ""
    if limit <= 0:
        return tr("It must be above 0.")
    if alarm_type is AlarmType.DEVIATION and is_ranged and limit > high - low:
        return tr("It is wider than the tag's range, {low:g} to {high:g}.").format(low=low, high=high)
    return ""


def _deadband(draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
    if tag is None or not applies(draft.type, "deadband"):
        return
    deadband, limit = number(draft.deadband), number(draft.limit)
    span = tag.revision.high - tag.revision.low
    if deadband is None or deadband < 0:
        yield "deadband", tr("Enter a number of 0 or more.")
    elif draft.type in LIMIT_TYPES:
        if tag.kind is TagKind.ANALOG and deadband >= span:
            yield "deadband", tr("It must be narrower than the tag's range, {span:g}.").format(span=span)
    elif limit is not None and 0 < limit <= deadband:
        yield "deadband", tr("It must be below the limit, or the alarm would never return.")


def _window(draft: AlarmDraft, tag: Tag | None) -> FieldFaults:
    if not applies(draft.type, "window_s"):
        return
    window_s, most_s = seconds_of(draft.window_s), WINDOW_MOST_S[draft.type]
    least_s = WINDOW_LEAST_S
    if draft.type is AlarmType.RATE_OF_CHANGE and tag is not None:
        least_s = max(least_s, RATE_READINGS * tag.revision.sampling_ms / 1000)
    if window_s is None or not least_s <= window_s <= most_s:
        yield "window_s", _between(least_s, most_s)


def _times(draft: AlarmDraft) -> FieldFaults:
    for name, most_s in (
        ("on_delay_s", DELAY_MOST_S),
        ("off_delay_s", DELAY_MOST_S),
        ("respond_s", RESPOND_MOST_S),
    ):
        seconds = seconds_of(getattr(draft, name))
        if seconds is None or not 0 <= seconds <= most_s:
            yield name, _between(0, most_s)
    shelve_s = seconds_of(draft.shelve_most_s)
    if shelve_s is None or not 0 < shelve_s <= SHELVE_MOST_S:
        yield "shelve_most_s", _between(1, SHELVE_MOST_S)


def _texts(draft: AlarmDraft) -> FieldFaults:
    for name in (*TEXTS, *NAMES):
        text, most = getattr(draft, name), TEXT_MOST
        if name in NAMES:
            most = DISPLAY_MOST if name == "display" else NAME_MOST
        if len(text.strip()) > most:
            yield name, tr("It has {most} characters at most.").format(most=most)
        elif any(not mark.isprintable() and mark not in "\n\t" for mark in text):
            yield name, tr("It holds a character that cannot be shown.")


def _between(low_s: float, high_s: float) -> str:
    words = tr("Enter a time from {low} to {high}, like 15 s, 10 min or 8 h.")
    return words.format(low=typed_duration(low_s), high=typed_duration(high_s))
